/** Plugins out of repositories. Go: helm internal/plugin/installer/vcs_installer.go */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PintleError } from '../../errors.ts';
import { baseName } from '../../go/path.ts';
import { quote } from '../../go/quote.ts';
import { compareVersions, parseConstraint, parseVersion, type Version } from '../../go/semver.ts';
import { formatUrl, parseUrl } from '../../go/url.ts';
import { PLUGIN_FILE } from '../../plugin/metadata.ts';
import { CANNOT_DETECT, cacheKey, goImport, guessVcs, type Vcs } from '../../plugin/source.ts';
import { osErrorText } from '../files/os-error.ts';
import type { World } from '../world.ts';
import { loadPlugin, type Plugin, pluginFolders } from './discover.ts';
import { GitClone } from './git.ts';
import { missingMetadata, type PluginSource } from './source-parts.ts';
import { checkFolderName, storeCopy } from './store.ts';

/** The repository behind an address. */
export async function repositorySource(text: string, version: string, world: World): Promise<PluginSource> {
  const folder = join(world.settings.folders.cache, 'plugins', cacheKey(text));
  const { vcs, remote } = await detect(text, folder, world);
  const clone = await open(vcs, remote, folder, world);
  const name = baseName(text);
  const path = join(installFolder(world), name);
  return {
    path,
    async install() {
      checkFolderName(name);
      await clone.sync();
      const ref = await solveVersion(clone, version);
      if (ref !== '') await clone.checkout(ref);
      if (!existsSync(join(folder, PLUGIN_FILE))) throw missingMetadata();
      world.log.log('DEBUG', 'copying files', { source: folder, destination: path });
      storeCopy(path, folder);
    },
  };
}

function installFolder({ settings }: World): string {
  return pluginFolders(settings.pluginsDirectory)[0] ?? '';
}

async function open(vcs: Vcs, remote: string, folder: string, { env }: World): Promise<GitClone> {
  if (vcs === 'git') return GitClone.open(remote, folder, env);
  throw new PintleError('NOT_SUPPORTED', `${vcs} is not installed`, {
    hint: 'plugins are installed from git repositories only; for others, check them out and install the folder',
  });
}

interface Detected {
  readonly vcs: Vcs;
  readonly remote: string;
}

/** Go: vcs NewRepo, detectVcsFromRemote: by its address, by what its server says, by the clone that is there. */
async function detect(text: string, folder: string, world: World): Promise<Detected> {
  const guess = guessVcs(text);
  const vcs = guess.folder === undefined ? guess.vcs : vcsOf(guess.folder);
  if (vcs !== undefined) return { vcs, remote: text };
  const named = await askServer(text, world);
  if (named !== undefined) return named;
  const there = vcsOf(folder);
  if (there !== undefined) return { vcs: there, remote: '' };
  throw new PintleError('PLUGIN_INVALID', CANNOT_DETECT);
}

/** What is in a folder. Go: DetectVcsFromFS */
function vcsOf(folder: string): Vcs | undefined {
  return (['git', 'svn', 'hg', 'bzr'] as const).find((vcs) => existsSync(join(folder, `.${vcs}`)));
}

async function askServer(text: string, { http }: World): Promise<Detected | undefined> {
  const url = parseUrl(text);
  if (url.scheme !== 'http' && url.scheme !== 'https') return undefined;
  const rawQuery = url.rawQuery === '' ? 'go-get=1' : `${url.rawQuery}+go-get=1`;
  try {
    const answer = await http.request(formatUrl({ ...url, rawQuery }), { maxBytes: 4 * 1024 * 1024 });
    const found = goImport(new TextDecoder().decode(await answer.bytes()), url.host + url.path);
    return found && { vcs: found.vcs, remote: found.url };
  } catch {
    return undefined; // A server that does not answer says nothing.
  }
}

/** The reference to check out: a version as it is, or the highest tag that a constraint allows. */
async function solveVersion(clone: GitClone, version: string): Promise<string> {
  if (version === '' || (await clone.isReference(version))) return version;
  const constraint = parseConstraint(version);
  const versions = (await clone.tags()).flatMap((tag) => {
    try {
      return [parseVersion(tag)];
    } catch {
      return []; // Other tags have other uses.
    }
  });
  versions.sort((a: Version, b: Version) => compareVersions(b, a));
  const found = versions.find((candidate) => constraint.check(candidate));
  if (found !== undefined) return found.original;
  throw new PintleError(
    'PLUGIN_INVALID',
    `requested version ${quote(version)} does not exist for plugin ${quote(clone.remote)}`,
  );
}

/**
 * Updates the clone that a plugin is, and loads it again. Go: plugin_update.go updatePlugin
 *
 * @throws PintleError with Helm's text.
 */
export async function updateFromRepository(plugin: Plugin, world: World): Promise<Plugin> {
  const location = resolve(realpathSync(plugin.dir));
  const vcs = vcsOf(location);
  if (vcs === undefined) {
    world.log.log('WARN', 'cannot get information about plugin source', { location, error: CANNOT_DETECT });
    throw new PintleError('PLUGIN_INVALID', 'cannot get information about plugin source', {
      hint: 'only plugins that were installed from a repository can be updated; uninstall it and install it anew',
    });
  }
  const clone = await open(vcs, '', location, world);
  const path = clone.remote === '' ? '' : join(installFolder(world), baseName(clone.remote));
  checkThere(path, world);
  world.log.log('DEBUG', 'updating', { source: clone.remote });
  if (await clone.isDirty()) throw new PintleError('PLUGIN_FAILED', 'plugin repo was modified');
  await clone.update();
  if (!existsSync(join(location, PLUGIN_FILE))) throw missingMetadata();
  return loadPlugin(path);
}

function checkThere(path: string, { log }: World): void {
  try {
    statSync(path);
  } catch (error) {
    log.log('WARN', 'plugin does not exist', { path, error: osErrorText('stat', path, error) });
    throw new PintleError('PLUGIN_INVALID', 'plugin does not exist');
  }
}
