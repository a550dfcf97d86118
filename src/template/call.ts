/** What Go asks of a call before it is made. Go: exec.go evalCall, funcs.go */
import type { Func } from '../functions/func.ts';
import { type GoType, type Method, typeOf, type Value } from '../go/value.ts';
import { BUILTINS } from './builtins.ts';
import type { Functions } from './exec.ts';

/** Whether templates may call a function of this name. */
export function hasFunction(functions: Functions, name: string): boolean {
  return functions.has(name) || BUILTINS.has(name);
}

type Signature = Pick<Func | Method, 'variadic'> & { readonly params: readonly unknown[] };

/**
 * What is wrong with a number of arguments. Go: exec.go evalCall's checks.
 *
 * @param count the same with the value of the commands before
 */
export function wrongCount(name: string, signature: Signature, given: number, count: number): string | undefined {
  const wanted = signature.params.length;
  if (signature.variadic) {
    return count < wanted - 1
      ? `wrong number of args for ${name}: want at least ${wanted - 1} got ${given}`
      : undefined;
  }
  return count === wanted ? undefined : `wrong number of args for ${name}: want ${wanted} got ${count}`;
}

/** The type of the i-th argument, which the last parameter of a variadic method gives to all that follow. */
export function paramType(method: Method, i: number): GoType {
  const last = method.params.length - 1;
  if (!method.variadic || i < last) return method.params[i] as GoType;
  return (method.params[last] as GoType).replace(/^\[\]/, '');
}

/** Go: funcs.go goodFunc. A second result may be an error and nothing else. */
export function resultsRefused(name: string, results: readonly GoType[]): string {
  if (results.length !== 2) return `function ${name} has ${results.length} return values; should be 1 or 2`;
  return `invalid function signature for ${name}: second return value should be error; is ${results[1]}`;
}

/** Go: reflect.Value.String */
export function describe(value: Value): string {
  if (value === undefined) return '<invalid Value>';
  return typeof value === 'string' ? value : `<${typeOf(value)} Value>`;
}
