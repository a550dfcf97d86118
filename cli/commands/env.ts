import { settingsVariables } from '../../src/node/environment.ts';
import { currentNamespace } from '../../src/node/kubeconfig.ts';
import { NO_FILES, noMore } from '../complete/completers.ts';
import type { Call, Command } from '../types.ts';

/** `pintle env` */
export const env: Command = {
  use: 'env',
  long: `Show the settings and folders in use: from flags, environment variables and defaults.

With a name, only the value of that setting is printed.`,
  examples: `
# everything
pintle env

# where downloaded indexes are kept
pintle env HELM_REPOSITORY_CACHE`,
  arity: { max: 1 },
  async complete(call, args, typed) {
    if (args.length > 0) return noMore(call, args, typed);
    return { words: [...(await variables(call)).keys()], directive: NO_FILES };
  },
  async run(call) {
    const all = await variables(call);
    const [name] = call.args;
    const lines = name === undefined ? [...all].map(([key, value]) => `${key}="${value}"`) : [all.get(name) ?? ''];
    call.io.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
};

async function variables({ settings, io }: Call): Promise<Map<string, string>> {
  const all = settingsVariables(settings, io.program, await currentNamespace(settings, io.env));
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
