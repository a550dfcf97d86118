/** OpenPGP keys for provenance files, made by GnuPG in a home of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Key rings, as files. */
export interface Keys {
  /** What `--key` of `helm package --sign` names. */
  readonly name: string;
  readonly secretRing: string;
  readonly publicRing: string;
  /** Public keys of people who have signed nothing. */
  readonly strangersRing: string;
}

/** Makes the keys in `folder`. The agent that GnuPG starts ends with the call. */
export async function makeKeys(folder: string): Promise<Keys> {
  const signer = 'Mei Signer <mei@example.com>';
  const [own, strangers] = [join(folder, 'own'), join(folder, 'strangers')];
  await makeHome(own, signer);
  await makeHome(strangers, 'Some Stranger <stranger@example.com>');
  const keys = {
    name: 'mei@example.com',
    secretRing: join(folder, 'secret.gpg'),
    publicRing: join(folder, 'public.gpg'),
    strangersRing: join(folder, 'strangers.gpg'),
  };
  writeFileSync(keys.secretRing, await gpg(own, ['--export-secret-keys']), { mode: 0o600 });
  writeFileSync(keys.publicRing, await gpg(own, ['--export']));
  writeFileSync(keys.strangersRing, await gpg(strangers, ['--export']));
  for (const home of [own, strangers]) await exec('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
  return keys;
}

async function makeHome(home: string, identity: string): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await gpg(home, ['--quick-generate-key', identity, 'rsa2048', 'sign', 'never']);
}

/** GnuPG without questions, and what it writes to stdout. */
export async function gpg(home: string, args: readonly string[]): Promise<Buffer> {
  const quiet = ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', ''];
  return (await exec('gpg', [...quiet, ...args], { encoding: 'buffer' })).stdout;
}
