/** The forms of Pintle that are measured, each in the best that there is of it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { root } from './tools.ts';

/** How to start it, and what it says of itself. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly version: string;
}

const COMMANDS: Readonly<Record<string, () => readonly string[]>> = {
  exe: () => [`${root}dist/exe/pintle-${process.platform}-${process.arch}`],
  node24: () => [`${root}node_modules/node/bin/node`, `${root}bin/pintle.js`],
  node20: () => [systemNode(), `${root}bin/pintle.js`],
};

/** The programs of the given names, all of them built. */
export function programs(names: readonly string[]): Program[] {
  return names.map((name) => {
    const command = COMMANDS[name]?.();
    if (command === undefined) throw new Error(`there is no ${name}; there are ${Object.keys(COMMANDS).join(', ')}`);
    for (const file of command)
      if (!existsSync(file)) throw new Error(`${file} is not there: npm run build:exe, npm run build`);
    return { name, command, version: versionOf(name, command) };
  });
}

function versionOf(name: string, [program = '']: readonly string[]): string {
  const args = name === 'exe' ? ['version', '--short'] : ['--version'];
  return execFileSync(program, args, { encoding: 'utf8' }).trim();
}

/** The machine's own Node, not the one of the development dependencies that npm puts first. */
function systemNode(): string {
  const paths = (process.env['PATH'] ?? '').split(':').filter((path) => !path.includes('node_modules'));
  const found = paths.map((path) => `${path}/node`).find((path) => existsSync(path));
  if (found === undefined) throw new Error('the machine has no Node of its own');
  return found;
}
