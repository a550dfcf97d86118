import { toFloat64, toInt, toInt64 } from '../go/cast.ts';
import { GoError } from '../go/error.ts';
import { atoi, NumError, parseInteger } from '../go/number.ts';
import { sprint } from '../go/print.ts';
import { type Int, int, int64, type Value } from '../go/value.ts';
import { type FuncTable, type FunctionEnv, fn } from './func.ts';

/** sprig: numeric.go toDecimal, which reads octal as file modes are written. */
function toDecimal(env: FunctionEnv, v: Value): Int {
  try {
    return int64(parseInteger(sprint([v], env.budget), 8, 64));
  } catch (err) {
    if (err instanceof NumError) return int64(0);
    throw err;
  }
}

/** Go: strconv.Atoi, which gives the nearest number beside an error of range. */
function textToInt(text: string): Int {
  try {
    return int(atoi(text));
  } catch (err) {
    if (err instanceof NumError) return int(err.value);
    if (err instanceof GoError) return int(0);
    throw err;
  }
}

/** sprig: numeric.go */
export const conversion: FuncTable = {
  atoi: fn(['string'], 'int', (_env, text) => textToInt(text)),
  float64: fn(['any'], 'float64', (_env, v) => toFloat64(v)),
  int: fn(['any'], 'int', (_env, v) => toInt(v)),
  int64: fn(['any'], 'int64', (_env, v) => toInt64(v)),
  toDecimal: fn(['any'], 'int64', toDecimal),
};
