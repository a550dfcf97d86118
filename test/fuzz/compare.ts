/** Puts inputs to Helm's own code, built from `helm/`, and compares what it answers with what we do. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { smallest } from './smallest.ts';
import type { Answer, Question, Target } from './target.ts';
import { isTyped } from './target.ts';

/** So many differences of a target are cut down and shown. */
const MOST = 20;

/**
 * The differences, a text each.
 *
 * @param program the one built from `helm/`
 */
export async function compareWithHelm(
  program: string,
  target: Target,
  inputs: readonly Uint8Array[],
): Promise<string[]> {
  const helm = new Helm(program);
  const differences = new Map<string, string>();
  let asked = 0;
  for (const input of inputs) {
    if (target.question?.(input) === undefined) continue;
    asked++;
    const first = await difference(helm, target, input);
    // The same difference once: answers alike but for numbers and what is quoted.
    if (first === undefined || differences.has(first.replace(/\d+|\\".*?\\"/g, '0'))) continue;
    const least = await smallest(input, async (cut) => (await difference(helm, target, cut)) !== undefined);
    const shown = `differs ${target.name}: ${JSON.stringify(Buffer.from(least).toString('latin1')).slice(0, 1_000)}`;
    const last = (await difference(helm, target, least)) ?? first;
    for (const text of [first, last]) differences.set(text.replace(/\d+|\\".*?\\"/g, '0'), `${shown}${last}`);
    if (differences.size >= MOST) break;
  }
  helm.end();
  console.log(`${target.name}: ${asked} questions to Helm, ${new Set(differences.values()).size} differences`);
  return [...new Set(differences.values())];
}

/** How the answers to an input differ, or undefined. */
async function difference(helm: Helm, target: Target, input: Uint8Array): Promise<string | undefined> {
  const question = target.question?.(input);
  const ours = await answerOf(target, input);
  if (question === undefined || ours === undefined) return undefined;
  const theirs = await helm.ask(question);
  if ((target.same ?? sameAnswer)(ours, theirs)) return undefined;
  return `\n  ours ${show(ours)}\n  Helm ${show(theirs)}`;
}

function show(answer: Answer): string {
  return JSON.stringify(answer).slice(0, 600);
}

/** What we make of an input; undefined where that is a finding by itself. */
async function answerOf(target: Target, input: Uint8Array): Promise<Answer | undefined> {
  try {
    return { ok: (await target.run(input)) ?? null };
  } catch (error) {
    return isTyped(error) ? { err: (error as Error).message } : undefined;
  }
}

/** Both fail, in whatever words, or both give the same JSON. */
export function sameAnswer(ours: Answer, helm: Answer): boolean {
  if ('err' in ours || 'err' in helm) return 'err' in ours && 'err' in helm;
  return plain(ours.ok) === plain(helm.ok);
}

/** As JSON; bytes that are no UTF-8 as Go's encoder writes them. */
function plain(value: unknown): string {
  return JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd');
}

/** As {@link sameAnswer}, and errors have the same words. */
export function sameWords(ours: Answer, helm: Answer): boolean {
  if ('err' in ours && 'err' in helm) return plain(ours.err) === plain(helm.err);
  return sameAnswer(ours, helm);
}

/** The program, answering one question after the other. */
class Helm {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(program: string) {
    this.#child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => {}); // Without an answer, which is seen below.
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(question: Question): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`Helm's code ended on ${JSON.stringify(question).slice(0, 500)}`);
    return JSON.parse(value) as Answer;
  }

  end(): void {
    this.#child.stdin.end();
  }
}
