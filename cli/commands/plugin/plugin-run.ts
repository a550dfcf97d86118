import { readFileSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import type { Value } from '../../../src/go/value.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import { findPlugins, type Plugin } from '../../../src/node/plugins/discover.ts';
import {
  installPlugin,
  type ManageOptions,
  uninstallPlugins,
  updatePlugins,
} from '../../../src/node/plugins/manage.ts';
import { packagePlugin } from '../../../src/node/plugins/package.ts';
import { signingStatus } from '../../../src/node/plugins/signing.ts';
import { openSigningKey, readKeyring } from '../../../src/node/trust/keyring.ts';
import { verificationLines } from '../../../src/provenance/verification.ts';
import { NO_FILES } from '../../complete/completers.ts';
import { accessOf, keyringOf } from '../../flags/access.ts';
import { streamsOf } from '../../plugins/plugin-commands.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import { passphraseSource } from '../../terminal/passphrase.ts';
import type { Call, Completions } from '../../types.ts';
import { worldOf } from '../../world.ts';

function manageOptions({ io }: Call): ManageOptions {
  const { stdout, stderr } = streamsOf({ ...io, stdin: () => new Uint8Array(0) });
  return { program: io.program, streams: { stdout, stderr } };
}

/** What `pintle plugin install` does. */
export async function runInstall(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const options = {
    ...manageOptions(call),
    version: flags.string('version'),
    verify: flags.bool('verify'),
    keyring: keyringOf(call),
    cwd: io.cwd(),
    registry: accessOf(call),
  };
  await installPlugin(args[0] as string, options, worldOf(call));
  return 0;
}

/** What `pintle plugin list` does. */
export function runList({ flags, settings, io, log }: Call): number {
  log.log('DEBUG', 'pluginDirs', { directory: settings.pluginsDirectory });
  const plugins = findPlugins(settings.pluginsDirectory, { type: flags.string('type') }, log);
  const folder = join(settings.folders.data, 'plugins');
  const rows = plugins.map(({ metadata }) => ({
    name: metadata.name,
    version: metadata.version,
    type: metadata.type,
    apiVersion: metadata.apiVersion,
    provenance: signingStatus(metadata, folder),
    source: metadata.sourceUrl || 'unknown',
  }));
  const head = ['NAME', 'VERSION', 'TYPE', 'APIVERSION', 'PROVENANCE', 'SOURCE'];
  print(io.stdout, flags.string('output') as Format, {
    data: rows.map((row) => new Map(Object.entries(row) as [string, Value][])),
    table: () => table([head, ...rows.map((row) => Object.values(row))]),
  });
  return 0;
}

/** What `pintle plugin uninstall` does. */
export async function runUninstall(call: Call): Promise<number> {
  if (call.args.length === 0) throw new PintleError('USAGE', 'please provide plugin name to uninstall');
  await uninstallPlugins(call.args, manageOptions(call), worldOf(call));
  return 0;
}

/** What `pintle plugin update` does. */
export async function runUpdate(call: Call): Promise<number> {
  if (call.args.length === 0) throw new PintleError('USAGE', 'please provide plugin name to update');
  await updatePlugins(call.args, manageOptions(call), worldOf(call));
  return 0;
}

/** What `pintle plugin package` does. */
export async function runPackage(call: Call): Promise<number> {
  const { args, flags, io, host } = call;
  const cwd = io.cwd();
  const key = (): ReturnType<typeof openSigningKey> =>
    openSigningKey(keyringOf(call), flags.string('key'), () => passphrase(call), { cwd });
  await packagePlugin({
    path: args[0] as string,
    destination: flags.string('destination'),
    cwd,
    env: io.env,
    key: flags.bool('sign') ? () => readingKeyring(key) : undefined,
    now: () => new Date(host.clock.now().milliseconds),
    out: (line) => io.stdout.write(`${line}\n`),
  });
  return 0;
}

function passphrase({ io, flags }: Call): ReturnType<typeof passphraseSource> {
  return passphraseSource(io, flags.string('passphrase-file'), { whole: true });
}

/** What goes wrong before there is a key is told as a fault of the keyring. */
async function readingKeyring<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const ofKeyring =
      error instanceof PintleError &&
      (error.data['reason'] === 'keyring-missing' || error.data['reason'] === 'keyring-invalid');
    if (!ofKeyring) throw error;
    const { code, message, hint, data } = error;
    const text = `error reading from keyring: ${message}`;
    throw new PintleError(code, text, { ...(hint ? { hint } : {}), data, cause: error });
  }
}

/** What `pintle plugin verify` does. Go: helm pkg/cmd/plugin_verify.go */
export async function runVerify(call: Call): Promise<number> {
  const { args, io } = call;
  const cwd = io.cwd();
  const path = args[0] as string;
  if (stat(path, cwd).isDirectory()) {
    throw new PintleError('USAGE', 'directory verification not supported - only plugin tarballs can be verified');
  }
  if (!['.gz', '.tgz'].includes(extname(path))) {
    throw new PintleError('USAGE', 'plugin file must be a gzipped tarball (.tar.gz or .tgz)');
  }
  const prov = `${path}.prov`;
  try {
    stat(prov, cwd);
  } catch (error) {
    const message = `could not find provenance file ${prov}: ${(error as Error).message}`;
    throw new PintleError('PROVENANCE_INVALID', message, { cause: error });
  }
  const bytes = read(path, cwd, 'failed to read plugin file: ');
  const signature = read(prov, cwd, 'failed to read provenance file: ');
  const { verifySigned } = await import('../../../src/provenance/verify.ts');
  const keys = readKeyring(keyringOf(call), { cwd });
  const verification = await verifySigned({ name: basename(path), bytes }, signature, keys);
  for (const line of verificationLines(verification, 'Plugin')) io.stdout.write(`${line}\n`);
  return 0;
}

function stat(path: string, cwd: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(resolve(cwd, path)) as ReturnType<typeof statSync> & object;
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('stat', path, error), { cause: error });
  }
}

function read(path: string, cwd: string, prefix: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    throw new PintleError('FILE_IO', `${prefix}${osErrorText('open', path, error)}`, { cause: error });
  }
}

/** Names of plugins that are not on the line yet. Go: compListPlugins */
export function completeNames({ settings, log }: Call, args: readonly string[]): Completions {
  let found: readonly Plugin[];
  try {
    found = findPlugins(settings.pluginsDirectory, { type: 'cli/v1' }, log);
  } catch {
    found = [];
  }
  const words = found
    .filter(({ metadata }) => !args.includes(metadata.name))
    .map(({ metadata: { name, config } }) => `${name}\t${config.type === 'cli/v1' ? config.shortHelp : ''}`);
  return { words, directive: NO_FILES };
}
