/** What functions have answered before in the same render: charts ask the same for each of their resources. */
import type { Budget } from '../go/budget.ts';

const answers = new WeakMap<Budget, Map<string, unknown>>();

/** How many are kept for a render. */
const MOST = 500;

/** What is asked in longer texts is seldom asked again. */
export const LONGEST_QUESTION = 4_000;

/**
 * The answer that `make` gave to the same question before, or gives now. It must follow from the question alone, and
 * nobody may change it. What throws is not kept.
 *
 * @param question the function's name and its arguments; no longer than {@link LONGEST_QUESTION}, or it is not kept
 */
export function answered<T>(budget: Budget, question: string, make: () => T): T {
  if (question.length > LONGEST_QUESTION) return make();
  let known = answers.get(budget) as Map<string, T> | undefined;
  if (known === undefined) answers.set(budget, (known = new Map()));
  const before = known.get(question);
  if (before !== undefined) return before;
  const answer = make();
  if (known.size < MOST) known.set(question, answer);
  return answer;
}
