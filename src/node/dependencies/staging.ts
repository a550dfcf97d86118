/**
 * Changes charts/ and Chart.lock together, or not at all.
 *
 * What is new is written into the folder `charts/.pintle-staging`, which neither Helm nor Pintle takes for a chart.
 * When all of it is there, a journal is written that says what is to be done: from then on the change counts as made.
 * It is then done step by step; each step is a rename or a removal that can be done twice. A process that is killed
 * before the journal leaves everything as it was, and a folder that the next run removes; one that is killed after it
 * leaves a journal, and the next run does the rest. All this under a lock, so that there is one such folder at most.
 */
import { lstatSync, mkdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';
import { OpenFolder } from '../files/open-folder.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';
import { type ChartFolder, inFolder } from './chart-folder.ts';

const STAGING = '.pintle-staging';
const LOCK = '.pintle.lock';
const JOURNAL = 'journal.json';
const NEW_LOCK_FILE = 'lock.yaml';
const ARCHIVES = 'archives';

/** How long another process may take to fetch what it wants into charts/, in milliseconds. */
const PATIENCE = 600_000;

/** After this time, what a process was making counts as left behind, in milliseconds. */
const ABANDONED = 3_600_000;

/** What is to become of charts/ and the lock. Names are those of files in charts/. */
export interface Change {
  /** Files of charts/ to remove. */
  readonly remove: readonly string[];
  /** The lock to write; nothing where it stays. */
  readonly lock?: { readonly fileName: string; readonly text: string };
}

/** The new files, and the way to put them in place. */
export interface Staging {
  /** Takes a file in, for charts/NAME. */
  add(name: string, bytes: Uint8Array): void;
  /** Puts the files in place, and does the rest of the change. */
  commit(change: Change): void;
}

interface Journal {
  readonly version: 1;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly lock?: string;
}

/**
 * Runs `work`, which may change charts/ through what it is given. charts/ is made where it is missing.
 *
 * @throws PintleError FILE_IO; whatever `work` throws, and then nothing has changed
 */
export async function withStaging<T>(chart: ChartFolder, work: (staging: Staging) => Promise<T>): Promise<T> {
  const charts = makeCharts(chart);
  const inside = async (open: Open): Promise<T> => {
    finishInterrupted(open);
    sweep(open.charts, /^\.pintle\.lock\../);
    sweep(open.chart, /^\.(?:Chart|requirements)\.lock\.[0-9a-f]+\.tmp$/);
    const staging = open.charts.enter(STAGING, 0o755);
    try {
      return await work(stagingIn(chart, open, staging));
    } finally {
      if (staging.stat(JOURNAL) === undefined) open.charts.remove(STAGING);
      staging.close();
    }
  };
  return withFileLock(join(charts, LOCK), () => withOpen(chart, inside), { timeout: PATIENCE });
}

/** The folders of a chart, held open: what is put in the place of one of them meanwhile is not written to. */
interface Open {
  readonly chart: OpenFolder;
  readonly charts: OpenFolder;
}

async function withOpen<T>(folder: ChartFolder, work: (open: Open) => Promise<T> | T): Promise<T> {
  const chart = attempt('open', folder.shown, () => OpenFolder.open(folder.path));
  try {
    const { shown, path } = inFolder(folder, 'charts');
    const charts = attempt('open', shown, () => OpenFolder.open(path));
    try {
      return await work({ chart, charts });
    } finally {
      charts.close();
    }
  } finally {
    chart.close();
  }
}

/** Puts in order what a killed process has left behind, if there is anything. */
export async function recoverCharts(chart: ChartFolder): Promise<void> {
  const charts = join(chart.path, 'charts');
  try {
    if (lstatSync(join(charts, STAGING), { throwIfNoEntry: false }) === undefined) return;
  } catch {
    return; // The chart or its charts/ is no folder, which is for others to say.
  }
  await withFileLock(join(charts, LOCK), () => withOpen(chart, finishInterrupted), { timeout: PATIENCE });
}

/** Whether a name in charts/ is one of ours. */
export function isOwnName(name: string): boolean {
  return name === STAGING || name.startsWith(LOCK);
}

function makeCharts(chart: ChartFolder): string {
  const { shown, path } = inFolder(chart, 'charts');
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const text = `unable to retrieve file info for '${shown}': ${osErrorText('stat', shown, error)}`;
    throw new PintleError('FILE_IO', text, { cause: error });
  }
  if (stats?.isDirectory()) return path;
  if (stats !== undefined) throw new PintleError('FILE_IO', `${quote(shown)} is not a directory`);
  return attempt('mkdir', shown, () => {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return path;
  });
}

