import { FILES, NO_FILES, NO_SPACE, noMore } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import type { Command } from '../../types.ts';

/** `pintle push` */
export const push: Command = {
  use: 'push [chart] [remote]',
  long: `Put a chart's archive into a registry.

The chart's name and version become the last part of the repository and the tag. A provenance file that lies beside
the archive goes along.`,
  examples: `
pintle package ./web
pintle push web-1.0.0.tgz oci://registry.example.com/charts`,
  arity: { min: 2 },
  flags: [
    flag('cert-file', string, '', 'certificate to identify with over HTTPS'),
    flag('key-file', string, '', 'key of that certificate'),
    flag('ca-file', string, '', 'certificate authorities to check the registry with'),
    flag('insecure-skip-tls-verify', bool, false, "do not check the registry's certificate"),
    flag('plain-http', bool, false, 'talk HTTP to the registry'),
    flag('username', string, '', 'user name for the registry'),
    flag('password', string, '', 'password for the registry'),
  ],
  complete: (call, args, typed) => {
    if (args.length === 0) return { words: [], directive: FILES };
    if (args.length === 1) return { words: ['oci://'], directive: NO_FILES | NO_SPACE };
    return noMore(call, args, typed);
  },
  run: async (call) => (await import('./push-run.ts')).runPush(call),
};
