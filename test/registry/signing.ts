/** Signed by one program, checked by the other and by GnuPG: every kind of key, and keys that cannot be had. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeChart } from './charts.ts';
import { type Bench, type Case, ok, run, same, show } from './frame.ts';
import { gpg } from './keys.ts';

const exec = promisify(execFile);

const KINDS = ['rsa2048', 'rsa4096', 'dsa2048', 'dsa3072', 'ed25519', 'nistp256', 'nistp384', 'nistp521'];

/** The cases of signing and checking on disk. */
export function signingCases(): Case[] {
  return [
    ...KINDS.map((kind) => ({ name: `signed with ${kind}, both ways`, run: (b: Bench) => exchange(b, kind) })),
    { name: 'signing: keys, keyrings and passphrases as Helm has them', run: choices },
    { name: 'packing: Helm reads it, the same bytes every time', run: packing },
  ];
}

/** A home of GnuPG that ends with the case. */
function gpgHome(b: Bench, name: string): string {
  const home = join(b.folder, name);
  mkdirSync(home, { mode: 0o700 });
  b.atEnd(() => exec('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']));
  return home;
}

async function rings(b: Bench, home: string, passphrase = ''): Promise<{ secret: string; open: string }> {
  const paths = { secret: join(b.folder, 'secret.gpg'), open: join(b.folder, 'public.gpg') };
  writeFileSync(paths.secret, await gpg(home, ['--passphrase', passphrase, '--export-secret-keys']));
  writeFileSync(paths.open, await gpg(home, ['--export']));
  return paths;
}

async function exchange(b: Bench, kind: string): Promise<void> {
  const home = gpgHome(b, 'gnupg');
  await gpg(home, ['--quick-generate-key', 'Mei Ölund <mei@example.com>', kind, 'sign', 'never']);
  const { secret, open } = await rings(b, home);
  const users = [b.user(b.helm), b.user(b.pintle)];
  const chart = writeChart(b.folder, { name: 'web', version: '0.1.0+b.1' });
  for (const user of users) {
    await ok(user, ['package', chart, '--sign', '--key', 'Mei', '--keyring', secret]);
    const path = join(user.work, 'web-0.1.0+b.1.tgz');
    const { stdout } = await same(users, ['verify', path, '--keyring', open]);
    assert.match(
      stdout,
      /^Signed by: Mei Ölund <mei@example\.com>\nUsing Key With Fingerprint: [0-9A-F]{40}\nChart Hash/,
    );
    // GnuPG stumbles over one in three of Helm's files, which have no checksum.
    if (user.program !== b.helm) await gpg(home, ['--verify', `${path}.prov`]);
    // One byte of the archive, one of the signed text.
    writeFileSync(path, 'x', { flag: 'a' });
    await same(users, ['verify', path, '--keyring', open]);
    writeFileSync(`${path}.prov`, readFileSync(`${path}.prov`, 'utf8').replace('appVersion', 'appversion'));
    const outcome = await same(users, ['verify', path, '--keyring', open]);
    assert.equal(outcome.status, 1, show(outcome));
  }
}

async function choices(b: Bench): Promise<void> {
  const home = gpgHome(b, 'gnupg');
  for (const name of ['Mei One <mei@example.com>', 'Okoro One <okoro@example.com>']) {
    await gpg(home, ['--quick-generate-key', name, 'ed25519', 'sign', 'never']);
  }
  await gpg(home, ['--quick-add-uid', 'mei@example.com', 'Mei Two <two@example.com>']);
  await gpg(home, [
    '--passphrase',
    'sesame',
    '--quick-generate-key',
    'Locked <l@example.com>',
    'rsa2048',
    'sign',
    'never',
  ]);
  const { open, secret } = await rings(b, home, 'sesame');
  const file = (name: string, text: string): string => {
    const path = join(b.folder, name);
    writeFileSync(path, text);
    return path;
  };
  const lines: readonly (readonly string[])[] = [
    ['--key', 'Mei One <mei@example.com>', '--keyring', secret],
    ['--key', 'okoro', '--keyring', secret],
    ['--key', 'Mei', '--keyring', secret],
    ['--key', 'One', '--keyring', secret],
    ['--key', 'nobody', '--keyring', secret],
    ['--key', 'okoro', '--keyring', open],
    ['--key', 'okoro', '--keyring', join(b.folder, 'none.gpg')],
    ['--key', 'okoro', '--keyring', join(home, 'pubring.kbx')],
    ['--key', 'okoro', '--keyring', secret, '--passphrase-file', join(b.folder, 'none')],
    ['--keyring', secret],
    ['--key', 'okoro', '--keyring', ''],
    ['--key', 'Locked', '--keyring', secret, '--passphrase-file', file('pass', 'sesame\r\nmore\n')],
    ['--key', 'Locked', '--keyring', secret, '--passphrase-file', file('wrong', 'guess\n')],
    ['--key', 'Locked', '--keyring', secret, '--passphrase-file', file('empty', '')],
    ['--key', 'Locked', '--keyring', secret],
  ];
  const users = [b.user(b.helm), b.user(b.pintle)];
  const chart = writeChart(b.folder, { name: 'web', version: '0.1.0' });
  const seen = new Set<number | null>();
  for (const line of lines) {
    const outcome = await same(users, ['package', chart, '--sign', ...line], { input: 'sesame\n' });
    seen.add(outcome.status);
  }
  assert.deepEqual(seen, new Set([0, 1]));
}

/** Not to Helm's bytes: those have the times of files. */
async function packing(b: Bench): Promise<void> {
  const chart = writeChart(b.folder, { name: 'web', version: '0.1.0' });
  const [helm, pintle] = [b.user(b.helm), b.user(b.pintle)];
  await ok(pintle, ['package', chart, '-d', 'one']);
  const shown = await same([helm, pintle], ['show', 'all', join(pintle.work, 'one/web-0.1.0.tgz')]);
  assert.match(shown.stdout, /^apiVersion: v2$/m);
  if (!b.tested) return;
  const again = writeChart(join(b.folder, 'again'), { name: 'web', version: '0.1.0' });
  await ok(pintle, ['package', again, '-d', 'two']);
  assert.deepEqual(
    readFileSync(join(pintle.work, 'two/web-0.1.0.tgz')),
    readFileSync(join(pintle.work, 'one/web-0.1.0.tgz')),
  );
  const kept = await run(pintle, ['package', again, '-d', 'three', '--keep-times']);
  assert.equal(kept.status, 0, show(kept));
}
