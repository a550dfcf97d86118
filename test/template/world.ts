import { type Func, fn, variadic } from '../../src/functions/func.ts';
import { Budget, type Limits } from '../../src/go/budget.ts';
import { GoError, runtimeError } from '../../src/go/error.ts';
import { sprint, sprintln } from '../../src/go/print.ts';
import {
  type GoMap,
  int,
  int64,
  type Method,
  makeInt,
  Slice,
  type Struct,
  TypedMap,
  typedMap,
  typeOf,
  type Value,
} from '../../src/go/value.ts';
import { createExecEnv, type ExecEnv, type TemplateSet } from '../../src/template/set.ts';

/**
 * Data of every kind that a template can meet, and functions of every parameter type. The answers in
 * test/testdata/template were given by Go's text/template on the same data.
 */
export function worldData(): GoMap {
  return values([
    ['Values', values(Object.entries(plainValues()))],
    ['Caps', caps],
  ]);
}

function plainValues(): Record<string, Value> {
  return {
    ...{ s: 'str', i: int(5), i64: int64(7), f: 1.5, g: 3, t: true, n: null, e: '', z: int(0) },
    l: [int(1), 'two', 3.5, null, true, map({ a: 'A', b: null })],
    ss: list('string', ['x', 'y']),
    m: map({ a: 'A', b: map({ c: 1, d: 'D' }), k: ['p', 'q'] }),
    ms: typedMap('map[string]string', 'string', [['one', '1']]),
    mb: typedMap('map[string][]uint8', '[]uint8', [['f', bytes('hi')]]),
    ...{ em: map({}), el: [], u8: makeInt('uint8', 200), u: makeInt('uint64', 9), by: bytes('abc') },
    ...{ uni: 'héllo 世', big: 1_000_000 },
  };
}

export function map(entries: Record<string, Value>): GoMap {
  return new Map(Object.entries(entries));
}

export function list(elem: string, items: readonly Value[]): Slice {
  const out = new Slice();
  out.elem = elem;
  out.push(...items);
  return out;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A named map type with a method. */
class Values extends TypedMap {
  override type = 'main.Values';

  override method(name: string): Method | undefined {
    if (name !== 'Table') return undefined;
    return { params: ['string'], result: 'main.Values', call: ([key]) => this.table(key as string) };
  }

  private table(key: string): Value {
    const found = this.get(key);
    if (found instanceof Map && !(found instanceof TypedMap)) return values([...found]);
    throw new GoError(`"${key}" is not a table`);
  }
}

function values(entries: Iterable<readonly [string, Value]>): Values {
  const out = new Values();
  for (const [key, value] of entries) out.set(key, value);
  return out;
}

function method(params: readonly string[], result: string, call: Method['call'], isVariadic = false): Method {
  return isVariadic ? { params, result, call, variadic: true } : { params, result, call };
}

/** A struct with the given fields and methods. */
export function struct(type: string, fields: Record<string, Value>, methods: Record<string, Method> = {}): Struct {
  return {
    struct: true,
    type,
    field: (name) => (Object.hasOwn(fields, name) && /^[A-Z]/.test(name) ? fields[name] : undefined),
    method: (name) => (Object.hasOwn(methods, name) ? methods[name] : undefined),
    fields: () => Object.entries(fields),
  };
}

const versions = list('string', ['v1', 'apps/v1']);
versions.method = (name) =>
  name === 'Has' ? method(['string'], 'bool', ([version]) => versions.includes(version)) : undefined;

const kubeVersion: Struct = {
  ...struct(
    'main.KV',
    { Version: 'v1', Major: '1', normalized: 'n' },
    {
      GitVersion: method([], 'string', () => 'v1'),
      String: method([], 'string', () => 'normv1'),
    },
  ),
  addressString: () => 'normv1',
};

const caps: Struct = struct(
  '*main.Caps',
  { KubeVersion: kubeVersion, APIVersions: versions, hidden: int(0), Any: map({ q: 'Q' }), Nil: null },
  {
    Add: method(['int', 'int'], 'int', ([a, b]) => add(a, b)),
    Echo: method(['interface {}'], 'interface {}', ([v]) => v),
    Fail: method(['string'], 'string', ([text]) => {
      throw new GoError(`fail: ${text}`);
    }),
    Join: method(['string', 'string'], 'string', ([separator, ...items]) => items.join(separator as string), true),
    Self: method([], '*main.Caps', () => caps),
  },
);

function add(a: Value, b: Value): Value {
  return int(Number((a as { n: number }).n) + Number((b as { n: number }).n));
}

/** The functions of the same names that Go answered with. */
export const worldFunctions: ReadonlyMap<string, Func> = new Map<string, Func>([
  ['addi', fn(['int', 'int'], 'int', (_env, a, b) => add(a, b))],
  ['boom', fn([], 'string', () => raise(new GoError('boom')))],
  ['count', fn(['list'], 'int', (_env, items) => int(items.length))],
  ['default', variadic(['any'], 'any', 'interface {}', (_env, d, [v]) => ((v ?? '') === '' ? d : (v as Value)))],
  ['dict', variadic([], 'any', 'map[string]interface {}', (_env, items) => dict(items))],
  ['fixed', fn([], 'string', () => 'fixed')],
  ['half', fn(['float64'], 'float64', (_env, n) => n / 2)],
  ['inc64', fn(['int64'], 'int64', (_env, n) => int64(Number(n.n) + 1))],
  [
    'include',
    fn(['string', 'any'], 'string', (env, name, data) => (env as ExecEnv).set.execute(name, data, env as ExecEnv)),
  ],
  ['join', variadic(['string'], 'any', 'string', (_env, end, items) => sprintln(items).replace(/\n$/, '') + end)],
  ['keys', fn(['map'], 'int', (_env, m) => int(m.size))],
  ['list', variadic([], 'any', '[]interface {}', (_env, items) => [...items])],
  ['nothing', fn([], 'interface {}', () => null)],
  [
    'panics',
    fn(['list'], 'interface {}', (_env, l) => raise(runtimeError(`index out of range [99] with length ${l.length}`))),
  ],
  ['pick', fn(['bool', 'any', 'any'], 'interface {}', (_env, which, a, b) => (which ? a : b))],
  ['typeOf', fn(['any'], 'string', (_env, v) => typeOf(v))],
  ['u32', fn(['uint32'], 'uint32', (_env, n) => n)],
  ['upper', fn(['string'], 'string', (_env, s) => s.toUpperCase())],
  ['when', fn(['time'], 'string', () => 't')],
]);

function raise(err: Error): never {
  throw err;
}

function dict(items: readonly Value[]): GoMap {
  const out: GoMap = new Map();
  for (let i = 0; i + 1 < items.length; i += 2) out.set(sprint([items[i]]), items[i + 1]);
  return out;
}

/** Surroundings of an execution that ask nothing of a host. */
export function worldEnv(set: TemplateSet, limits?: Limits): ExecEnv {
  const unused = (): never => {
    throw new Error('not used here');
  };
  const host = { clock: { now: unused, timeZone: 'UTC' }, random: { bytes: unused } };
  return createExecEnv(set, {
    host: { ...host, crypto: { generateKey: unused, sign: unused } },
    budget: new Budget(limits),
    await: unused,
  });
}
