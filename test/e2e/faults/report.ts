/** Cases by name, some at a time, and how they came out. */
import { parseArgs } from 'node:util';
import { RowCounts } from '../../hostile/results.ts';

export interface Case {
  readonly name: string;
  /** Says what is wrong; undefined where nothing is. */
  readonly run: () => Promise<string | undefined>;
}

export interface Options {
  readonly only: RegExp;
  readonly jobs: number;
  readonly all: boolean;
}

/** `--only PATTERN`, `--jobs N`, `--all`. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '3' },
      all: { type: 'boolean', default: false },
    },
  });
  return { only: new RegExp(values.only), jobs: Number(values.jobs), all: values.all };
}

/** What is wrong with a case, where that was to be looked for. */
export class Fault extends Error {}

/** A case that throws a {@link Fault} for what is wrong; whatever else is thrown is shown with its stack. */
export function asCase(name: string, work: () => Promise<void>): Case {
  const said = (err: unknown) => (err instanceof Fault ? err.message : Promise.reject(err));
  return { name, run: () => work().then(() => undefined, said) };
}

/**
 * Runs the cases that are asked for; prints those that fail, and the counts. Whether all is well.
 *
 * @param row of the list of hostile inputs
 */
export async function runCases(cases: readonly Case[], { only, jobs }: Options, row: string): Promise<boolean> {
  const queue = cases.filter(({ name }) => only.test(name));
  let [passed, failed] = [0, 0];
  const rows = new RowCounts();
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const problem = await one.run().catch((err: Error) => `${err.stack}`);
      rows.add(row, problem === undefined);
      if (problem === undefined) passed++;
      else {
        failed++;
        console.log(`not ok ${one.name}\n    ${problem}`);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  rows.end(only.source === /(?:)/.source ? `faults-${row}` : undefined);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}
