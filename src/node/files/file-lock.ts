/**
 * Locks between processes. Node has no flock(2); a lock is a file that holds the number of the process that made it,
 * and one whose process is gone counts for nothing, so that a killed process blocks nobody.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PintleError } from '../../errors.ts';
import { sweepAbandoned } from './abandoned.ts';
import { randomName } from './atomic-file.ts';
import { osErrorText } from './os-error.ts';

export interface LockOptions {
  /** How long to wait for another process, in milliseconds; 30 s if left out, as Helm. */
  readonly timeout?: number;
}

/** How often to look again, in milliseconds. */
const POLL = 20;

/** How old the turn to break a lock must be before it is taken for left behind, in milliseconds. */
const ABANDONED = 5000;

/** What file systems without hard links answer. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Tokens of this process that hold or wait for a lock. */
const held = new Set<string>();

/**
 * Runs `work` while no other process holds the lock at `path`, whose folder is made where it is missing.
 *
 * @throws PintleError FILE_IO when the lock stays with another process for too long; whatever `work` throws
 */
export async function withFileLock<T>(path: string, work: () => T | Promise<T>, options: LockOptions = {}): Promise<T> {
  const token = await acquire(path, options.timeout ?? 30_000);
  try {
    return await work();
  } finally {
    held.delete(token);
    if (holder(path) === token) rmSync(path, { force: true });
    const start = `${basename(path)}.`;
    sweepAbandoned(dirname(path), (name) => name.startsWith(start) && /^[0-9a-f]{12}$/.test(name.slice(start.length)));
  }
}

async function acquire(path: string, timeout: number): Promise<string> {
  const token = `${process.pid} ${hostname()} ${randomName()}\n`;
  held.add(token);
  const deadline = Date.now() + timeout;
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    if (claim(path, token)) return token;
    const other = holder(path);
    if (other !== undefined && isDead(path, other)) breakLock(path, other);
    else if (Date.now() > deadline) {
      held.delete(token);
      throw new PintleError('FILE_IO', `cannot get the lock ${path}: process ${other?.split(' ')[0] ?? '?'} holds it`, {
        hint: 'wait for the other process to end, or remove the file if there is none',
      });
    } else await sleep(POLL);
  }
}

/** A link fails where its name exists, and shows a file that is already whole. */
function claim(path: string, token: string): boolean {
  const own = `${path}.${randomName()}`;
  try {
    writeFileSync(own, token, { flag: 'wx', mode: 0o600 });
    try {
      linkSync(own, path);
    } catch (error) {
      if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      writeFileSync(path, token, { flag: 'wx', mode: 0o600 });
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  } finally {
    rmSync(own, { force: true });
  }
}

function holder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Given back in between.
  }
}

function isDead(path: string, token: string): boolean {
  // Where there are no links, a process can be killed between making a lock and writing its number.
  if (token === '') return age(path) > ABANDONED;
  const [pid, host] = token.split(' ');
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return false;
  // The same number in a container that was started again.
  if (Number(pid) === process.pid) return !held.has(token);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Milliseconds since the last change; 0 for what is not there. */
function age(path: string): number {
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return since === undefined ? 0 : Date.now() - since;
}

/** Takes a dead process's lock away. Only one process at a time may, so that no lock is taken for one that was there before. */
function breakLock(path: string, dead: string): void {
  const turn = `${path}.breaking`;
  try {
    mkdirSync(turn);
  } catch {
    if (age(turn) > ABANDONED) rmSync(turn, { recursive: true, force: true });
    return;
  }
  if (holder(path) === dead) rmSync(path, { force: true });
  rmSync(turn, { recursive: true, force: true });
}
