/** The last lines that a container has logged. */
import { PODS } from '../pods.ts';
import type { ApiClient } from '../types.ts';

const LINES = 5;
/** A line may be as long as a container likes. */
const MOST_BYTES = 16_384;
const MOST_CHARACTERS = 500;
const PATIENCE = 2000;

/** At most five lines, none where they cannot be had. */
export async function lastLines(
  client: ApiClient,
  namespace: string,
  name: string,
  container: string,
  outer: AbortSignal,
): Promise<readonly string[]> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(PATIENCE)]);
  const decoder = new TextDecoder();
  let text = '';
  try {
    const options = { container, tailLines: LINES, signal };
    for await (const chunk of client.logs({ mapping: PODS, namespace, name }, options)) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-MOST_BYTES);
    }
  } catch {
    // Logs only explain, and a container that never started has none.
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LINES).map((line) => line.slice(0, MOST_CHARACTERS));
}
