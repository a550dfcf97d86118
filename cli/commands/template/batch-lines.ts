import { PintleError } from '../../../src/errors.ts';

/** One line of what is to be rendered. */
export interface Job {
  /** What its answer is told by; the number of the line where it has none. */
  readonly id: string | number;
  /** What stands behind `pintle template`. */
  readonly args: readonly string[];
}

/** What came of a job. */
export interface Answer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The jobs of a text: on each line that is not empty an object with `args`, and an `id` if need be, or the args alone.
 *
 * @throws PintleError USAGE with the line that is neither
 * @example readJobs('["web", "./chart"]\n{"id": "db", "args": ["db", "./db"]}', 'jobs.jsonl')
 */
export function readJobs(text: string, name: string): Job[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const job = readJob(line, i + 1);
    if (job === undefined) {
      throw new PintleError('USAGE', `${name}:${i + 1}: this is no job`, {
        hint: 'a job is a line like {"id": "web", "args": ["web", "./chart", "-f", "web.yaml"]}',
      });
    }
    return [job];
  });
}

function readJob(line: string, number: number): Job | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    const { id = number, args } = (Array.isArray(value) ? { args: value } : value) as Partial<Job>;
    const isRight = Array.isArray(args) && args.every((arg) => typeof arg === 'string');
    return isRight && (typeof id === 'string' || typeof id === 'number') ? { id, args } : undefined;
  } catch {
    return undefined;
  }
}
