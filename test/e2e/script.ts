/**
 * Runs a script on a cluster. A script is a txtar archive: lines on top, files beneath, and in the file `want` what
 * the lines are to print, one after the other:
 *
 *     # A release that is upgraded
 *     pintle install web note            a program; its error output is marked, its exit code told
 *     kube get configmaps/web data       a look at the cluster; see kube.ts
 *     helm history web                   Helm, on the real cluster only
 *     own pintle unlock web              what Helm cannot do: taken from Pintle when the rest is taken from Helm
 *     real kube list pods                on the real cluster only
 *     -- want --
 *     $ pintle install web note
 *     ...
 *
 * Further, in silence: env NAME=VALUE · cp FROM TO · rm PATH · stdin FILE (for the next program).
 * Words are parted as in `test/script.ts`. `$NS` is the script's own namespace, in its files, too, which lie over a
 * copy of `charts`.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitWords } from '../script.ts';
import { type Archive, formatArchive, parseArchive } from '../txtar.ts';
import { runKube } from './kube.ts';
import { normalize } from './normalize.ts';
import type { OpenWorld, World } from './world.ts';

/** What is run in a script's name: the words before its arguments. */
export interface Programs {
  readonly pintle: readonly string[];
  readonly helm: readonly string[];
}

export interface ScriptRun {
  readonly text: string;
  readonly open: OpenWorld;
  readonly programs: Programs;
  /** Helm stands in Pintle's place, and what only Pintle can do is left out. */
  readonly byHelm: boolean;
}

/** What a line printed, by the line; nothing for a line that was left out. */
export interface Block {
  readonly line: string;
  readonly printed: string | undefined;
}

interface State {
  readonly archive: Archive;
  readonly world: World;
  readonly run: ScriptRun;
  readonly work: string;
  readonly namespace: string;
  readonly env: Record<string, string>;
  stdin: string;
}

const CHARTS = fileURLToPath(new URL('charts', import.meta.url));

/** Milliseconds after which a program is ended. */
const LONGEST = 120_000;

