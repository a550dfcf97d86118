/** Where cases run, and how their command lines are started. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, type Place, type Result, SECRET } from './frame.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Seconds after which a process that does not end is ended. */
export const PATIENCE = 60;

/** Folders for cases, one after the other. */
export interface Places {
  /** A new one. */
  next(): Place;
  /** Removes those there are. */
  clear(): void;
  /** Removes all. */
  end(): void;
}

export function createPlaces(): Places {
  const work = mkdtempSync(join(tmpdir(), 'pintle-hostile-'));
  let count = 0;
  const clear = (): void => {
    for (const name of readdirSync(work)) rmSync(join(work, name), { recursive: true, force: true });
  };
  const next = (): Place => {
    const folder = join(work, String(++count));
    const made = { root: join(folder, 'root'), outside: join(folder, 'outside') };
    for (const path of [made.root, made.outside, join(made.root, '.home'), join(made.root, '.tmp')]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
    writeFileSync(join(made.outside, 'secret.txt'), SECRET);
    return made;
  };
  return { next, clear, end: () => rmSync(work, { recursive: true, force: true }) };
}

/** Runs what a case wants; where it wants a folder served, that is for as long as the command runs. */
export function start(args: readonly string[], command: Command, place: Place, before: readonly string[]): Result {
  if (command.serves === undefined) return run([...before, ...args], command, place);
  const file = join(place.root, '..', 'port');
  rmSync(file, { force: true });
  const server = spawn('python3', [`${here}serve.py`, join(place.root, command.serves), file], { stdio: 'ignore' });
  try {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 500 && !existsSync(file); i++) Atomics.wait(pause, 0, 0, 20);
    const host = `127.0.0.1:${readFileSync(file, 'utf8')}`;
    const named = args.map((arg) => arg.replaceAll('@URL@', `http://${host}`).replaceAll('@HOST@', host));
    return run([...before, ...named], command, place);
  } finally {
    server.kill();
  }
}

function run(line: readonly string[], command: Command, { root }: Place): Result {
  const [program = '', ...rest] = line;
  const home = join(root, '.home');
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: root,
    input: command.input ?? '',
    env: {
      ...{ PATH: process.env['PATH'], HOME: home, TMPDIR: join(root, '.tmp'), LANG: 'C.UTF-8' },
      ...{ CANARY: SECRET, NO_PROXY: '*', ...command.env },
    },
    encoding: 'latin1',
    timeout: 5 * PATIENCE * 1000,
    maxBuffer: 1 << 30,
  });
  return { exit: status, stdout, stderr };
}

/** All that lies in a folder, as a digest. */
export function snapshot(folder: string): string {
  const hash = createHash('sha256');
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const full = join(path, name);
      const stats = lstatSync(full);
      hash.update(`${full} ${stats.mode}\n`);
      if (stats.isDirectory()) walk(full);
      else if (stats.isSymbolicLink()) hash.update(readlinkSync(full));
      else if (stats.isFile()) hash.update(readFileSync(full));
    }
  };
  walk(folder);
  return hash.digest('hex');
}
