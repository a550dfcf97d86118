import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Budget } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { sprintf } from '../go/print.ts';
import { int, type Value } from '../go/value.ts';
import { fixedHost } from '../testing/fixed-host.ts';
import { conversion } from './conversion.ts';
import { defaults } from './defaults.ts';
import { dicts } from './dicts.ts';
import { digests } from './digests.ts';
import { encoding } from './encoding.ts';
import type { FuncTable, FunctionEnv } from './func.ts';
import { lists } from './lists.ts';
import { math } from './math.ts';
import { network } from './network.ts';
import { paths } from './paths.ts';
import { reflect } from './reflect.ts';
import { regex } from './regex.ts';
import { semver } from './semver.ts';
import { strings } from './strings.ts';

/** Questions to sprig through text/template, with its answers as `%T|%#v`, or `!` and the error. */
const FACTS = new URL('../../test/testdata/functions/sprig.json', import.meta.url);

const FUNCTIONS: FuncTable = {
  ...conversion,
  ...defaults,
  ...dicts,
  ...digests,
  ...encoding,
  ...lists,
  ...math,
  ...network,
  ...paths,
  ...reflect,
  ...regex,
  ...semver,
  ...strings,
};

type Literal = string | boolean | null | { int: string } | { float: string } | { data: unknown };

function decode(literal: Literal): Value {
  if (typeof literal !== 'object' || literal === null) return literal;
  if ('int' in literal) return int(BigInt(literal.int));
  if ('float' in literal) return Number(literal.float);
  return fromJson(literal.data);
}

function fromJson(v: unknown): Value {
  if (Array.isArray(v)) return v.map(fromJson);
  if (typeof v !== 'object' || v === null) return v as Value;
  return new Map(Object.entries(v).map(([key, value]) => [key, fromJson(value)]));
}

function answer(name: string, args: readonly Literal[]): string {
  const env = { budget: new Budget(), host: fixedHost() } as FunctionEnv;
  const func = FUNCTIONS[name];
  assert.ok(func, name);
  const values = args.map((arg, i) => {
    const v = decode(arg);
    const param = func.params[Math.min(i, func.params.length - 1)];
    return param === 'float64' && typeof v === 'object' ? Number((v as { n: number }).n) : v;
  });
  try {
    const v = func.call(env, ...(values as never[]));
    return sprintf('%T|%#v', [v, v]);
  } catch (err) {
    if (err instanceof GoError) return `!${err.message}`;
    throw err;
  }
}

const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as [string, Literal[], string][];

for (const name of new Set(facts.map(([name]) => name))) {
  test(`${name} answers as in Go`, () => {
    for (const [, args, want] of facts.filter((fact) => fact[0] === name)) {
      assert.equal(answer(name, args), want, `${name} ${JSON.stringify(args)}`);
    }
  });
}