/** Runs a script's lines, from a fresh namespace to its removal. */
export async function runScript(run: ScriptRun): Promise<readonly Block[]> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'pintle-e2e-')));
  const namespace = `e2e-${randomBytes(4).toString('hex')}`;
  try {
    const state = await enter(run, work, namespace);
    try {
      const blocks: Block[] = [];
      for (const line of linesOf(state.archive)) blocks.push({ line, printed: await runLine(state, line) });
      return blocks;
    } finally {
      await leave(state);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The lines that print something, or may. */
export function linesOf(archive: Archive): string[] {
  return archive.comment
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** What `want` says, as blocks. */
export function wantedBlocks(text: string): Block[] {
  const want = parseArchive(text).files.find(({ name }) => name === 'want')?.data ?? '';
  const blocks = want.split(/^(?=\$ )/m).filter((block) => block.startsWith('$ '));
  return blocks.map((block) => {
    const at = block.indexOf('\n');
    return { line: block.slice(2, at), printed: block.slice(at + 1) };
  });
}

/** The script with `printed` as what is wanted; what was left out stays as it was. */
export function withWanted(text: string, blocks: readonly Block[]): string {
  const archive = parseArchive(text);
  const before = wantedBlocks(text);
  const data = blocks
    .filter(({ line }) => printing(line))
    .map(({ line, printed }, i) => `$ ${line}\n${printed ?? (before[i]?.line === line ? before[i].printed : '')}`)
    .join('');
  const files = archive.files.filter(({ name }) => name !== 'want');
  return formatArchive({ comment: archive.comment, files: [...files, { name: 'want', data }] });
}

/** Whether a line has a part in `want`. */
export function printing(line: string): boolean {
  return !/^(env|cp|rm|stdin) /.test(line);
}

async function enter(run: ScriptRun, work: string, namespace: string): Promise<State> {
  const archive = parseArchive(run.text);
  const env: Record<string, string> = {
    HOME: join(work, 'home'),
    PATH: process.env['PATH'] ?? '',
    TMPDIR: join(work, 'tmp'),
    TZ: 'UTC',
    HELM_NAMESPACE: namespace,
    PINTLE_COMPAT_ERRORS: '1',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    NS: namespace,
    WORK: work,
    SERVER: process.env['RIG_SERVER'] ?? '',
    TOKEN: process.env['RIG_TOKEN'] ?? '',
    CA: process.env['RIG_CA'] ?? '',
  };
  for (const name of ['HELM_DRIVER_SQL_CONNECTION_STRING']) env[name] = process.env[name] ?? '';
  for (const folder of ['home', 'tmp']) mkdirSync(join(work, folder));
  cpSync(CHARTS, work, { recursive: true });
  for (const { name, data } of archive.files) {
    if (name === 'want') continue;
    const path = join(work, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data.replaceAll('$NS', namespace));
    if (data.startsWith('#!')) chmodSync(path, 0o755);
  }
  const world = await run.open(work);
  Object.assign(env, world.env);
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const made = await world.ask({ method: 'POST', path: '/api/v1/namespaces', body });
  if (made.status !== 201) throw new Error(`no namespace: ${made.text}`);
  // What a cluster puts into each namespace by itself.
  for (const target of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
    await runKube(world.ask, namespace, ['wait', target, 'metadata.namespace', namespace], '');
  }
  return { archive, world, run, work, namespace, env, stdin: '' };
}

/** Objects outside of the namespace bear its name, too. */
async function leave({ world, namespace }: State): Promise<void> {
  if (world.name === 'sandbox') return;
  const groups = [
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    '/api/v1/namespaces',
  ];
  for (const path of groups) {
    const { text } = await world.ask({ method: 'GET', path });
    const { items } = JSON.parse(text) as { items: readonly { metadata: { name: string } }[] };
    for (const { metadata } of items) {
      if (metadata.name.includes(namespace)) await world.ask({ method: 'DELETE', path: `${path}/${metadata.name}` });
    }
  }
}

async function runLine(state: State, line: string): Promise<string | undefined> {
  const words = splitWords(line, state.env);
  let [first = '', ...args] = words;
  if (first === 'own') {
    if (state.run.byHelm) return undefined;
    [first = '', ...args] = args;
  }
  if (first === 'real') {
    if (state.world.name !== 'real') return undefined;
    [first = '', ...args] = args;
  }
  const printed = await runWords(state, first, args);
  return printed === undefined ? undefined : normalize(ended(printed), { ...state, server: state.env['SERVER'] ?? '' });
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

async function runWords(state: State, first: string, args: readonly string[]): Promise<string | undefined> {
  const [one = '', two = ''] = args;
  switch (first) {
    case 'cp':
      cpSync(resolve(state.work, one), resolve(state.work, two), { recursive: true });
      return undefined;
    case 'env':
      for (const arg of args) state.env[arg.slice(0, arg.indexOf('='))] = arg.slice(arg.indexOf('=') + 1);
      return undefined;
    case 'helm':
      return state.world.name === 'real' ? execute(state, [...state.run.programs.helm, ...args]) : undefined;
    case 'kube': {
      const file = one === 'create' || one === 'record' ? two : one === 'patch' ? args[2] : undefined;
      const text = file === undefined ? '' : readFileSync(resolve(state.work, file), 'utf8');
      return runKube(state.world.ask, state.namespace, args, text);
    }
    case 'pintle': {
      const { pintle, helm } = state.run.programs;
      return execute(state, [...(state.run.byHelm ? helm : pintle), ...args]);
    }
    case 'rm':
      rmSync(resolve(state.work, one), { recursive: true, force: true });
      return undefined;
    case 'stdin':
      state.stdin = readFileSync(resolve(state.work, one), 'utf8');
      return undefined;
    default:
      throw new Error(`there is no step ${first}`);
  }
}

function execute(state: State, [program = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd: state.work, env: state.env, timeout: LONGEST, killSignal: 'SIGKILL' });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (part: Buffer) => output[name].push(part));
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      const text = Buffer.concat(output.stdout).toString();
      const errors = Buffer.concat(output.stderr).toString();
      const marked = errors.replace(/^.*\n|^.+$/gm, '! $&');
      done(ended(text) + ended(marked) + (exit === 0 ? '' : `[exit ${exit ?? signal}]\n`));
    });
    child.stdin.on('error', () => {}); // It need not read.
    child.stdin.end(state.stdin);
    state.stdin = '';
  });
}
