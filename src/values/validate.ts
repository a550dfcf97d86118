import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { type GoMap, isMap, typeOf } from '../go/value.ts';
import type { SchemaOptions } from './schema/check.ts';
import { isQuicklyValid } from './schema/quick.ts';
import type { judge, Verdict } from './schema/verdict.ts';

/**
 * Holds the values of a chart tree against the schemas of its charts. What compiles schemas is loaded once one is not so
 * simple that its values are seen to be valid without.
 *
 * @throws PintleError `SCHEMA_VIOLATION`, or `SCHEMA_INVALID` where only schemas are at fault, with Helm's text.
 */
export async function validateAgainstSchema(chart: Chart, values: GoMap, options: SchemaOptions = {}): Promise<void> {
  const doubtful = new Set<Chart>();
  collectDoubtful(chart, values, doubtful);
  const ask = doubtful.size === 0 ? undefined : (await import('./schema/verdict.ts')).judge;
  const verdicts: Verdict[] = [];
  collect(chart, values, { ask, doubtful, options, verdicts });
  if (verdicts.length === 0) return;
  const heading = "values don't meet the specifications of the schema(s) in the following chart(s):\n";
  const code = verdicts.every((verdict) => verdict.invalid) ? 'SCHEMA_INVALID' : 'SCHEMA_VIOLATION';
  throw new PintleError(code, heading + verdicts.map((verdict) => verdict.text).join(''));
}

/** What a schema forbids of values, in Helm's words, or undefined. */
export async function checkSchema(
  source: Uint8Array,
  values: GoMap,
  options: SchemaOptions = {},
): Promise<string | undefined> {
  const { judge } = await import('./schema/verdict.ts');
  return judge(source, values, options)?.text;
}

/** The charts of a tree with a schema that their values need to be held against with care. */
function collectDoubtful(chart: Chart, values: GoMap, doubtful: Set<Chart>): void {
  if (chart.schema !== undefined && !isQuicklyValid(chart.schema, values)) doubtful.add(chart);
  for (const sub of chart.dependencies) {
    const own = values.get(sub.metadata.name);
    if (isMap(own)) collectDoubtful(sub, own, doubtful);
  }
}

interface Round {
  /** Nothing where the values of all charts are known to be valid. */
  readonly ask: typeof judge | undefined;
  readonly doubtful: ReadonlySet<Chart>;
  readonly options: SchemaOptions;
  readonly verdicts: Verdict[];
}

/** Helm: util.ValidateAgainstSchema */
function collect(chart: Chart, values: GoMap, round: Round): void {
  const { ask, doubtful, options, verdicts } = round;
  if (ask && chart.schema !== undefined && doubtful.has(chart)) {
    const verdict = ask(chart.schema, values, options);
    if (verdict !== undefined) verdicts.push({ ...verdict, text: `${chart.metadata.name}:\n${verdict.text}` });
  }
  for (const sub of chart.dependencies) {
    const { name } = sub.metadata;
    const own = values.get(name) ?? null;
    if (isMap(own)) collect(sub, own, round);
    else if (own !== null) {
      const text = `${name}:\ninvalid type for values: expected object (map), got ${typeOf(own)}\n`;
      verdicts.push({ text, invalid: false });
    }
  }
}
