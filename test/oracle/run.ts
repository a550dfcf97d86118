/**
 * Puts questions to Pintle and compares with Helm's kept answers: the conformance folder's `snippets.jsonl.gz`, and
 * files of lines `{"id", "ask", "answer"}`. Holds the bars: every answer without an error equal, agreement on
 * whether there is an error, at least 99 of 100 error texts equal.
 *
 * With `--oracle PROGRAM` a question that differs is put to Helm many times over: some answers depend on the order
 * in which Go happens to visit a map, and ours is right when it is one of Helm's.
 *
 *     node test/oracle/run.ts [--show N] [--oracle PROGRAM] [FILE...]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { conformanceFolder } from '../conformance/cases.ts';
import { answer, parseLine, type Request } from './questions.ts';

/** Helm's answer to a question. */
interface Answer {
  readonly out?: Readonly<Record<string, string>>;
  readonly values?: unknown;
  readonly err?: string;
  /** Helm itself died of the question. */
  readonly crash?: boolean;
}

interface Question {
  readonly id: number;
  readonly ask: Request;
  readonly answer: Answer;
}

/** How the answers to a file of questions compare. */
interface Comparison {
  answers: number;
  answersEqual: number;
  errors: number;
  errorTextsEqual: number;
  /** Questions that killed Helm; that they end at all is what is asked of us. */
  crashes: number;
  /** Answers that show the address of something in Helm's memory, equal but for it. */
  addresses: number;
  /** Answers that are one of several that Helm gives to the same question. */
  unstable: number;
  /** The same of error texts. */
  errorTextsUnstable: number;
  /** Questions in which one side has an error and the other has none. */
  disagreements: number;
  readonly differences: string[];
}

async function compare(text: string, oracle: string | undefined): Promise<Comparison> {
  const count: Comparison = {
    answers: 0,
    answersEqual: 0,
    errors: 0,
    errorTextsEqual: 0,
    crashes: 0,
    addresses: 0,
    unstable: 0,
    errorTextsUnstable: 0,
    disagreements: 0,
    differences: [],
  };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const question = parseLine(line) as Question;
    const got = parseLine(await answer(question.ask)) as Answer;
    const want = question.answer;
    if (want.crash) {
      count.crashes++;
      continue;
    }
    const fails = want.err !== undefined;
    count[fails ? 'errors' : 'answers']++;
    if (fails !== (got.err !== undefined)) count.disagreements++;
    const equal = fails ? sameError(want.err, got.err) : canonical(want) === canonical(got);
    if (equal) count[fails ? 'errorTextsEqual' : 'answersEqual']++;
    else if (fails === (got.err !== undefined) && equalButForAddresses(want, got)) count.addresses++;
    else if (oracle && isOneOfHelms(oracle, question.ask, got)) count[fails ? 'errorTextsUnstable' : 'unstable']++;
    else count.differences.push(describe(question, got));
  }
  return count;
}

/** Key order means nothing in the answers, everything else does. */
function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))
      : value,
  );
}

/** Go checks and lists the properties of an object in no fixed order, and so are what a schema finds and its lists of names. */
function sameError(want: string | undefined, got: string | undefined): boolean {
  if (want === got) return true;
  const prefix = "values don't meet the specifications of the schema(s)";
  if (!want?.startsWith(prefix) || !got?.startsWith(prefix)) return false;
  const sorted = (text: string): string =>
    text
      .split('\n')
      .map((line) => line.replace(/'[^']*'(, '[^']*')+/g, (list) => list.split(', ').sort().join(', ')))
      .sort()
      .join('\n');
  return sorted(want) === sorted(got);
}

/** How often a question is asked again; Go's maps of a few keys show all their orders in so many visits. */
const TRIES = 200;

function isOneOfHelms(oracle: string, ask: Request, got: Answer): boolean {
  const input = `${JSON.stringify(ask)}\n`.repeat(TRIES);
  const { stdout } = spawnSync(oracle, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  const answers = new Set(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => canonical(parseLine(line))),
  );
  return answers.size > 1 && answers.has(canonical(got));
}

/** The address that we print for everything, in bases 16, 10, 8 and 2. */
const OUR_ADDRESS =
  / *\+?0*(?:0[xbo])?0*(?:c000012345|824633795397|14000000221505|1100000000000000000000010010001101000101) */i;

/** `%p` prints where Helm's process keeps a value; that differs from build to build. Ours is always the same. */
function equalButForAddresses(want: Answer, got: Answer): boolean {
  const [first = '', ...parts] = canonical(got).split(OUR_ADDRESS);
  let rest = canonical(want);
  if (parts.length === 0 || !rest.startsWith(first)) return false;
  rest = rest.slice(first.length);
  for (const part of parts) {
    rest = rest.replace(/^ *\+?[0-9a-fxo]{6,} */i, '');
    if (!rest.startsWith(part)) return false;
    rest = rest.slice(part.length);
  }
  return rest === '';
}

function describe({ id, ask, answer: want }: Question, got: Answer): string {
  const { files, ...rest } = ask;
  const whole = files?.['Chart.yaml'] ?? files?.['values.schema.json'] ?? files?.['templates/a.yaml'] === undefined;
  const question = JSON.stringify(whole ? ask : (files?.['templates/a.yaml'] ?? rest));
  const show = (a: Answer): string =>
    a.err !== undefined ? `error ${JSON.stringify(a.err)}` : JSON.stringify(a.out?.['c/templates/a.yaml'] ?? a);
  const [wanted, given] = [show(want), show(got)];
  let same = 0;
  while (same < wanted.length && wanted[same] === given[same]) same++;
  const from = Math.max(0, same - CONTEXT);
  const around = (s: string): string => (from > 0 ? `(${from} alike) ` : '') + s.slice(from, same + CONTEXT);
  return `#${id}\n    want ${around(wanted)}\n    got  ${around(given)}\n    asked ${question}`;
}

/** How much is shown before and behind the first character that differs. */
const CONTEXT = 200;

function readQuestions(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

const args = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const show = Number(option('--show') ?? 5);
const oracle = option('--oracle');
const folder = conformanceFolder();
if (!folder) console.log('The conformance folder is not there: set PINTLE_CONFORMANCE to it.');
const paths = [...(folder ? [join(folder, 'snippets.jsonl.gz')] : []), ...args];
let passed = 0;
let failed = folder ? 0 : 1;
for (const path of paths) {
  const count = await compare(readQuestions(path), oracle);
  const { answers, answersEqual, errors, addresses, unstable, errorTextsUnstable, differences } = count;
  for (const difference of differences.slice(0, show)) console.log(difference.slice(0, 2000));
  const errorTextsEqual = count.errorTextsEqual + errorTextsUnstable;
  const share = errors === 0 ? 100 : (100 * errorTextsEqual) / errors;
  const varying = unstable + errorTextsUnstable;
  console.log(
    `${basename(path)}: ${answersEqual} of ${answers} answers equal${addresses ? ` and ${addresses} but for an address` : ''}${varying ? ` (${varying} vary in Helm)` : ''}, ` +
      `${errorTextsEqual} of ${errors} error texts (${share.toFixed(2)} %), ${count.disagreements} disagreements on whether ` +
      `there is an error${count.crashes ? `, ${count.crashes} crashed Helm` : ''}`,
  );
  const met =
    answers > 0 && answersEqual + addresses + unstable === answers && count.disagreements === 0 && share >= 99;
  passed += answersEqual + addresses + unstable + errorTextsEqual;
  // Error texts under the bar of 99 % are shown, and fail nothing as long as the bar is met.
  failed += met ? 0 : differences.length || 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
