import { type FuncTable, fn, variadic } from './func.ts';
import { isEmpty } from './lists.ts';

/** sprig: defaults.go */
export const defaults: FuncTable = {
  all: variadic([], 'any', 'bool', (_env, items) => !items.some(isEmpty)),
  any: variadic([], 'any', 'bool', (_env, items) => !items.every(isEmpty)),
  coalesce: variadic([], 'any', 'interface {}', (_env, items) => items.find((item) => !isEmpty(item)) ?? null),
  default: variadic(['any'], 'any', 'interface {}', (_env, fallback, given) => {
    return given.length === 0 || isEmpty(given[0]) ? fallback : given[0];
  }),
  empty: fn(['any'], 'bool', (_env, v) => isEmpty(v)),
  ternary: fn(['any', 'any', 'bool'], 'interface {}', (_env, yes, no, test) => (test ? yes : no)),
};
