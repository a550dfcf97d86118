import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { visible } from '../../../src/error-frame.ts';
import { PintleError } from '../../../src/errors.ts';
import { compareStrings, type GoMap } from '../../../src/go/value.ts';
import { formatMessage, type LintMessage } from '../../../src/lint/message.ts';
import { lintLocal } from '../../../src/node/charts/lint.ts';
import { currentNamespace } from '../../../src/node/kubeconfig.ts';
import { kubeVersionOf } from '../../flags/kube-version.ts';
import { checkLock, settleCharts } from '../../flags/locked.ts';
import { readValues } from '../../flags/values-input.ts';
import type { Call } from '../../types.ts';

/** What `pintle lint` does. */
export async function runLint(call: Call): Promise<number> {
  const { flags, io } = call;
  const kubeVersion = kubeVersionOf(flags.string('kube-version'));
  const paths = [...call.args];
  if (flags.bool('with-subcharts')) paths.push(...call.args.flatMap((path) => subcharts(path, io.cwd())));
  const namespace = await currentNamespace(call.settings, io.env);
  const values = await readValues(call);
  for (const path of call.args) {
    await settleCharts(path, call);
    await checkLock(path, call);
  }
  const results: Result[] = [];
  for (const path of paths) results.push(await lintOne(path, values, namespace, kubeVersion?.version, call));
  const quiet = flags.bool('quiet');
  const text = results.map((result) => report(result, quiet)).join('');
  // Charts put what they like into messages; a terminal must not obey it.
  io.stdout.write(io.stdout.isTerminal ? visible(text) : text);
  const failed = results.filter((result) => result.failed).length;
  const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`;
  if (failed > 0) throw new PintleError('LINT_FAILED', summary);
  if (!quiet || results.some(isNoteworthy)) io.stdout.write(`${summary}\n`);
  return 0;
}

/** What lint says about one chart. */
interface Result {
  readonly path: string;
  readonly messages: readonly LintMessage[];
  /** Why it could not be linted at all. */
  readonly error?: string;
  readonly failed: boolean;
}

async function lintOne(
  path: string,
  values: GoMap,
  namespace: string,
  kubeVersion: string | undefined,
  { flags, host, log }: Call,
): Promise<Result> {
  try {
    const messages = await lintLocal(path, {
      values,
      namespace,
      host,
      log,
      skipSchemaValidation: flags.bool('skip-schema-validation'),
      ...(kubeVersion !== undefined && { kubeVersion }),
    });
    const bad = (message: LintMessage): boolean =>
      message.severity === 'ERROR' || (flags.bool('strict') && message.severity === 'WARNING');
    return { path, messages, failed: messages.some(bad) };
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    return { path, messages: [], error: error.message, failed: true };
  }
}

function isNoteworthy({ failed, messages }: Result): boolean {
  return failed || messages.some((message) => message.severity !== 'INFO');
}

/** Go: helm pkg/cmd/lint.go */
function report(result: Result, quiet: boolean): string {
  if (quiet && !isNoteworthy(result)) return '';
  const shown = result.messages.filter((message) => !quiet || message.severity !== 'INFO');
  const lines = [`==> Linting ${result.path}`];
  if (result.error !== undefined) lines.push(`Error ${result.error}`);
  lines.push(...shown.map(formatMessage));
  return `${lines.join('\n')}\n\n`;
}

/** Folders with a Chart.yaml and archives below charts/, in the order of a walk. Links are not followed. */
function subcharts(path: string, cwd: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    let names: { name: string; folder: boolean }[];
    try {
      names = readdirSync(resolve(cwd, folder), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        folder: entry.isDirectory(),
      }));
    } catch {
      return;
    }
    for (const entry of names.sort((a, b) => compareStrings(a.name, b.name))) {
      const child = join(folder, entry.name);
      if (entry.name === 'Chart.yaml') found.push(folder);
      else if (/\.(tgz|tar\.gz)$/.test(entry.name)) found.push(child);
      if (entry.folder && depth < 256) visit(child, depth + 1);
    }
  };
  visit(join(path, 'charts'), 0);
  return found;
}
