/** Small Go templates that are given on the command line. */
import { PintleError } from '../src/errors.ts';
import type { Func } from '../src/functions/func.ts';
import { Budget } from '../src/go/budget.ts';
import { GoError } from '../src/go/error.ts';
import type { Struct, Value } from '../src/go/value.ts';
import type { RenderHost } from '../src/host.ts';
import { createExecEnv, TemplateSet } from '../src/template/set.ts';

/** Executes a template by itself. Errors are Go's own text, which Helm passes on as it is. */
export function renderText(
  name: string,
  text: string,
  data: Value,
  functions: ReadonlyMap<string, Func>,
  host: RenderHost,
): string {
  const set = new TemplateSet(functions);
  try {
    set.parse(name, text);
  } catch (error) {
    if (error instanceof GoError) throw new PintleError('TEMPLATE_PARSE', error.message, { cause: error });
    throw error;
  }
  try {
    return set.execute(name, data, createExecEnv(set, { host, budget: new Budget(), await: atOnce }));
  } catch (error) {
    if (error instanceof GoError) throw new PintleError('TEMPLATE_EXEC', error.message, { cause: error });
    throw error;
  }
}

/** Node makes keys at once; nothing else in such a template could have to wait. */
function atOnce<T>(start: () => T | Promise<T>): T {
  const answer = start();
  if (answer instanceof Promise) throw new GoError('this function is not available here');
  return answer;
}

/** A struct of strings. */
export function stringStruct(type: string, fields: readonly (readonly [string, string])[]): Struct {
  const map = new Map(fields);
  return { struct: true, type, field: (name) => map.get(name), method: () => undefined, fields: () => fields };
}
