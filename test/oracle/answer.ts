/**
 * Answers the oracle's questions: one JSON request a line on standard input, one JSON answer a line on standard
 * output, so that any question can be put to Helm and to Pintle. See main.go beside this file for the form.
 */
import { answer, parseLine, type Request } from './questions.ts';

/** Lines end at \n alone: readline would also end them at U+2028, which questions may hold. */
async function* lines(): AsyncGenerator<string> {
  let rest = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() as string;
    yield* parts;
  }
  yield rest;
}

for await (const line of lines()) {
  if (line.trim() === '') continue;
  const reply = await answer(parseLine(line) as Request);
  process.stdout.write(`${reply}\n`);
}
