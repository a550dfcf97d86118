/**
 * What suites elsewhere say of rows of the list: those with servers (`test/registry`) and those before a real control
 * plane (`test/e2e`) write it into files, from which `npm run hostile` takes it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../build/hostile', import.meta.url));

/** How many cases of a row came out well, and how many did not. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Kept {
  /** `node` or `exe`. */
  readonly program: string;
  readonly rows: Readonly<Record<string, Count>>;
}

/** Counts by row. */
export class RowCounts {
  readonly #rows = new Map<string, Count>();

  /** @param row what does not begin as `D3` or `D3 a name` does belongs to no row */
  add(row: string, isGood: boolean): void {
    const id = /^[A-F]\d+\b/.exec(row)?.[0];
    if (id === undefined) return;
    const { passed, failed } = this.#rows.get(id) ?? { passed: 0, failed: 0 };
    this.#rows.set(id, { passed: passed + (isGood ? 1 : 0), failed: failed + (isGood ? 0 : 1) });
  }

  /**
   * Prints a line a row.
   *
   * @param suite keeps the counts under this name, in place of what it said before; a run of some cases only is not kept
   */
  end(suite?: string): void {
    const rows = [...this.#rows].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
    for (const [id, { passed, failed }] of rows) console.log(`row ${id}: ${passed} passed, ${failed} failed`);
    if (suite === undefined || rows.length === 0) return;
    mkdirSync(FOLDER, { recursive: true });
    const given = process.env['PINTLE_PROGRAM'] ?? '';
    const kept: Kept = {
      program: given === '' || given.endsWith('.js') ? 'node' : 'exe',
      rows: Object.fromEntries(rows),
    };
    writeFileSync(join(FOLDER, `${suite}-${kept.program}.json`), `${JSON.stringify(kept)}\n`);
  }
}

/** What was kept, by `ROW PROGRAM`. A row may have cases in several suites. */
export function readCounts(): Map<string, Count> {
  const all = new Map<string, Count>();
  for (const name of keptNames()) {
    const { program, rows } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Kept;
    for (const [id, { passed, failed }] of Object.entries(rows)) {
      const key = `${id} ${program}`;
      const before = all.get(key) ?? { passed: 0, failed: 0 };
      all.set(key, { passed: before.passed + passed, failed: before.failed + failed });
    }
  }
  return all;
}

function keptNames(): string[] {
  try {
    return readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  } catch {
    return []; // No suite has run here yet.
  }
}
