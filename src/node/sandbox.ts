/**
 * The embedded cluster kept in a folder. `state.jsonl` begins with everything there was when it was made, one object a
 * line, and goes on with what each request changed, one request a line; so a request costs what it changes, and a process
 * that is killed leaves at most a line without an end, which counts for nothing. One process at a time works on it, for
 * the length of one request.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../cluster/json.ts';
import { parseJson, printJson } from '../cluster/json.ts';
import { PintleError } from '../errors.ts';
import type { Clock, Random } from '../host.ts';
import { createSandbox, type Sandbox, type SandboxChange, type SandboxJournal } from '../testing/sandbox/sandbox.ts';
import type { SandboxState } from '../testing/sandbox/store/store.ts';
import { writeFileAtomic } from './files/atomic-file.ts';
import { withFileLock } from './files/file-lock.ts';
import { osErrorText } from './files/os-error.ts';

export interface OpenSandboxOptions {
  readonly clock: Clock;
  readonly random: Random;
}

const FILE = 'state.jsonl';
const LOCK = 'state.lock';
const FORMAT = 'pintle-sandbox/1';

/** Bytes at the beginning of a file that tell it from all others: up to its id. */
const HEAD = 64;

/** A file is written anew when what is out of date in it is larger than this, and than what is not. */
const SLACK = 4 * 1024 * 1024;

/** The embedded cluster of a folder, which is made where it is missing. */
export function openSandbox(folder: string, options: OpenSandboxOptions): Sandbox {
  return createSandbox({ ...options, journal: new FileJournal(folder) });
}

/** Takes an embedded cluster away. */
export async function deleteSandbox(folder: string): Promise<void> {
  if (statSync(join(folder, FILE), { throwIfNoEntry: false }) === undefined) return;
  await withFileLock(join(folder, LOCK), () => rmSync(join(folder, FILE), { force: true }));
}

/** Whether a folder has a cluster. */
export function hasSandbox(folder: string): boolean {
  return statSync(join(folder, FILE), { throwIfNoEntry: false }) !== undefined;
}

class FileJournal implements SandboxJournal {
  readonly #folder: string;
  readonly #path: string;
  /** How the file begins that was read, which no two files have in common, and how far it was read. */
  #head = '';
  #offset = 0;
  /** How large the file was when it was whole. */
  #whole = 0;
  #release: (() => void) | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, FILE);
  }

  async begin(): Promise<{ readonly state: SandboxState } | { readonly changes: readonly SandboxChange[] }> {
    await this.#lock();
    try {
      return this.#read();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** Holds the lock until `end`. */
  #lock(): Promise<void> {
    return new Promise((locked, failed) => {
      const work = (): Promise<void> =>
        new Promise((release) => {
          this.#release = release;
          locked();
        });
      withFileLock(join(this.#folder, LOCK), work).catch(failed);
    });
  }

  #unlock(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #read(): { readonly state: SandboxState } | { readonly changes: readonly SandboxChange[] } {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw this.#failed('read', error);
      this.#head = '';
      return { state: { revision: 0, objects: [] } };
    }
    try {
      const { size } = fstatSync(file);
      const head = readFrom(file, 0, Math.min(size, HEAD));
      const isSame = head === this.#head && size >= this.#offset;
      if (isSame && size === this.#offset) return { changes: [] };
      const text = readFrom(file, isSame ? this.#offset : 0, size);
      const end = text.lastIndexOf('\n') + 1;
      const used = Buffer.byteLength(text.slice(0, end));
      this.#offset = (isSame ? this.#offset : 0) + used;
      this.#head = head;
      const lines = text.slice(0, end).split('\n').slice(0, -1);
      return isSame ? { changes: lines.flatMap(readChanges) } : { state: this.#readAll(lines) };
    } finally {
      closeSync(file);
    }
  }

  #readAll(lines: readonly string[]): SandboxState {
    const head = lines[0] === undefined ? undefined : (parseJson(lines[0]) as JsonObject);
    if (head?.['format'] !== FORMAT) {
      throw new PintleError('FILE_IO', `${this.#path} is no embedded cluster of this version`, {
        hint: "'pintle sandbox reset' begins a new one",
      });
    }
    const count = head['objects'] as number;
    const objects = new Map<string, readonly [string, Json]>();
    const keyOf = (storage: string, object: JsonObject): string => {
      const { namespace, name } = object['metadata'] as JsonObject;
      return `${storage} ${namespace ?? ''}/${name}`;
    };
    for (const line of lines.slice(1, count + 1)) {
      const [storage, object] = parseJson(line) as [string, JsonObject];
      objects.set(keyOf(storage, object), [storage, object]);
    }
    this.#whole = lines.slice(0, count + 1).reduce((sum, line) => sum + line.length + 1, 0);
    let revision = head['revision'] as number;
    for (const change of lines.slice(count + 1).flatMap(readChanges)) {
      revision = change.revision;
      const object = change.object as unknown as JsonObject;
      const key = keyOf(change.storage, object);
      if (change.gone) objects.delete(key);
      else objects.set(key, [change.storage, object]);
    }
    return { revision, objects: [...objects.values()] as unknown as SandboxState['objects'] };
  }

  end(changes: readonly SandboxChange[], state: () => SandboxState): void {
    try {
      if (this.#head === '' || (this.#offset > SLACK && this.#offset > 2 * this.#whole)) {
        if (changes.length > 0) this.#writeAll(state());
      } else if (changes.length > 0) this.#append(changes);
    } finally {
      this.#unlock();
    }
  }

  #writeAll(state: SandboxState): void {
    const id = process.getBuiltinModule('node:crypto').randomBytes(12).toString('hex');
    const head = { format: FORMAT, id, revision: state.revision, objects: state.objects.length };
    const lines = [head as Json, ...(state.objects as unknown as Json[])].map((line) => `${printJson(line)}\n`);
    mkdirSync(this.#folder, { recursive: true });
    const bytes = Buffer.from(lines.join(''));
    writeFileAtomic(this.#path, bytes, { mode: 0o600 });
    this.#head = bytes.toString('utf8', 0, HEAD);
    this.#offset = this.#whole = bytes.length;
  }

  #append(changes: readonly SandboxChange[]): void {
    const list = changes.map(({ storage, key, revision, object, gone }) => ({ storage, key, revision, object, gone }));
    const bytes = Buffer.from(`${printJson(list as unknown as Json)}\n`);
    try {
      // What a killed process left without an end would else stand before this line.
      truncateSync(this.#path, this.#offset);
      const file = openSync(this.#path, 'a');
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } finally {
        closeSync(file);
      }
      this.#offset += bytes.length;
    } catch (error) {
      this.#head = ''; // Read it again before anything else.
      throw this.#failed('write', error);
    }
  }

  #failed(what: string, error: unknown): PintleError {
    return new PintleError('FILE_IO', `cannot ${what} ${this.#path}: ${osErrorText('open', this.#path, error)}`, {
      cause: error,
    });
  }
}

function readChanges(line: string): SandboxChange[] {
  return parseJson(line) as unknown as SandboxChange[];
}

function readFrom(file: number, from: number, to: number): string {
  const bytes = Buffer.alloc(to - from);
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(file, bytes, at, bytes.length - at, from + at);
    if (count === 0) break;
    at += count;
  }
  return bytes.toString('utf8', 0, at);
}
