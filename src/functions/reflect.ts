import { deepEqual } from '../go/compare.ts';
import { kindOf, typeOf } from '../go/value.ts';
import { chargeParts } from './charge.ts';
import { type FuncTable, fn } from './func.ts';

/** sprig: reflect.go */
export const reflect: FuncTable = {
  deepEqual: fn(['any', 'any'], 'bool', (env, a, b) => {
    chargeParts(env, a);
    return deepEqual(a, b);
  }),
  kindIs: fn(['string', 'any'], 'bool', (_env, kind, v) => kindOf(v) === kind),
  kindOf: fn(['any'], 'string', (_env, v) => kindOf(v)),
  typeIs: fn(['string', 'any'], 'bool', (_env, type, v) => typeOf(v) === type),
  typeIsLike: fn(['string', 'any'], 'bool', (_env, type, v) => typeOf(v) === type || typeOf(v) === `*${type}`),
  typeOf: fn(['any'], 'string', (_env, v) => typeOf(v)),
};
