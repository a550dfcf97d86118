import { PintleError } from '../../../src/errors.ts';
import { install } from '../../../src/release/actions/install.ts';
import type { DeployOptions } from '../../../src/release/options.ts';
import type { Release } from '../../../src/release/types.ts';
import { deployOptionsOf } from '../../deploy-options.ts';
import { nameAndChart } from '../../flags/release-name.ts';
import { installableChart } from '../../install-chart.ts';
import { printRelease } from '../../print-release.ts';
import { changing } from '../../release-work.ts';
import type { Call } from '../../types.ts';

/** What `pintle install` does. Go: helm pkg/cmd/install.go */
export async function runInstall(call: Call): Promise<number> {
  const { flags } = call;
  const options = await deployOptionsOf(call, flags.bool('server-side'));
  const release = await failingAs('INSTALLATION FAILED', async () => {
    const { name, reference } = await nameAndChart(call);
    return installRelease(call, name, reference, options, flags.bool('replace'));
  });
  printRelease(release, call, { hideNotes: flags.bool('hide-notes'), inFull: call.settings.debug });
  return 0;
}

/** Installs a chart under a name, as `install` does it and `upgrade --install`. */
export async function installRelease(
  call: Call,
  name: string,
  reference: string,
  options: DeployOptions,
  replace: boolean,
): Promise<Release> {
  const { chart, values } = await installableChart(reference, call);
  return changing(
    call,
    { name: call.args[0] as string, dryRun: options.dryRun, wait: options.wait.strategy },
    (context) =>
      install(
        { chart, values },
        { ...options, name, replace, createNamespace: call.flags.bool('create-namespace'), apiVersions: [] },
        context,
      ),
  );
}

/** Runs `work`; what fails is told with what was being done before it. */
export async function failingAs<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A store that is not there is told before anything begins.
    if (!(error instanceof PintleError) || error.data['beforeStart']) throw error;
    throw error.withMessage(`${prefix}: ${error.message}`);
  }
}
