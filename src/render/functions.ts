import { type FunctionEnv, fn } from '../functions/func.ts';
import { helmCodecs } from '../functions/helm.ts';
import { FunctionTable } from '../functions/table.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import type { GoMap, Value } from '../go/value.ts';
import type { Log } from '../host.ts';
import { isOutOfBudget } from '../template/errors.ts';
import type { ExecEnv, Template } from '../template/set.ts';
import { warnWrap } from './errors.ts';

/** What templates may ask of a cluster: an object, or a list for an empty name. */
export type Lookup = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
) => GoMap | undefined | Promise<GoMap | undefined>;

/** What a name resolves to, for `getHostByName`. */
export type ResolveHost = (name: string) => string | Promise<string>;

/** How one render answers the functions that are more than computation. */
export interface RenderFunctions {
  /** `required` and `fail` log instead of failing. */
  readonly lint: boolean;
  readonly log: Log | undefined;
  readonly lookup: Lookup | undefined;
  readonly resolveHost: ResolveHost | undefined;
}

/** Helm lets a template include itself this many times over. Helm: engine.go recursionMaxNums. */
const INCLUDE_LIMIT = 1000;

/** The name of the set that every template is in; Go's messages show it. */
const SET_NAME = 'gotpl';

let functions: FunctionTable | undefined;

/**
 * The functions of every render: sprig's and Helm's. Those that depend on the render ask its {@link RenderEnv}, so
 * that one table serves all.
 */
export function renderFunctions(): FunctionTable {
  functions ??= new FunctionTable([
    ...Object.entries(helmCodecs),
    ['include', include],
    ['tpl', tpl],
    ['required', required],
    ['fail', fail],
    ['lookup', lookup],
    ['getHostByName', getHostByName],
  ]);
  return functions;
}

/** What execution needs, with the answers of one render. */
export interface RenderEnv extends ExecEnv {
  readonly render: RenderFunctions;
}

function ofRender(env: FunctionEnv): RenderFunctions {
  return (env as RenderEnv).render;
}

/** Helm: engine.go includeFun. */
const include = fn(['string', 'any'], 'string', (env, name, data) => {
  const exec = env as ExecEnv;
  const depth = exec.including.get(name) ?? 0;
  if (depth > INCLUDE_LIMIT) {
    throw new GoError(`rendering template has a nested reference name: ${name}: unable to execute template`);
  }
  exec.including.set(name, depth + 1);
  try {
    const template = exec.set.lookup(name);
    if (!template) {
      throw new GoError(`template: no template ${quote(name)} associated with template ${quote(SET_NAME)}`);
    }
    return exec.set.execute(template, data, exec);
  } finally {
    exec.including.set(name, depth);
  }
});

/** Helm: engine.go tplFun. The text sees every definition around it; what it defines is seen by itself alone. */
const tpl = fn(['string', 'any'], 'string', (env, text, data) => {
  const exec = env as ExecEnv;
  const set = exec.set.derive();
  let template: Template;
  try {
    template = set.parse(SET_NAME, text);
  } catch (err) {
    throw wrap(`cannot parse template ${quote(text)}`, err);
  }
  try {
    return withoutNoValue(set.execute(template, data, exec));
  } catch (err) {
    throw wrap(`error during tpl function execution for ${quote(text)}`, err);
  }
});

/** A budget that ran out keeps its place: what calls itself would put a text around a text for each level. */
function wrap(doing: string, err: unknown): unknown {
  if (isOutOfBudget(err)) return err;
  return err instanceof GoError ? new GoError(`${doing}: ${err.message}`, { cause: err }) : err;
}

/** Go prints a missing value so whatever is asked; Helm takes the words out, wherever they come from. */
export function withoutNoValue(text: string): string {
  return text.includes('<no value>') ? text.replaceAll('<no value>', '') : text;
}

/** Helm: engine.go initFunMap `required`. */
const required = fn(['string', 'any'], 'interface {}', (env, message, value): Value => {
  if (value !== null && value !== '') return value;
  const { lint, log } = ofRender(env);
  if (!lint) throw new GoError(warnWrap(message));
  log?.log('WARN', value === null ? 'missing required value' : 'missing required values', { message });
  return '';
});

/** Helm: engine.go initFunMap `fail`. */
const fail = fn(['string'], 'string', (env, message) => {
  const { lint, log } = ofRender(env);
  if (!lint) throw new GoError(warnWrap(message));
  log?.log('INFO', 'funcMap fail', { message });
  return '';
});

/** Helm: lookup_func.go. Without a cluster every object is missing, which reads as an empty map. */
const lookup = fn(
  ['string', 'string', 'string', 'string'],
  'map[string]interface {}',
  (env, apiVersion, kind, namespace, name) => {
    const { lookup: ask, lint } = ofRender(env);
    if (!ask || lint) return new Map<string, Value>();
    return env.await(() => ask(apiVersion, kind, namespace, name)) ?? new Map<string, Value>();
  },
);

/** Helm: engine.go initFunMap `getHostByName`: nothing is resolved unless the caller says how. */
const getHostByName = fn(['string'], 'string', (env, name) => {
  const { resolveHost } = ofRender(env);
  return resolveHost ? env.await(() => resolveHost(name)) : '';
});
