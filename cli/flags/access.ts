/** What flags say of servers and of keys; the flags are REMOTE_FLAGS and KEYRING_FLAG of flags.ts. */
import type { Access } from '../../src/node/download/access.ts';
import { defaultKeyring } from '../../src/node/environment.ts';
import type { Call } from '../types.ts';

/** Who the user is for a server, and what to trust. */
export function accessOf({ flags }: Pick<Call, 'flags'>): Required<Access> {
  return {
    username: flags.string('username'),
    password: flags.string('password'),
    certFile: flags.string('cert-file'),
    keyFile: flags.string('key-file'),
    caFile: flags.string('ca-file'),
    insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify'),
    plainHttp: flags.find('plain-http') !== undefined && flags.bool('plain-http'),
  };
}

/** The file with keys: the flag, even an empty one, else GnuPG's. */
export function keyringOf({ flags, io }: Pick<Call, 'flags' | 'io'>): string {
  return flags.isSet('keyring') ? flags.string('keyring') : defaultKeyring(io.env);
}
