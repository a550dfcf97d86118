/** What was spent on each target so far, in `spent.json`: minutes of the processor and inputs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('spent.json', import.meta.url));

interface Spent {
  readonly minutes: number;
  readonly inputs: number;
}

/** Adds a run's seconds and inputs to those of the runs before. */
export function addSpent(target: string, run: { readonly seconds: number; readonly inputs: number }): void {
  const all = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Spent>) : {};
  const { minutes = 0, inputs = 0 } = Object.hasOwn(all, target) ? (all[target] as Spent) : {};
  const sum = { minutes: Math.round((minutes + run.seconds / 60) * 100) / 100, inputs: inputs + run.inputs };
  const entries = Object.entries({ ...all, [target]: sum }).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([name, spent]) => `  ${JSON.stringify(name)}: ${JSON.stringify(spent)}`);
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
}
