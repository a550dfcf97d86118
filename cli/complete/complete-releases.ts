/** Names and revisions of releases while they are being typed. Go: helm pkg/cmd compListReleases, compListRevisions */
import { checkReachable } from '../../src/cluster/reachable.ts';
import type { ReleaseWorld } from '../../src/node/releases/world.ts';
import { chartText } from '../../src/release/read/get.ts';
import { listReleases } from '../../src/release/read/list.ts';
import type { StoredRelease } from '../../src/release/types.ts';
import { releaseWorld } from '../cluster-world.ts';
import { settingsOf } from '../flags/globals.ts';
import type { Call, Completions } from '../types.ts';
import { FILES, NO_FILES } from './completers.ts';

const ERROR = 1;

/** All releases but those that are on the line already; which of them fit is for the shell to say. */
export async function completeReleases(call: Call, args: readonly string[]): Promise<Completions> {
  const all = await ask(call, ({ store }) => listReleases(store));
  if (all === undefined) return { words: [], directive: FILES };
  const words = all
    .filter(({ release }) => !args.includes(release.name))
    .map(({ release }) => {
      const { chart, info, name } = release;
      return `${name}\t${chartText(chart, 'name')}-${chartText(chart, 'version')} -> ${info.status}`;
    });
  return { words, directive: NO_FILES };
}

/** In the order of the store, as Helm has it. */
export async function completeRevisions(call: Call, args: readonly string[]): Promise<Completions> {
  const [name] = args;
  if (name === undefined || args.length !== 1) return { words: [], directive: NO_FILES };
  const all = await ask(call, ({ store }) => store.query({ name, outline: true }));
  if (all === undefined || all.length === 0) return { words: [], directive: ERROR };
  return { words: all.map(revision), directive: NO_FILES };
}

function revision({ release }: StoredRelease): string {
  const { chart, version } = release;
  const title = `${chartText(chart, 'name')}-${chartText(chart, 'version')}`;
  return `${version}\tApp: ${chartText(chart, 'appVersion')}, Chart: ${title}`;
}

/** The command line's flags count: completion begins before they are made settings. */
async function ask<T>(call: Call, read: (world: ReleaseWorld) => Promise<T>): Promise<T | undefined> {
  const settings = settingsOf(call.tree.globals, call.settings);
  try {
    const world = await releaseWorld({ ...call, settings });
    try {
      if (world.driver !== 'memory') await checkReachable(world.cluster);
      return await read(world);
    } finally {
      await world.close();
    }
  } catch {
    // A shell has no place for errors.
    return undefined;
  }
}
