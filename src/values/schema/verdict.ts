import { PintleError } from '../../errors.ts';
import { BudgetError } from '../../go/budget.ts';
import { GoError, GoPanic } from '../../go/error.ts';
import type { GoMap } from '../../go/value.ts';
import { compileSchema, type SchemaOptions, violationText } from './check.ts';

/** What one schema says of one chart's values: Helm's text, and whether the schema itself is at fault. */
export interface Verdict {
  readonly text: string;
  readonly invalid: boolean;
}

/** What a schema forbids of values, in Helm's words, or undefined. Helm: ValidateAgainstSingleSchema */
export function judge(source: Uint8Array, values: GoMap, options: SchemaOptions): Verdict | undefined {
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
