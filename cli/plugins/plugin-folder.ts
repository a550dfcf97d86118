import { readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Environment, Settings } from '../../src/node/environment.ts';
import { firstPositional } from '../command.ts';
import type { Tree } from '../types.ts';

/**
 * Whether a command line asks for a plugin or for a list of all commands, and there may be plugins. Nothing is
 * looked at for a command of our own; for the rest only the names in the folders are.
 */
export function mayBePlugin(tree: Tree, argv: readonly string[], settings: Settings, env: Environment): boolean {
  const name = firstPositional(argv, tree.root.flags)?.text;
  if (name !== undefined && name !== 'help' && isOwn(tree, name)) return false;
  if (env['HELM_NO_PLUGINS'] === '1') return false;
  const folders = settings.pluginsDirectory;
  return folders !== '' && folders.split(delimiter).some(hasNames);
}

function isOwn(tree: Tree, name: string): boolean {
  const { commands = [] } = tree.root.command;
  return commands.some((entry) => entry.name === name || entry.aliases?.includes(name));
}

function hasNames(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
