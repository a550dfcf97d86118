/** Small Go templates that are given on the command line. */
import { PintleError } from '../src/errors.ts';
import { Budget } from '../src/go/budget.ts';
import { GoError } from '../src/go/error.ts';
import type { Struct, Value } from '../src/go/value.ts';
import type { RenderHost } from '../src/host.ts';
import { withAnswers } from '../src/render/tape.ts';
import type { Functions } from '../src/template/exec.ts';
import { createExecEnv, TemplateSet } from '../src/template/set.ts';

/** Executes a template by itself. Errors are Go's own text, which Helm passes on as it is. */
export async function renderText(
  name: string,
  text: string,
  data: Value,
  functions: Functions,
  host: RenderHost,
): Promise<string> {
  return withAnswers(host, (world) => {
    const set = new TemplateSet(functions);
    try {
      set.parse(name, text);
    } catch (error) {
      if (error instanceof GoError) throw new PintleError('TEMPLATE_PARSE', error.message, { cause: error });
      throw error;
    }
    try {
      return set.execute(name, data, createExecEnv(set, { ...world, budget: new Budget() }));
    } catch (error) {
      if (error instanceof GoError) throw new PintleError('TEMPLATE_EXEC', error.message, { cause: error });
      throw error;
    }
  });
}

/** A struct of strings. */
export function stringStruct(type: string, fields: readonly (readonly [string, string])[]): Struct {
  const map = new Map(fields);
  return { struct: true, type, field: (name) => map.get(name), method: () => undefined, fields: () => fields };
}
