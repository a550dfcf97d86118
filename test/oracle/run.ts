/**
 * Puts questions to Pintle and compares with Helm's kept answers: `snippets.jsonl.gz` of the conformance folder,
 * or a file of lines `{"id", "ask", "answer"}`. Prints how many agree and the first differences.
 *
 *     node test/oracle/run.ts [FILE] [--show N]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { conformanceFolder } from '../conformance/cases.ts';
import { answer, type Request } from './questions.ts';

/** Helm's answer to a question. */
interface Answer {
  readonly out?: unknown;
  readonly values?: unknown;
  readonly err?: string;
}

/** How the answers to a file of questions compare. */
export interface Comparison {
  readonly total: number;
  /** Answers without an error, and how many of them are equal. */
  readonly plain: number;
  readonly plainEqual: number;
  /** Questions in which one side has an error and the other has none. */
  readonly errorDisagreements: number;
  readonly errors: number;
  readonly errorTextsEqual: number;
  readonly differences: readonly string[];
}

/** Compares every question of a text of JSON lines. */
export async function compareAnswers(text: string): Promise<Comparison> {
  const count = { total: 0, plain: 0, plainEqual: 0, errorDisagreements: 0, errors: 0, errorTextsEqual: 0 };
  const differences: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const question = JSON.parse(line) as { id: number; ask: Request; answer: Answer };
    const got = JSON.parse(await answer(question.ask)) as Answer;
    const want = question.answer;
    count.total++;
    const same = want.err !== undefined ? want.err === got.err : sameData(want, got);
    if (want.err !== undefined) count.errors++;
    else count.plain++;
    if ((want.err !== undefined) !== (got.err !== undefined)) count.errorDisagreements++;
    if (same) count[want.err !== undefined ? 'errorTextsEqual' : 'plainEqual']++;
    else differences.push(describe(question.id, question.ask, want, got));
  }
  return { ...count, differences };
}

/** Key order means nothing in the answers, everything else does. */
function sameData(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value,
  );
}

function describe(id: number, ask: Request, want: Answer, got: Answer): string {
  const body = ask.files?.['templates/a.yaml'];
  const asked = ask.parseOnly ? JSON.stringify({ ...ask }) : `${JSON.stringify(body)}${(ask.values as { y?: string; v?: string })?.y !== undefined || (ask.values as { v?: string })?.v !== undefined ? ` ${JSON.stringify(ask.values)}` : ''}`;
  const show = (a: Answer): string => JSON.stringify(a.err ?? (ask.parseOnly ? a.values : (a.out as Record<string, string>)?.['c/templates/a.yaml'] ?? a));
  return `#${id} ${asked}\n    want ${want.err !== undefined ? 'error ' : ''}${show(want)}\n    got  ${got.err !== undefined ? 'error ' : ''}${show(got)}`;
}

function readQuestions(path: string): string {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
}

if (process.argv[1] === import.meta.filename) {
  const args = process.argv.slice(2);
  const showAt = args.indexOf('--show');
  const show = showAt < 0 ? 10 : Number(args.splice(showAt, 2)[1]);
  const folder = conformanceFolder();
  const path = args[0] ?? (folder && join(folder, 'snippets.jsonl.gz'));
  if (!path) throw new Error('no questions: give a file, or set PINTLE_CONFORMANCE to the conformance folder');
  const { differences, ...count } = await compareAnswers(readQuestions(path));
  for (const difference of differences.slice(0, show)) console.log(difference);
  console.log(JSON.stringify(count));
  process.exitCode = differences.length > 0 ? 1 : 0;
}
