/** What the flags say about a change to a release. Go: helm pkg/cmd/{install,upgrade,rollback}.go */
import { PintleError } from '../src/errors.ts';
import { quote } from '../src/go/quote.ts';
import type { DeployOptions, FailFast, WaitOptions, WaitStrategy } from '../src/release/options.ts';
import { dryRunOf } from './flags/dry-run.ts';
import { logWaitWarning } from './flags/flags.ts';
import { millisecondsOf } from './flags/timeout.ts';
import { lookUpHost } from './look-up-host.ts';
import type { Call, Flags } from './types.ts';

const STRATEGIES: Readonly<Record<string, WaitStrategy>> = { true: 'watcher', false: 'hookOnly' };

/** How long to wait for what. */
export function waitOptionsOf(call: Call): WaitOptions {
  const { flags } = call;
  logWaitWarning(call);
  const text = flags.string('wait');
  const strategy = STRATEGIES[text] ?? (text as WaitStrategy);
  // Hooks alone are waited for as Helm does it; what is to be undone on failure is waited for by the watcher.
  const undoes = flags.local.has('rollback-on-failure') && flags.bool('rollback-on-failure');
  const watches = strategy === 'watcher' || undoes;
  const failFast = watches && flags.local.has('fail-fast') && flags.bool('fail-fast') ? failFastOf(flags) : undefined;
  return {
    strategy,
    timeout: millisecondsOf(flags, 'timeout'),
    jobs: flags.local.has('wait-for-jobs') && flags.bool('wait-for-jobs'),
    ...(failFast && { failFast }),
  };
}

function failFastOf(flags: Flags): FailFast {
  return { imagePullGrace: millisecondsOf(flags, 'image-pull-grace'), crashLoops: flags.number('crash-limit') };
}

/** `--server-side` of the commands for which it has three values; undefined is `auto`. */
export function serverSideOf(flags: Flags): boolean | undefined {
  const text = flags.string('server-side');
  if (text === 'auto') return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new PintleError('USAGE', `invalid/unknown release server-side apply method: ${text}`, {
    hint: 'use --server-side=true, false or auto',
  });
}

/** `--history-max`, else what the settings say. */
export function historyMaxOf({ flags, settings }: Call): number {
  return flags.isSet('history-max') ? flags.number('history-max') : settings.maxHistory;
}

/** What `install` and `upgrade` have in common. */
export async function deployOptionsOf(call: Call, serverSide: boolean | undefined): Promise<DeployOptions> {
  const { flags } = call;
  const postRender = flags.string('post-renderer') && (await import('./plugins/post-render.ts')).postRenderOf(call);
  return {
    wait: waitOptionsOf(call),
    dryRun: dryRunOf(call, false),
    hideSecret: flags.bool('hide-secret'),
    noHooks: flags.bool('no-hooks'),
    skipCrds: flags.bool('skip-crds'),
    crds: crdsOf(flags),
    forceCrds: flags.bool('force-crds'),
    rollbackOnFailure: flags.bool('rollback-on-failure'),
    forceReplace: flags.bool('force-replace'),
    forceConflicts: flags.bool('force-conflicts'),
    takeOwnership: flags.bool('take-ownership'),
    serverSide,
    disableOpenApiValidation: flags.bool('disable-openapi-validation'),
    skipSchemaValidation: flags.bool('skip-schema-validation'),
    isolate: flags.bool('isolate'),
    description: flags.string('description'),
    labels: flags.value('labels') as ReadonlyMap<string, string>,
    subNotes: flags.bool('render-subchart-notes'),
    takeOver: flags.bool('take-over'),
    ...(postRender && { postRender }),
    ...(flags.bool('enable-dns') && { resolveHost: lookUpHost }),
  };
}

function crdsOf(flags: Flags): 'create' | 'upgrade' | 'skip' {
  const text = flags.string('crds');
  if (text === 'create' || text === 'upgrade' || text === 'skip') return text;
  throw new PintleError('USAGE', `invalid value ${quote(text)} for --crds`, { hint: 'use create, upgrade or skip' });
}
