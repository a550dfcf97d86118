/** Signatures that prove nothing: row D11 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Packed, writeChart } from './charts.ts';
import type { Freight } from './exchange.ts';
import { type Bench, type Case, namesBelow, ok, run, same, show } from './frame.ts';
import { gpg } from './keys.ts';
import { folderHandler, serve } from './servers.ts';

/** A chart, its provenance file as it is presented, and who is trusted. */
interface Forgery {
  readonly prov: string | undefined;
  readonly keyring: string;
}

type Forge = (tools: Tools) => Promise<Forgery>;

interface Tools {
  readonly honest: string;
  readonly chart: Packed;
  readonly other: Packed;
  readonly keys: Freight['keys'];
  readonly folder: string;
  /** A provenance file by a new key. */
  readonly signedBy: (key: Key) => Promise<{ prov: string; ring: string }>;
}

interface Key {
  /** When the key was made and the file was signed; now if left out. As GnuPG writes times. */
  readonly at?: string;
  readonly expires?: string;
  readonly kind?: string;
  readonly hash?: string;
  readonly revoked?: boolean;
}

const FORGERIES: readonly (readonly [string, Forge])[] = [
  ['no provenance file', async ({ keys }) => ({ prov: undefined, keyring: keys.publicRing })],
  ['an empty provenance file', async ({ keys }) => ({ prov: '', keyring: keys.publicRing })],
  [
    'a provenance file of another chart',
    async ({ other, keys }) => ({ prov: read(`${other.path}.prov`), keyring: keys.publicRing }),
  ],
  [
    'a provenance file whose hash was changed',
    async ({ honest, chart, keys }) => ({
      prov: honest.replace(chart.digest, '0'.repeat(64)),
      keyring: keys.publicRing,
    }),
  ],
  [
    'a provenance file whose name was changed',
    async ({ honest, keys }) => ({
      prov: honest.replaceAll('signed-0.1.0.tgz', 'signed-0.1.1.tgz'),
      keyring: keys.publicRing,
    }),
  ],
  [
    'two signed texts in one file',
    async ({ honest, other, keys }) => ({ prov: `${read(`${other.path}.prov`)}\n${honest}`, keyring: keys.publicRing }),
  ],
  [
    'a forged text before the signed one',
    async ({ honest, chart, keys }) => ({
      prov: `files:\n  signed-0.1.0.tgz: sha256:${chart.digest}\n...\n${honest.replace(chart.digest, '1'.repeat(64))}`,
      keyring: keys.publicRing,
    }),
  ],
  [
    'a signature without text',
    async ({ honest, keys }) => ({
      prov: honest.slice(honest.indexOf('-----BEGIN PGP SIGNATURE')),
      keyring: keys.publicRing,
    }),
  ],
  [
    'a text without signature',
    async ({ honest, keys }) => ({
      prov: honest.slice(0, honest.indexOf('-----BEGIN PGP SIGNATURE')),
      keyring: keys.publicRing,
    }),
  ],
  [
    'a signature that is cut',
    async ({ honest, keys }) => ({
      prov: `${honest.slice(0, -200)}\n-----END PGP SIGNATURE-----\n`,
      keyring: keys.publicRing,
    }),
  ],
  [
    'a text behind the signature',
    async ({ honest, chart, keys }) => ({
      prov: `${honest}\nfiles:\n  signed-0.1.0.tgz: sha256:${chart.digest}\n`,
      keyring: keys.publicRing,
    }),
  ],
  ['a stranger as signer', async ({ honest, keys }) => ({ prov: honest, keyring: keys.strangersRing })],
  ['a keyring that is missing', async ({ honest, folder }) => ({ prov: honest, keyring: join(folder, 'nowhere.gpg') })],
  [
    'a keyring that is empty',
    async ({ honest, folder }) => ({ prov: honest, keyring: written(join(folder, 'empty.gpg'), '') }),
  ],
  [
    'a keyring that is none',
    async ({ honest, folder }) => ({ prov: honest, keyring: written(join(folder, 'no.gpg'), 'no keys') }),
  ],
  [
    'a key that had expired when it signed',
    async ({ signedBy }) => forged(await signedBy({ at: '20200101T000000', expires: '20200201T000000' })),
  ],
  ['a key that is revoked', async ({ signedBy }) => forged(await signedBy({ revoked: true }))],
  ['a signature with SHA-1', async ({ signedBy }) => forged(await signedBy({ hash: 'SHA1' }))],
  ['a signature with MD5', async ({ signedBy }) => forged(await signedBy({ hash: 'MD5' }))],
];

