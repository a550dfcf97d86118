/** Plugins out of registries. Go: helm internal/plugin/installer/oci_installer.go */
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { parseReference } from '../../sources/oci/reference.ts';
import { openRegistry } from '../download/getters.ts';
import type { World } from '../world.ts';
import { pluginFolders } from './discover.ts';
import {
  installArchive,
  MISSING_METADATA,
  metadataOf,
  once,
  type PluginSource,
  prefixed,
  type SourceOptions,
} from './source-parts.ts';
import { checkFolderName } from './store.ts';

/** The plugin that a registry has at `oci://HOST/PATH[:TAG]`, named after the last part of the path. */
export function registrySource(text: string, { registry }: SourceOptions, world: World): PluginSource {
  const name = nameOf(text);
  const [first = ''] = pluginFolders(world.settings.pluginsDirectory);
  const folder = join(first, name);
  const pulled = once(async () => {
    const client = await openRegistry(registry, world);
    return client.pullPlugin(text.slice('oci://'.length), name);
  });
  const get = (): ReturnType<typeof pulled> => prefixed(`failed to pull plugin from ${text}: `, pulled);
  return {
    path: folder,
    signed: async () => {
      const { plugin, prov } = await get();
      const metadata = await metadataOf(plugin);
      return { archive: plugin, prov, fileName: `${metadata.name}-${metadata.version}.tgz` };
    },
    async install() {
      checkFolderName(name);
      const { plugin, prov } = await get();
      const texts = { prefix: 'failed to extract plugin: ', missing: MISSING_METADATA };
      await installArchive(folder, plugin, prov, texts, world);
    },
  };
}

/** Go: registry/plugin.go GetPluginName */
function nameOf(text: string): string {
  let repository: string;
  try {
    ({ repository } = parseReference(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PintleError('PLUGIN_INVALID', `invalid OCI reference: ${error.message}`, { cause: error });
  }
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  if (name !== '') return name;
  throw new PintleError('PLUGIN_INVALID', 'invalid OCI reference: missing repository');
}
