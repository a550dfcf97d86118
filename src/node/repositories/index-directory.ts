/** `repo index`: an index of the archives in a folder. Go: helm pkg/cmd/repo_index.go, index.go IndexDirectory */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { compareStrings } from '../../go/value.ts';
import type { Clock, Log } from '../../host.ts';
import {
  addChart,
  type Entries,
  indexToJson,
  indexToYaml,
  mergeEntries,
  sortEntries,
} from '../../repository/index-write.ts';
import { joinUrl } from '../../repository/resolve-url.ts';
import { loadLocal } from '../charts/load.ts';
import { sha256 } from '../crypto/sha256.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { readIndexFile } from './repositories.ts';

export interface IndexDirectoryOptions {
  /** Where the folder will be found; URLs are relative to the index where it is empty. */
  readonly url: string;
  /** An index whose charts are kept; made where it is missing. `shown` is its path in messages. */
  readonly merge?: { readonly path: string; readonly shown: string };
  readonly json: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Writes `index.yaml` for the archives in a folder and in the folders right below it.
 *
 * @throws PintleError with Helm's text
 */
export function indexDirectory(folder: string, options: IndexDirectoryOptions): void {
  const { merge, json, clock, log } = options;
  const entries: Entries = new Map();
  for (const archive of archives(folder)) addArchive(entries, folder, archive, options);
  const generated = timestamp(clock);
  const write = (path: string, what: Entries): void => {
    writeFileAtomic(path, json ? indexToJson(what, generated) : indexToYaml(what, generated));
  };
  if (merge !== undefined) {
    if (existsSync(merge.path)) mergeEntries(entries, readMerged(merge.path, merge.shown, log), log);
    else writeOrIgnore(() => write(merge.path, new Map()));
  }
  const place = join(folder, 'index.yaml');
  if (!existsSync(folder)) throw new PintleError('FILE_IO', `open ${place}: no such file or directory`);
  write(place, sortEntries(entries));
}

/** An archive: the folder it is in below the one that is indexed, and its name. */
type Archive = readonly [folder: string, name: string];

function archives(folder: string): Archive[] {
  const top = namesIn(folder);
  const found = (sub: string, names: readonly string[]): Archive[] =>
    names.filter((name) => name.endsWith('.tgz')).map((name) => [sub, name]);
  return [...found('', top), ...top.flatMap((sub) => found(sub, namesIn(join(folder, sub))))];
}

/** Sorted; nothing for what is no folder. Go: filepath.Glob */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort(compareStrings);
  } catch {
    return []; // As Glob, which ignores what it cannot read.
  }
}

function addArchive(entries: Entries, folder: string, [sub, fileName]: Archive, options: IndexDirectoryOptions): void {
  const path = join(folder, sub, fileName);
  let metadata: Parameters<typeof addChart>[1]['metadata'];
  try {
    ({ metadata } = loadLocal(path, { log: options.log, format: 'v2' }));
  } catch (error) {
    if (error instanceof PintleError) return; // Taken for no chart, as by Helm.
    throw error;
  }
  addChart(entries, {
    metadata,
    fileName,
    baseUrl: joinUrl(options.url, sub),
    digest: sha256(readFileSync(path)),
    created: timestamp(options.clock),
  });
}

function readMerged(path: string, shown: string, log: Log): ReturnType<typeof readIndexFile> {
  try {
    return readIndexFile(path, log, shown);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `merge failed: ${error.message}`, { cause: error });
  }
}

function writeOrIgnore(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof PintleError)) throw error; // Helm does not look whether this was written.
  }
}

/** The time as Go marshals it, in the zone of this machine. */
function timestamp(clock: Clock): string {
  const { milliseconds, nanoseconds } = clock.now();
  const date = new Date(milliseconds);
  const offset = clock.timeZone === 'UTC' ? 0 : -date.getTimezoneOffset();
  const local = new Date(milliseconds + offset * 60_000).toISOString();
  const fraction = `${local.slice(20, 23)}${String(nanoseconds).padStart(6, '0')}`.replace(/0+$/, '');
  const two = (n: number): string => String(Math.trunc(n)).padStart(2, '0');
  const ahead = Math.abs(offset);
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(ahead / 60)}:${two(ahead % 60)}`;
  return `${local.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}
