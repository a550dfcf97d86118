/** Programs that run behind proxies of their own, so that it is known who wrote what, when, and what came of it. */
import { spawn } from 'node:child_process';
import type { ApiCall, ClusterTransport } from '../../../src/cluster/types.ts';
import { type BreakingProxy, breakingProxy } from '../client/breaking-proxy.ts';
import { COMMANDS, type Ran } from '../exchange/programs.ts';

/** A request other than a read. */
export interface Write {
  readonly actor: string;
  readonly method: ApiCall['method'];
  readonly path: string;
  readonly body: string;
  readonly isDry: boolean;
  /** Milliseconds since 1970. */
  readonly begun: number;
  ended: number;
  /** 0 while there is no answer. */
  status: number;
}

export interface Observed {
  /** Told of every request but those for discovery, before it is passed on. May wait. */
  readonly before?: (call: ApiCall, number: number) => Promise<void> | void;
  /** Answers, where the cluster is not to. */
  readonly breaks?: BreakingProxy['breaks'];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is ended. */
  readonly longest?: number;
}

export interface Place {
  readonly home: string;
  readonly namespace: string;
}

/** What a program did. */
export interface Seen extends Ran {
  readonly writes: readonly Write[];
  readonly calls: number;
  /** Kilobytes that it had in memory at most; 0 where nobody can tell. */
  readonly memory: number;
  readonly milliseconds: number;
}

/** Runs Pintle as `actor` before `cluster`. */
export async function runObserved(
  cluster: ClusterTransport,
  actor: string,
  args: readonly string[],
  { home, namespace }: Place,
  options: Observed = {},
): Promise<Seen> {
  const writes: Write[] = [];
  let calls = 0;
  const proxy = await breakingProxy({
    server: cluster.server,
    async send(call) {
      if (/^\/(apis?|version|openapi)(\/[^/]*){0,2}$/.test(call.path)) return cluster.send(call);
      await options.before?.(call, ++calls);
      if (call.method === 'GET') return cluster.send(call);
      const write = writeOf(actor, call);
      writes.push(write);
      try {
        const answer = await cluster.send(call);
        write.status = answer.status;
        return answer;
      } finally {
        write.ended = Date.now();
      }
    },
  });
  if (options.breaks) proxy.breaks = options.breaks;
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, HELM_NAMESPACE: namespace, TZ: 'UTC', ...options.env };
  const cache = process.env['NODE_COMPILE_CACHE'];
  const begun = Date.now();
  try {
    const all = [...args, '--kube-apiserver', proxy.url];
    const ran = await run(all, cache ? { ...env, NODE_COMPILE_CACHE: cache } : env, options.longest ?? 60_000);
    return { ...ran, writes, calls, milliseconds: Date.now() - begun };
  } finally {
    proxy.close();
  }
}

function writeOf(actor: string, { method, path, body = '', query }: ApiCall): Write {
  const isDry = query?.['dryRun'] === 'All';
  return { actor, method, path, body, isDry, begun: Date.now(), ended: 0, status: 0 };
}

/** A program that tells at its end how much memory it had. What `getrusage` says counts its parent's, too. */
const TELL = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from 'node:fs';
  process.on('exit', () => {
    const [, memory = '0'] = /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    process.stderr.write('\\nRSS=' + memory + '\\n');
  });
`)}`;

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeout: number,
): Promise<Ran & { readonly memory: number }> {
  const [program = '', ...before] = COMMANDS.p;
  const child = spawn(program, ['--import', TELL, ...before, ...args], { env, timeout, killSignal: 'SIGKILL' });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.end();
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const [, memory = '0'] = /\nRSS=(\d+)\n/.exec(output.stderr) ?? [];
      const stderr = output.stderr.replace(/\nRSS=\d+\n/, '');
      done({ exit: code ?? -1, stdout: output.stdout, stderr, memory: Number(memory) });
    });
  });
}

/** Whether a path is that of a record of a release. */
export function isRecord(path: string): boolean {
  return /\/(secrets|configmaps)\/sh\.helm\.release\./.test(path);
}

/** Writes that change something other than records. Records are made where their collection is. */
export function changes(writes: readonly Write[]): readonly Write[] {
  return writes.filter(({ path, body, isDry }) => {
    if (isDry || isRecord(path)) return false;
    return !(/\/(secrets|configmaps)$/.test(path) && body.includes('"sh.helm.release.v1.'));
  });
}
