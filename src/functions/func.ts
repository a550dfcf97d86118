import type { Budget } from '../go/budget.ts';
import type { GoMap, GoType, Int, Struct, Value } from '../go/value.ts';
import type { RenderHost } from '../host.ts';

/**
 * The parameter types that template functions have. The engine checks and converts each argument to its
 * parameter's type before the call (Go: exec.go evalArg, validateType), so a function may rely on them.
 */
export interface Params {
  any: Value;
  string: string;
  bool: boolean;
  int: Int;
  int64: Int;
  float64: number;
  map: GoMap;
  list: Value[];
  uint32: Int;
  /** A reflect.Value in Go: whatever the argument is, `undefined` included. */
  value: Value;
  /** A time.Time of go/time.ts. */
  time: Struct;
  /** The certificate struct that genCA and its kin return. */
  certificate: Struct;
}

export type Param = keyof Params;

/** Go's name of each parameter type, as error messages print it. */
export const PARAM_TYPE: Record<Param, GoType> = {
  any: 'interface {}',
  string: 'string',
  bool: 'bool',
  int: 'int',
  int64: 'int64',
  float64: 'float64',
  map: 'map[string]interface {}',
  list: '[]interface {}',
  uint32: 'uint32',
  value: 'reflect.Value',
  time: 'time.Time',
  certificate: 'sprig.certificate',
};

/** What a function may use besides its arguments. */
export interface FunctionEnv {
  readonly host: RenderHost;
  readonly budget: Budget;
  /**
   * The answer of work that may have to be awaited: runs `start` once, and where it gives a promise, stops the
   * render until the promise is settled. Calls are matched by order, so the template must ask the same again.
   */
  await<T>(start: () => T | Promise<T>): T;
}

/** A template function: its parameter types and what it does. Throw a `GoError` for the error it returns. */
export interface Func {
  readonly params: readonly Param[];
  /** The last parameter may be given any number of times. */
  readonly variadic: boolean;
  /** Go's name of a result type that is fixed and not `interface {}`; static types show in error texts. */
  readonly result: GoType;
  readonly call: (env: FunctionEnv, ...args: never[]) => Value;
  /** A variadic function's other way in: the repeated arguments as one array, which it may keep. */
  readonly packed?: (env: FunctionEnv, ...args: never[]) => Value;
}

type Args<P extends readonly Param[]> = { [K in keyof P]: Params[P[K]] };

/**
 * A function of fixed arity.
 *
 * @example
 * const upper = fn(['string'], 'string', (_env, s) => s.toUpperCase());
 */
export function fn<const P extends readonly Param[]>(
  params: P,
  result: GoType,
  call: (env: FunctionEnv, ...args: Args<P>) => Value,
): Func {
  return { params, variadic: false, result, call: call as unknown as Func['call'] };
}

/**
 * A function whose last parameter repeats. The rest arrives as one array after the fixed arguments.
 *
 * @example
 * const list = variadic([], 'any', '[]interface {}', (_env, items) => [...items]);
 */
export function variadic<const P extends readonly Param[], R extends Param>(
  fixed: P,
  rest: R,
  result: GoType,
  call: (env: FunctionEnv, ...args: [...Args<P>, Params[R][]]) => Value,
): Func {
  const count = fixed.length;
  return {
    params: [...fixed, rest],
    variadic: true,
    result,
    packed: call as unknown as Func['call'],
    call: ((env: FunctionEnv, ...args: Value[]) => {
      const head = args.slice(0, count);
      return (call as unknown as (env: FunctionEnv, ...a: unknown[]) => Value)(env, ...head, args.slice(count));
    }) as unknown as Func['call'],
  };
}

/** A family of functions by their template names. Null prototype or Map is not needed: it is only spread. */
export type FuncTable = Readonly<Record<string, Func>>;
