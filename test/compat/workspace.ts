/** Runs one command line in a fresh folder with the files of workspace.txtar, and takes down all that it did. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitWords } from '../script.ts';
import { parseArchive } from '../txtar.ts';

const data = fileURLToPath(new URL('../testdata/cli', import.meta.url));

/** The command lines of plugins, which work on files of their own. */
export const PLUGIN_DATA: string = fileURLToPath(new URL('../testdata/plugin', import.meta.url));

/** Where the answers are kept. */
export const GOLDEN: string = goldenOf(data);

/** Where the answers to the command lines in a folder are kept. */
export function goldenOf(folder: string): string {
  return `${folder}/helm.json`;
}

/** What a command line did. The folder's path is written `$WORK`. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Files that it made or changed: their text, the hash of a long one, or `binary`. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Run {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly cwd: string;
}

export type Runner = (run: Run) => Promise<Omit<Outcome, 'files'>> | Omit<Outcome, 'files'>;

/** The command lines of cases.txt. */
export function readCases(folder: string = data): string[] {
  return readFileSync(`${folder}/cases.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));
}

/** Runs a case with `runner`. */
export async function outcomeOf(line: string, runner: Runner, folder: string = data): Promise<Outcome> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'pintle-compat-')));
  try {
    const before = new Map<string, string>();
    for (const file of parseArchive(readFileSync(`${folder}/workspace.txtar`, 'utf8')).files) {
      mkdirSync(dirname(join(work, file.name)), { recursive: true });
      writeFileSync(join(work, file.name), file.data);
      if (file.data.startsWith('#!')) chmodSync(join(work, file.name), 0o755);
      before.set(file.name, file.data);
    }
    const { argv, env, stdin } = readLine(line, work);
    const done = await runner({ argv, env, cwd: work, stdin: stdin === '' ? '' : (before.get(stdin) ?? '') });
    const hide = (text: string): string => text.replaceAll(work, '$WORK');
    const found = changes(work, before, hide);
    // What is in a new chart is our own; only a starter's files must be the same.
    const own = argv[0] === 'create' && !argv.includes('--starter');
    const files = own ? Object.fromEntries(Object.keys(found).map((name) => [name, 'made'])) : found;
    const { exit } = done;
    const outcome = { exit, stdout: hide(done.stdout), stderr: hide(done.stderr) };
    return Object.keys(files).length === 0 ? outcome : { ...outcome, files };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function readLine(line: string, work: string): { argv: string[]; env: Record<string, string>; stdin: string } {
  const argv = splitWords(line, { WORK: work });
  const env: Record<string, string> = { HOME: join(work, 'home'), PATH: process.env['PATH'] ?? '', TZ: 'UTC' };
  let stdin = '';
  for (;;) {
    const variable = /^([A-Z_]+)=(.*)$/s.exec(argv[0] ?? '');
    if (variable) env[variable[1] as string] = variable[2] as string;
    else if (argv[0]?.startsWith('<')) stdin = argv[0].slice(1);
    else return { argv, env, stdin };
    argv.shift();
  }
}

function summary(bytes: Buffer, hide: (text: string) => string): string {
  if (bytes.includes(0)) return 'binary';
  // When an index was made is the one thing in it that differs from run to run.
  const text = hide(bytes.toString('utf8')).replace(/("?generated"?): "[^"]*"/, '$1: "NOW"');
  return text.length > 400 ? `sha256 ${createHash('sha256').update(text).digest('hex')}` : text;
}

function changes(
  work: string,
  before: ReadonlyMap<string, string>,
  hide: (text: string) => string,
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(work, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(work.length + 1);
    // Caches are for later; what is in them is no business of these commands.
    if (!entry.isFile() || name.startsWith('home/')) continue;
    const bytes = readFileSync(join(work, name));
    if (before.get(name) === bytes.toString('utf8')) continue;
    files[name] = summary(bytes, hide);
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
