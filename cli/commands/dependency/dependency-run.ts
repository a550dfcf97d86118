import { chartFolder } from '../../../src/node/dependencies/chart-folder.ts';
import { buildDependencies, updateDependencies } from '../../../src/node/dependencies/update.ts';
import { dependencyOptions } from '../../flags/dependency-options.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

type Verb = typeof updateDependencies;

/** What `pintle dependency update` does. */
export function runUpdate(call: Call): Promise<number> {
  return run(updateDependencies, call);
}

/** What `pintle dependency build` does. */
export function runBuild(call: Call): Promise<number> {
  return run(buildDependencies, call);
}

async function run(verb: Verb, call: Call): Promise<number> {
  const { args, flags, io } = call;
  const options = {
    ...dependencyOptions(call),
    verify: flags.bool('verify'),
    skipRefresh: flags.bool('skip-refresh'),
  };
  await verb(chartFolder(args[0] ?? '.', io.cwd()), options, worldOf(call));
  return 0;
}
