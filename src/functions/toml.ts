import { BudgetError } from '../go/budget.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { marshalToml } from '../go/toml.ts';
import { type TomlPlace, unmarshalToml } from '../go/toml-parse.ts';
import type { GoMap } from '../go/value.ts';
import { localZone, timeNow } from './clock.ts';
import { type FuncTable, type FunctionEnv, fn } from './func.ts';

/** What `work` gives, or what `failed` makes of the text of its Go error. */
function or<T>(work: () => T, failed: (message: string) => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoError && !(error instanceof BudgetError || error instanceof GoPanic))
      return failed(error.message);
    throw error;
  }
}

function placeOf(env: FunctionEnv): TomlPlace {
  const local = localZone(env);
  return { local, offset: local.lookup(timeNow(env).unix).offset };
}

// helm: funcs.go fromTOML. An error is an entry of the map.
function fromToml(env: FunctionEnv, text: string): GoMap {
  let place: TomlPlace | undefined;
  const ask = (): TomlPlace => (place ??= placeOf(env));
  return or(
    () => unmarshalToml(text, ask, env.budget),
    (message) => new Map([['Error', message]]),
  );
}

/** Helm's functions for TOML. */
export const toml: FuncTable = {
  fromToml: fn(['string'], 'map[string]interface {}', fromToml),
  mustToToml: fn(['any'], 'string', (env, v) => marshalToml(v, env.budget)),
  toToml: fn(['any'], 'string', (env, v) =>
    or(
      () => marshalToml(v, env.budget),
      (message) => message,
    ),
  ),
};
