import { FILES, folders, NO_FILES, noMore } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { flag, KEYRING_FLAG, REMOTE_FLAGS } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command, Completer, Entry } from '../../types.ts';

const names: Completer = async (call, args) => (await import('./plugin-run.ts')).completeNames(call, args);

const filesOnce: Completer = (call, args, typed) =>
  args.length === 0 ? { words: [], directive: FILES } : noMore(call, args, typed);

const VERIFY = flag('verify', bool, true, 'check the signature of the plugin before it is installed');

const install: Command = {
  use: 'install [options] <path|url>',
  long: `Install a plugin from a folder, an archive, an OCI registry or a git repository.

An archive must have a provenance file beside it (NAME.tgz.prov) that is signed with a key of the keyring; without one,
or with one that does not match, nothing is installed. A folder is linked, not copied, so that work on a plugin shows at
once; it needs no signature. Repositories have none: for them say --verify=false, and the same for archives that you
trust without one.

A plugin is a program that runs as you. Its install hook, if it has one, runs at the end.`,
  examples: `
# a folder that you work on
pintle plugin install ./my-plugin

# a signed archive
pintle plugin install https://example.com/plugins/diff-3.9.0.tgz --keyring keys.gpg

# a tag of a repository
pintle plugin install https://github.com/jkroepke/helm-secrets --version v4.7.0 --verify=false`,
  flags: [
    flag(
      'version',
      string,
      '',
      'version, or a constraint on tags, of a plugin in a repository; the latest if left out',
    ),
    VERIFY,
    KEYRING_FLAG,
    ...REMOTE_FLAGS,
  ],
  arity: { min: 1, max: 1 },
  complete: filesOnce,
  run: async (call) => (await import('./plugin-run.ts')).runInstall(call),
};

const list: Command = {
  use: 'list',
  long: `List the plugins that are installed.

PROVENANCE says what is known of their signatures: signed, unsigned, local dev for a folder that is linked, or
mismatched provenance where the archive is not the one that was signed.`,
  examples: `
pintle plugin list

# only those that fetch URLs of their own
pintle plugin list --type getter/v1`,
  flags: [
    flag('type', string, '', 'only plugins of this type, such as cli/v1', {
      complete: () => ({ words: ['cli/v1', 'getter/v1', 'postrenderer/v1'], directive: NO_FILES }),
    }),
    OUTPUT_FLAG,
  ],
  complete: noMore,
  run: async (call) => (await import('./plugin-run.ts')).runList(call),
};

const packagePlugin: Command = {
  use: 'package [PATH]',
  long: `Pack a plugin's folder into an archive, NAME-VERSION.tgz, and sign it.

The same files give the same bytes, whenever and wherever they are packed.`,
  examples: `
pintle plugin package ./my-plugin --key 'Jane Doe' --keyring ~/.gnupg/secring.gpg

# without a signature
pintle plugin package ./my-plugin --sign=false -d dist`,
  flags: [
    flag('sign', bool, true, 'sign the archive with a private key'),
    flag('key', string, '', 'name of the key to sign with'),
    KEYRING_FLAG,
    flag('passphrase-file', string, '', 'file with the passphrase of the key; - is standard input'),
    flag('destination', string, '.', 'folder to write the archive to', { short: 'd', complete: folders }),
  ],
  arity: { min: 1, max: 1 },
  complete: folders,
  run: async (call) => (await import('./plugin-run.ts')).runPackage(call),
};

const uninstall: Command = {
  use: 'uninstall <plugin>...',
  long: 'Remove plugins and the archives they came in, and run their delete hooks.',
  examples: 'pintle plugin uninstall diff secrets',
  complete: names,
  run: async (call) => (await import('./plugin-run.ts')).runUninstall(call),
};

const update: Command = {
  use: 'update <plugin>...',
  long: `Bring plugins up to date, and run their update hooks.

This works for plugins that were installed from a git repository. Others are uninstalled and installed anew.`,
  examples: 'pintle plugin update diff',
  complete: names,
  run: async (call) => (await import('./plugin-run.ts')).runUpdate(call),
};

const verify: Command = {
  use: 'verify [PATH]',
  long: `Check that the archive of a plugin is signed with a key of the keyring, by the .prov file beside it.`,
  examples: 'pintle plugin verify diff-3.9.0.tgz --keyring keys.gpg',
  flags: [KEYRING_FLAG],
  arity: { min: 1, max: 1 },
  complete: filesOnce,
  run: async (call) => (await import('./plugin-run.ts')).runVerify(call),
};

function entry(name: string, short: string, command: Command, aliases?: readonly string[]): Entry {
  return { name, short, ...(aliases && { aliases }), load: async () => command };
}

/** `pintle plugin` */
export const plugin: Command = {
  use: 'plugin',
  long: 'Manage plugins: programs that add commands, URL schemes and post-renderers.',
  commands: [
    entry('install', 'install a plugin', install, ['add']),
    entry('list', 'list the plugins that are installed', list, ['ls']),
    entry('package', 'pack a plugin folder into an archive', packagePlugin),
    entry('uninstall', 'remove plugins', uninstall, ['rm', 'remove']),
    entry('update', 'bring plugins up to date', update, ['up']),
    entry('verify', 'check the signature of a plugin archive', verify),
  ],
};
