import { PintleError } from '../errors.ts';
import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';

/** An error of the engine as the library throws it, with what was being done before its text. */
export function valuesFault(err: unknown, doing = ''): unknown {
  if (!(err instanceof GoError)) return err;
  const code = err instanceof BudgetError ? 'BUDGET_EXCEEDED' : 'VALUES_INVALID';
  return new PintleError(code, doing === '' ? err.message : `${doing}: ${err.message}`, { cause: err });
}

/** Runs a stage's work, and turns an error of the engine into the library's. */
export function atBorder<T>(work: () => T): T {
  try {
    return work();
  } catch (err) {
    throw valuesFault(err);
  }
}
