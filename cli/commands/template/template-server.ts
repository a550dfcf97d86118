/** `template --dry-run=server`: what a cluster would say of the chart. Go: helm pkg/cmd/template.go, action/install.go */
import type { Documents } from '../../../src/manifests/output.ts';
import { checkInstall, prepareInstall } from '../../../src/release/actions/prepare-install.ts';
import type { DeployInput, InstallOptions } from '../../../src/release/options.ts';
import { releaseWorld } from '../../cluster-world.ts';
import { waitOptionsOf } from '../../deploy-options.ts';
import type { Call } from '../../types.ts';

/**
 * Renders with the cluster's versions and objects, has the manifests checked by it, and looks whether an install would
 * meet objects of others. Changes nothing.
 */
export async function renderOnServer(
  input: DeployInput,
  call: Call,
  options: Pick<InstallOptions, 'name' | 'postRender' | 'resolveHost'>,
): Promise<Documents> {
  const { flags } = call;
  const world = await releaseWorld(call);
  const all: InstallOptions = {
    ...options,
    wait: waitOptionsOf(call),
    dryRun: 'server',
    hideSecret: false,
    noHooks: flags.bool('no-hooks'),
    skipCrds: flags.bool('skip-crds'),
    rollbackOnFailure: false,
    forceReplace: flags.bool('force-replace'),
    forceConflicts: flags.bool('force-conflicts'),
    takeOwnership: flags.bool('take-ownership'),
    serverSide: flags.bool('server-side'),
    disableOpenApiValidation: flags.bool('disable-openapi-validation'),
    skipSchemaValidation: flags.bool('skip-schema-validation'),
    isolate: flags.bool('isolate'),
    description: flags.string('description'),
    labels: flags.value('labels') as ReadonlyMap<string, string>,
    subNotes: false,
    createNamespace: false,
    replace: true,
    apiVersions: flags.list('api-versions'),
    isUpgrade: flags.bool('is-upgrade'),
  };
  try {
    const context = world.context();
    await checkInstall(all, context);
    return (await prepareInstall(input, all, context)).documents;
  } finally {
    await world.close();
  }
}
