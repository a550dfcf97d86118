/**
 * The exchange suite: Helm and Pintle as real processes, on real registries and on servers of our own.
 *
 *     node test/registry/run.ts [--program helm] [--only PATTERN] [--jobs N] [--ours] [--keep]
 *
 * Reads HELM (the binary to compare with), PINTLE_RIG (the folder of `test/rig/registry.sh`) and PINTLE_PROGRAM (what
 * to run as Pintle; `bin/pintle.js` if left out). `--program helm` puts Helm in Pintle's place: what fails then is a
 * fault of the suite. `--ours` adds what only Pintle promises, and so shows what Helm does there.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RowCounts } from '../hostile/results.ts';
import { PINTLE } from '../program.ts';
import { createPacker } from './charts.ts';
import { clientCases } from './client.ts';
import { dependencyCases } from './dependencies.ts';
import { dependencyLineCases } from './dependency-lines.ts';
import { downloadCases } from './downloads.ts';
import { exchangeCases } from './exchange.ts';
import { type Case, newUser, type Programs } from './frame.ts';
import { hostileHttpCases } from './hostile-http.ts';
import { manifestCases } from './hostile-manifests.ts';
import { hostileRegistryCases } from './hostile-registry.ts';
import { credentialCases } from './hostile-secrets.ts';
import { signatureCases } from './hostile-signatures.ts';
import { tokenCases } from './hostile-tokens.ts';
import { makeKeys } from './keys.ts';
import { loginCases, oddLoginCases } from './logins.ts';
import { refusalCases, unreachableCases } from './refusals.ts';
import { type Registry, readRegistry, VARIANTS } from './registries.ts';
import { repositoryCases } from './repositories.ts';
import { resilienceCases } from './resilience.ts';
import { makeCertificates } from './servers.ts';
import { signingCases } from './signing.ts';
import { tokenRegistryCases } from './tokens.ts';

const { values: options } = parseArgs({
  options: {
    program: { type: 'string', default: 'pintle' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '3' },
    ours: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
/** What of `--only` leaves no case of the list out. */
const WHOLE = ['', '^D'];
const helm = { name: 'helm', command: [process.env['HELM'] || 'helm'] };
const own = { name: 'pintle', command: PINTLE };
const tested = options.program !== 'helm';
const programs: Programs = { helm, pintle: tested ? own : { ...helm, name: 'pintle' }, tested };

const folder = mkdtempSync(join(tmpdir(), 'pintle-exchange-'));
process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
const keys = await makeKeys(join(folder, 'keys'));
const freight = { pack: createPacker(helm, join(folder, 'charts'), keys), keys };
const certificates = await makeCertificates(join(folder, 'certificates'));
const registries = VARIANTS.map((variant) => readRegistry(process.env['PINTLE_RIG'] ?? '', variant));
const [plain] = registries as [Registry];

const all: Case[] = [
  ...registries.flatMap((registry) => [
    ...clientCases(registry),
    ...exchangeCases(registry, freight),
    ...loginCases(registry, freight),
    ...refusalCases(registry, freight, certificates),
    ...dependencyCases(registry, freight),
  ]),
  ...tokenRegistryCases(plain, freight),
  ...unreachableCases(freight),
  ...downloadCases(freight),
  ...dependencyLineCases(plain, freight),
  ...repositoryCases(freight, certificates),
  ...hostileHttpCases(freight, certificates),
  ...hostileRegistryCases(freight, certificates),
  ...tokenCases(freight, certificates),
  ...manifestCases(freight),
  ...credentialCases(freight),
  ...signatureCases(freight),
  ...signingCases(),
  ...resilienceCases(plain, freight),
  ...oddLoginCases(),
];
const pattern = new RegExp(options.only);
const chosen = all.filter(({ name, ours }) => pattern.test(name) && (tested || options.ours || !ours));
let passed = 0;
/** Of the list of hostile inputs: names of its cases begin with the row. */
const rows = new RowCounts();
const failed: { name: string; error: unknown }[] = [];

/** Runs one case in a folder of its own. */
async function runCase({ name, run }: Case): Promise<void> {
  const slug = `case-${all.findIndex((c) => c.name === name)}`;
  const place = join(folder, slug);
  mkdirSync(place);
  const ends: (() => unknown)[] = [];
  const started = performance.now();
  try {
    await run({
      ...programs,
      folder: place,
      slug,
      user: (program) => newUser(program, place),
      atEnd: (work) => ends.push(work),
    });
    passed++;
    rows.add(name, true);
    console.log(`ok      ${name} (${Math.round(performance.now() - started)} ms)`);
  } catch (error) {
    failed.push({ name, error });
    rows.add(name, false);
    console.log(`FAILED  ${name}`);
  } finally {
    for (const end of ends.reverse()) await end();
    if (!options.keep) rmSync(place, { recursive: true, force: true });
  }
}

const queue = chosen.filter(({ alone }) => !alone);
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await runCase(next);
};
await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
for (const one of chosen.filter(({ alone }) => alone)) await runCase(one);

for (const { name, error } of failed) {
  console.log(`\n--- ${name}\n${error instanceof Error ? error.message : error}`);
}
if (options.keep) console.log(`kept: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
console.log('');
rows.end(tested && WHOLE.includes(options.only) ? 'registry' : undefined);
console.log(`${passed} passed, ${failed.length + (all.length === 0 ? 1 : 0)} failed`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
