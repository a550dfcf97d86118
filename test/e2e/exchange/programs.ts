/** Running Helm and Pintle in a folder and a namespace of their own. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PINTLE } from '../../program.ts';

/** Helm 3, Helm 4, Pintle. */
export type By = '3' | '4' | 'p';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const COMMANDS: Readonly<Record<By, readonly string[]>> = {
  '3': [process.env['HELM3'] || 'helm3'],
  '4': [process.env['HELM'] || 'helm'],
  p: PINTLE,
};

/** Milliseconds after which a program is ended. */
const LONGEST = 180_000;

/** Runs a program; what it keeps for itself goes to a folder of `home`. */
export function runProgram(
  by: By,
  args: readonly string[],
  place: { readonly home: string; readonly namespace: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const [program = '', ...before] = COMMANDS[by];
  const home = join(place.home, by);
  mkdirSync(home, { recursive: true });
  const env = {
    PATH: process.env['PATH'] ?? '',
    KUBECONFIG: process.env['KUBECONFIG'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HELM_NAMESPACE: place.namespace,
    PINTLE_COMPAT_ERRORS: '1',
    HOME: home,
    TZ: 'UTC',
    ...place.env,
  };
  return new Promise((done, reject) => {
    const child = spawn(program, [...before, ...args], { env, timeout: LONGEST, killSignal: 'SIGKILL' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (exit) => done({ exit: exit ?? -1, ...output }));
    child.stdin.end();
  });
}