function stagingIn(chart: ChartFolder, open: Open, staging: OpenFolder): Staging {
  const added: string[] = [];
  return {
    add(name, bytes) {
      checkName(name);
      const { path } = inFolder(chart, `charts/${STAGING}/${ARCHIVES}/${name}`);
      attempt('open', path, () => {
        const archives = staging.enter(ARCHIVES, 0o755);
        try {
          archives.removeFile(name);
          archives.write(name, bytes, 0o644, { durable: true });
        } finally {
          archives.close();
        }
      });
      if (!added.includes(name)) added.push(name);
    },
    commit({ remove, lock }) {
      for (const name of added) {
        if (open.charts.stat(name)?.isDirectory()) {
          throw new PintleError('FILE_IO', `cannot write ${inFolder(chart, `charts/${name}`).shown}: it is a folder`);
        }
      }
      if (lock !== undefined) {
        const { shown, path } = inFolder(chart, lock.fileName);
        const mode = lockMode(open.chart, lock.fileName, shown) ?? 0o644 & ~process.umask();
        attempt('open', path, () => {
          staging.removeFile(NEW_LOCK_FILE);
          staging.write(NEW_LOCK_FILE, Buffer.from(lock.text), mode, { exact: true, durable: true });
        });
      }
      const journal: Journal = { version: 1, add: added, remove, ...(lock && { lock: lock.fileName }) };
      writeFileAtomic(staging.at(JOURNAL), JSON.stringify(journal));
      carryOut(open, staging, journal);
    },
  };
}

/**
 * The permissions of the lock that is to be replaced. Links and the like are refused, so that nothing but the lock is
 * written or replaced. Go: writeLock
 */
function lockMode(chart: OpenFolder, name: string, shown: string): number | undefined {
  const stats = chart.stat(name);
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) {
    throw new PintleError('FILE_IO', `the ${name} file is a symlink to ${quote(readlinkSync(chart.at(name)))}`);
  }
  if (!stats.isFile()) throw new PintleError('FILE_IO', `cannot write ${shown}: it is no regular file`);
  return stats.mode & 0o777;
}

/** The steps of a change, each of which may have been done before. */
function carryOut({ chart, charts }: Open, staging: OpenFolder, { add, remove, lock }: Journal): void {
  attempt('rename', 'charts', () => {
    // A chart that is missing is an error to whoever looks in between; two versions of one chart would not be.
    for (const name of remove) charts.removeFile(name);
    if (staging.stat(ARCHIVES) !== undefined) {
      const archives = staging.enter(ARCHIVES);
      try {
        for (const name of add) moveIfThere(archives, name, charts, name);
      } finally {
        archives.close();
      }
    }
    if (lock !== undefined) moveIfThere(staging, NEW_LOCK_FILE, chart, lock);
    staging.removeFile(JOURNAL);
    charts.remove(STAGING);
  });
}

function moveIfThere(from: OpenFolder, name: string, to: OpenFolder, as: string): void {
  const stats = from.stat(name);
  if (!stats?.isFile()) return;
  try {
    from.move(name, to, as);
  } catch (error) {
    // charts/ is on another disk than the lock.
    if (osErrorCode(error) !== 'EXDEV') throw error;
    writeFileAtomic(to.at(as), readFileSync(from.at(name)), { mode: stats.mode & 0o777 });
  }
}

function finishInterrupted(open: Open): void {
  const stats = open.charts.stat(STAGING);
  if (stats === undefined) return;
  // Where charts/ is elsewhere, a journal that came with the chart must not reach. The next update does it all again.
  if (stats.isDirectory() && open.chart.stat('charts')?.isDirectory()) {
    const staging = open.charts.enter(STAGING);
    try {
      const journal = readJournal(staging);
      if (journal !== undefined) carryOut(open, staging, journal);
    } finally {
      staging.close();
    }
  }
  open.charts.remove(STAGING);
}

/** Removes what killed processes have left of files that they were making. */
function sweep(folder: OpenFolder, names: RegExp): void {
  for (const name of folder.names().filter((one) => names.test(one))) {
    const stats = folder.stat(name);
    if (stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED) folder.remove(name);
  }
}

/** A journal may come with a chart from elsewhere: it gets no further than charts/ and the lock. */
function readJournal(staging: OpenFolder): Journal | undefined {
  if (!staging.stat(JOURNAL)?.isFile()) return undefined;
  let found: Partial<Record<keyof Journal, unknown>>;
  try {
    // Keys are ours, and so is the file: go/json-parse.ts is for other people's.
    found = JSON.parse(readFileSync(staging.at(JOURNAL), 'utf8'));
  } catch {
    return undefined; // Written whole or not at all: this is none of ours.
  }
  const { version, add, remove, lock } = found;
  const names = [add, remove].every((list) => Array.isArray(list) && list.every(isArchiveName));
  const sound = lock === undefined || lock === 'Chart.lock' || lock === 'requirements.lock';
  return version === 1 && names && sound ? (found as Journal) : undefined;
}

function isArchiveName(name: unknown): boolean {
  return isName(name) && String(name).endsWith('.tgz');
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && !/^\.|[/\\\0]/.test(name);
}

function checkName(name: string): void {
  if (!isName(name)) throw new PintleError('DEPENDENCY_INVALID', `${quote(name)} is no name for an archive in charts/`);
}

function attempt<T>(operation: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PintleError) throw error;
    throw new PintleError('FILE_IO', osErrorText(operation, path, error), { cause: error });
  }
}
