import type { Chart } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { BudgetError } from '../go/budget.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { type GoMap, isMap, typeOf } from '../go/value.ts';
import { compileSchema, type SchemaOptions, violationText } from './schema/check.ts';

/** What one schema says of one chart's values: Helm's text, and whether the schema itself is at fault. */
interface Verdict {
  readonly text: string;
  readonly invalid: boolean;
}

/**
 * Holds the values of a chart tree against the schemas of its charts.
 *
 * @throws PintleError `SCHEMA_VIOLATION`, or `SCHEMA_INVALID` where only schemas are at fault, with Helm's text.
 */
export function validateAgainstSchema(chart: Chart, values: GoMap, options: SchemaOptions = {}): void {
  const verdicts: Verdict[] = [];
  collect(chart, values, options, verdicts);
  if (verdicts.length === 0) return;
  const heading = "values don't meet the specifications of the schema(s) in the following chart(s):\n";
  const code = verdicts.every((verdict) => verdict.invalid) ? 'SCHEMA_INVALID' : 'SCHEMA_VIOLATION';
  throw new PintleError(code, heading + verdicts.map((verdict) => verdict.text).join(''));
}

/** What a schema forbids of values, in Helm's words, or undefined. Helm: ValidateAgainstSingleSchema */
export function checkSchema(source: Uint8Array, values: GoMap, options: SchemaOptions = {}): string | undefined {
  return judge(source, values, options)?.text;
}

/** Helm: util.ValidateAgainstSchema */
function collect(chart: Chart, values: GoMap, options: SchemaOptions, verdicts: Verdict[]): void {
  if (chart.schema !== undefined) {
    const verdict = judge(chart.schema, values, options);
    if (verdict !== undefined) verdicts.push({ ...verdict, text: `${chart.metadata.name}:\n${verdict.text}` });
  }
  for (const sub of chart.dependencies) {
    const { name } = sub.metadata;
    const own = values.get(name) ?? null;
    if (isMap(own)) collect(sub, own, options, verdicts);
    else if (own !== null) {
      const text = `${name}:\ninvalid type for values: expected object (map), got ${typeOf(own)}\n`;
      verdicts.push({ text, invalid: false });
    }
  }
}

function judge(source: Uint8Array, values: GoMap, options: SchemaOptions): Verdict | undefined {
  try {
    const violation = compileSchema(source, options).check(values);
    return violation === undefined ? undefined : { text: violationText(violation), invalid: false };
  } catch (err) {
    if (err instanceof BudgetError) {
      throw new PintleError('BUDGET_EXCEEDED', `values.schema.json: ${err.message}`, { cause: err });
    }
    if (err instanceof GoPanic) return { text: `unable to validate schema: ${err.message}`, invalid: true };
    if (err instanceof GoError) return { text: err.message, invalid: true };
    throw err;
  }
}
