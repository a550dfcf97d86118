import { FILES, noMore } from '../../complete/completers.ts';
import { string } from '../../flags/flag-types.ts';
import { flag, KEYRING_FLAG, REMOTE_FLAGS } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle verify` */
export const verify: Command = {
  use: 'verify PATH',
  long: `Check that a chart archive is what its author signed.

Beside PATH there must be a provenance file, PATH.prov, that a key of the keyring has signed, as package --sign makes
it. Other commands check the same with --verify.

In place of PATH, oci://REGISTRY/CHART:VERSION checks the cosign signatures that are stored beside a chart in a
registry: with a public key (--cosign-key), or by who signed it (--trusted-root, --certificate-identity and
--certificate-oidc-issuer). Nothing but the registry is asked.`,
  examples: `
pintle verify web-1.2.3.tgz --keyring pubring.gpg

# signed with cosign, with a key
pintle verify oci://registry.example.com/charts/web:1.2.3 --cosign-key cosign.pub

# signed with cosign, without one
pintle verify oci://registry.example.com/charts/web:1.2.3 --trusted-root trusted_root.json \\
  --certificate-identity release@example.com --certificate-oidc-issuer https://accounts.example.com`,
  arity: { min: 1, max: 1 },
  flags: [
    KEYRING_FLAG,
    flag('cosign-key', string, '', 'public key that must have signed a chart in a registry, a PEM file'),
    flag('trusted-root', string, '', 'authorities and logs to trust for signatures without a key, a JSON file'),
    flag('certificate-identity', string, '', 'who must have signed: an e-mail address or URL'),
    flag('certificate-oidc-issuer', string, '', 'who must have vouched for that: the URL of an identity provider'),
    ...REMOTE_FLAGS,
  ],
  complete: (call, args, typed) => (args.length === 0 ? { words: [], directive: FILES } : noMore(call, args, typed)),
  run: async (call) => (await import('./verify-run.ts')).runVerify(call),
};
