import { PintleError } from '../../../src/errors.ts';
import { quote } from '../../../src/go/quote.ts';
import { upgrade } from '../../../src/release/actions/upgrade.ts';
import type { DeployOptions } from '../../../src/release/options.ts';
import { last } from '../../../src/release/storage.ts';
import type { Release } from '../../../src/release/types.ts';
import { releaseWorld } from '../../cluster-world.ts';
import { deployOptionsOf, historyMaxOf, serverSideOf } from '../../deploy-options.ts';
import { logVersion } from '../../flags/version-flag.ts';
import { deployableChart } from '../../install-chart.ts';
import { printRelease } from '../../print-release.ts';
import { changing } from '../../release-work.ts';
import type { Call } from '../../types.ts';
import { failingAs, installRelease } from '../install/install-run.ts';

/** What `pintle upgrade` does. Go: helm pkg/cmd/upgrade.go */
export async function runUpgrade(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const [name = '', reference = ''] = args;
  const options = await deployOptionsOf(call, undefined);
  const asTable = flags.string('output') === 'table';
  const before = flags.bool('install') ? await lastOf(name, call) : 'there';
  let release: Release;
  if (before === 'there') {
    release = await upgradeRelease(call, name, reference, options);
    if (asTable) io.stdout.write(`Release ${quote(name)} has been upgraded. Happy Helming!\n`);
  } else {
    if (asTable) io.stdout.write(`Release ${quote(name)} does not exist. Installing it now.\n`);
    logVersion(call, 'Original chart version');
    // Go: upgrade.go takes everything but "false" as server-side.
    const serverSide = flags.string('server-side') !== 'false';
    release = await installRelease(call, name, reference, { ...options, serverSide }, before === 'uninstalled');
  }
  printRelease(release, call, { hideNotes: flags.bool('hide-notes'), inFull: call.settings.debug });
  return 0;
}

async function upgradeRelease(call: Call, name: string, reference: string, options: DeployOptions): Promise<Release> {
  const { flags } = call;
  const { chart, values } = await deployableChart(reference, call);
  return failingAs('UPGRADE FAILED', () =>
    changing(call, { name, wait: options.wait.strategy }, (context) =>
      upgrade(
        { chart, values },
        {
          ...options,
          name,
          serverSide: serverSideOf(flags),
          resetValues: flags.bool('reset-values'),
          reuseValues: flags.bool('reuse-values'),
          resetThenReuseValues: flags.bool('reset-then-reuse-values'),
          cleanupOnFail: flags.bool('cleanup-on-fail'),
          historyMax: historyMaxOf(call),
        },
        context,
      ),
    ),
  );
}

/** Whether there is something to upgrade; records of what was uninstalled do not count. */
async function lastOf(name: string, call: Call): Promise<'there' | 'none' | 'uninstalled'> {
  const world = await releaseWorld(call);
  try {
    const { release } = await last(world.store, name);
    return release.info.status === 'uninstalled' ? 'uninstalled' : 'there';
  } catch (error) {
    if (error instanceof PintleError && error.code === 'RELEASE_NOT_FOUND') return 'none';
    throw error;
  } finally {
    await world.close();
  }
}
