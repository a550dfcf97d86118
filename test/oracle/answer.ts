/**
 * Answers the oracle's questions: one JSON request a line on standard input, one JSON answer a line on standard
 * output, so that any question can be put to Helm and to Pintle. See main.go beside this file for the form.
 */
import { createInterface } from 'node:readline';
import { answer, parseLine, type Request } from './questions.ts';

const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
for await (const line of input) {
  if (line.trim() === '') continue;
  const reply = await answer(parseLine(line) as Request);
  process.stdout.write(`${reply}\n`);
}
