import { NO_FILES } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import type { Command, Completer } from '../../types.ts';

const nothing: Completer = () => ({ words: [], directive: NO_FILES });

const login: Command = {
  use: 'login [host]',
  long: `Log in to a registry. The registry is asked whether it takes the user name and password; if it does, they are
kept for later commands, in the registry's config file or with the credential helper that the file names.

A password on the command line can be seen by others; --password-stdin hides it.`,
  examples: `
echo "$TOKEN" | pintle registry login registry.example.com --username me --password-stdin

# a registry on this machine
pintle registry login localhost:5000 --username me --plain-http`,
  arity: { min: 1 },
  flags: [
    flag('username', string, '', 'user name', { short: 'u' }),
    flag('password', string, '', 'password or identity token', { short: 'p' }),
    flag('password-stdin', bool, false, 'read the password from standard input'),
    flag('insecure', bool, false, "do not check the registry's certificate"),
    flag('cert-file', string, '', 'certificate to identify with over HTTPS'),
    flag('key-file', string, '', 'key of that certificate'),
    flag('ca-file', string, '', 'certificate authorities to check the registry with'),
    flag('plain-http', bool, false, 'talk HTTP to the registry'),
  ],
  complete: nothing,
  run: async (call) => (await import('./registry-login-run.ts')).runLogin(call),
};

const logout: Command = {
  use: 'logout [host]',
  long: 'Forget the user name and password that are kept for a registry.',
  examples: 'pintle registry logout registry.example.com',
  arity: { min: 1 },
  complete: nothing,
  run: async (call) => (await import('./registry-logout-run.ts')).runLogout(call),
};

/** `pintle registry` */
export const registry: Command = {
  use: 'registry',
  long: 'Log in to registries and out of them.',
  commands: [
    { name: 'login', short: 'log in to a registry', load: async () => login },
    { name: 'logout', short: 'log out of a registry', load: async () => logout },
  ],
};