/** What must be believed, so that the refusals mean something. */
const HONEST: readonly (readonly [string, Forge])[] = [
  ['the honest file', async ({ honest, keys }) => ({ prov: honest, keyring: keys.publicRing })],
  [
    'the honest file with other line ends',
    async ({ honest, keys }) => ({ prov: honest.replaceAll('\n', '\r\n'), keyring: keys.publicRing }),
  ],
  ['a file by a new RSA key', async ({ signedBy }) => forged(await signedBy({}))],
  ['a file by a new Ed25519 key', async ({ signedBy }) => forged(await signedBy({ kind: 'ed25519' }))],
  ['a file by a new P-256 key', async ({ signedBy }) => forged(await signedBy({ kind: 'nistp256' }))],
  ['a file with SHA-256', async ({ signedBy }) => forged(await signedBy({ hash: 'SHA256' }))],
];

function written(path: string, text: string): string {
  writeFileSync(path, text);
  return path;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const forged = ({ prov, ring }: { prov: string; ring: string }): Forgery => ({ prov, keyring: ring });

/** The cases. */
export function signatureCases(freight: Freight): Case[] {
  const cases: Case[] = [];
  for (const [what, forge] of FORGERIES) {
    cases.push({
      name: `D11 ${what}: refused by verify, pull, template and dependency`,
      run: (b) => refusedAll(b, freight, forge),
      ours: true,
    });
  }
  cases.push({ name: 'D11 the messages of different faults differ', run: (b) => distinct(b, freight), ours: true });
  for (const [what, forge] of HONEST) {
    cases.push({ name: `D11 ${what}: believed, with the words of Helm`, run: (b) => believed(b, freight, forge) });
  }
  return cases;
}

async function tools(b: Bench, { pack, keys }: Freight): Promise<Tools> {
  const chart = await pack({ name: 'signed', version: '0.1.0', signed: true });
  const other = await pack({ name: 'signed', version: '0.2.0', signed: true });
  const honest = read(`${chart.path}.prov`);
  const signed = honest.slice(honest.indexOf('\n\n') + 2, honest.indexOf('\n-----BEGIN PGP SIGNATURE'));
  const signedBy: Tools['signedBy'] = (key) => signWith(b, signed, key);
  return { honest, chart, other, keys, folder: b.folder, signedBy };
}

async function signWith(b: Bench, text: string, key: Key) {
  const home = join(b.folder, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const when = key.at === undefined ? [] : ['--faked-system-time', key.at];
  const weak = ['--allow-weak-digest-algos', '--allow-weak-key-signatures'];
  const body = join(b.folder, 'text');
  writeFileSync(body, text);
  try {
    const expires = key.expires ?? 'never';
    await gpg(home, [...when, '--quick-generate-key', 'New <new@example.com>', key.kind ?? 'rsa2048', 'sign', expires]);
    await gpg(home, [
      ...when,
      ...weak,
      '--digest-algo',
      key.hash ?? 'SHA512',
      '--clearsign',
      '-o',
      `${body}.asc`,
      body,
    ]);
    if (key.revoked) await revoke(home);
    const ring = join(b.folder, 'ring.gpg');
    writeFileSync(ring, await gpg(home, ['--export']));
    return { prov: read(`${body}.asc`), ring };
  } finally {
    const { execFileSync } = await import('node:child_process');
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
  }
}

/** Takes a key back with the certificate that GnuPG has made for that day. */
async function revoke(home: string): Promise<void> {
  const folder = join(home, 'openpgp-revocs.d');
  const [name = ''] = namesBelow(folder);
  const certificate = join(home, 'revoke.asc');
  writeFileSync(certificate, read(join(folder, name)).replaceAll(/^:/gm, ''));
  await gpg(home, ['--import', certificate]);
}

/** A repository that gives out the chart and the forgery. */
async function repository(b: Bench, chart: Packed, prov: string | undefined): Promise<{ url: string; folder: string }> {
  const folder = join(b.folder, 'repository');
  mkdirSync(folder);
  copyFileSync(chart.path, join(folder, chart.fileName));
  await ok(b.user(b.helm), ['repo', 'index', folder]);
  if (prov !== undefined) writeFileSync(join(folder, `${chart.fileName}.prov`), prov);
  const { url } = await serve(b, folderHandler(folder));
  return { url, folder };
}

async function refusedAll(b: Bench, freight: Freight, forge: Forge): Promise<void> {
  const all = await tools(b, freight);
  const { prov, keyring } = await forge(all);
  const { url, folder } = await repository(b, all.chart, prov);
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', url]);
  const verify = ['--verify', '--keyring', keyring];
  const metadata = `dependencies:\n  - {name: signed, version: 0.1.0, repository: "${url}"}\n`;
  const parent = writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  for (const args of [
    ['verify', join(folder, all.chart.fileName), '--keyring', keyring],
    ['pull', 'one/signed', ...verify],
    ['pull', 'one/signed', '--untar', ...verify],
    ['template', 'x', 'one/signed', ...verify],
    ['dependency', 'update', 'parent', ...verify],
  ]) {
    const outcome = await run(user, args);
    assert.equal(outcome.status, 1, show(outcome));
    assert.doesNotMatch(outcome.stdout, /Chart Hash Verified|kind:|^name:/m, show(outcome));
    assert.doesNotMatch(outcome.stderr, /TypeError|RangeError|is not a function/, show(outcome));
    const left = namesBelow(user.work).filter((name) => !name.startsWith('parent/'));
    assert.deepEqual(left, [], `${args.join(' ')} left something behind`);
    assert.ok(!existsSync(join(parent, 'Chart.lock')), 'a lock for what is not believed');
    assert.deepEqual(namesBelow(join(parent, 'charts')), []);
  }
}

async function distinct(b: Bench, freight: Freight): Promise<void> {
  const all = await tools(b, freight);
  const seen = new Map<string, string>();
  const wanted = [
    'no provenance file',
    'a provenance file of another chart',
    'a provenance file whose name was changed',
    'a stranger as signer',
    'a keyring that is missing',
    'a text without signature',
  ];
  for (const [what, forge] of FORGERIES.filter(([name]) => wanted.includes(name))) {
    const { prov, keyring } = await forge(all);
    const user = b.user(b.pintle);
    copyFileSync(all.chart.path, join(user.work, all.chart.fileName));
    if (prov !== undefined) writeFileSync(join(user.work, `${all.chart.fileName}.prov`), prov);
    const { status, stderr } = await run(user, ['verify', all.chart.fileName, '--keyring', keyring]);
    assert.equal(status, 1);
    const before = [...seen].find(([, text]) => text === stderr)?.[0];
    assert.equal(before, undefined, `${what} and ${before} say the same: ${stderr}`);
    seen.set(what, stderr);
  }
}

async function believed(b: Bench, freight: Freight, forge: Forge): Promise<void> {
  const all = await tools(b, freight);
  const { prov, keyring } = await forge(all);
  const { url, folder } = await repository(b, all.chart, prov);
  const users = [b.user(b.helm), b.user(b.pintle)] as const;
  for (const user of users) await ok(user, ['repo', 'add', 'one', url]);
  const verify = ['--verify', '--keyring', keyring];
  for (const args of [
    ['verify', join(folder, all.chart.fileName), '--keyring', keyring],
    ['pull', 'one/signed', ...verify],
    ['template', 'x', 'one/signed', ...verify],
  ]) {
    const outcome = await same(users, args);
    assert.equal(outcome.status, 0, show(outcome));
  }
  for (const { work } of users) rmSync(work, { recursive: true });
}
