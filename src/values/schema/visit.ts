import { BudgetError, checkDepth } from '../../go/budget.ts';
import { type GoMap, isMap, type Value } from '../../go/value.ts';
import type { Schema } from './schema.ts';
import { type Place, pointerOf, type Violation } from './violation.ts';

/** How many schemas may be applied to values, and names to patterns, before a validation is given up. */
const MAX_STEPS = 5_000_000;

/** The schemas passed on the way to the one in hand. */
interface Scope {
  readonly schema: Schema;
  /** The keyword of the reference that led here; empty where the schema is part of the one before. */
  readonly keyword: string;
  /** Grows with each step into the values: scopes of one value have the same. */
  readonly level: number;
  readonly depth: number;
  readonly parent: Scope | undefined;
}

/** What no schema has looked at yet, for `unevaluatedProperties` and `unevaluatedItems`. */
export interface Unevaluated {
  properties: Set<string> | undefined;
  items: Set<number> | undefined;
}

/** While a schema is held against its metaschema: the parts that follow another one, by their pointers. */
export interface MetaSwitch {
  readonly current: Schema;
  readonly metaschemas: ReadonlyMap<string, Schema>;
}

/** What all visits of one validation share. */
export interface Run {
  readonly validate: (visit: Visit) => Violation | undefined;
  steps: number;
}

/** A new run. */
export function newRun(validate: (visit: Visit) => Violation | undefined): Run {
  return { validate, steps: 0 };
}

/** Stands for any violation where only its existence counts. */
const SOMETHING: Violation = { kind: 'fault', place: undefined, text: () => '', causes: [] };

/** One schema held against one value. Go: jsonschema validator.go validator */
export class Visit {
  readonly run: Run;
  schema: Schema;
  readonly value: Value;
  readonly place: Place | undefined;
  readonly scope: Scope;
  readonly unevaluated: Unevaluated;
  /** Only whether the value is valid is asked. */
  readonly quick: boolean;
  meta: MetaSwitch | undefined;
  readonly violations: Violation[] = [];

  constructor(
    run: Run,
    value: Value,
    place: Place | undefined,
    scope: Scope,
    unevaluated: Unevaluated,
    quick: boolean,
    meta: MetaSwitch | undefined,
  ) {
    this.run = run;
    this.schema = scope.schema;
    this.value = value;
    this.place = place;
    this.scope = scope;
    this.unevaluated = unevaluated;
    this.quick = quick;
    this.meta = meta;
  }

  /** True when a violation is known and no other would change the outcome. */
  get decided(): boolean {
    return this.quick && this.violations.length > 0;
  }

  /** A violation of this value. */
  fault(text: () => string, causes: readonly Violation[] = []): Violation {
    return this.quick ? SOMETHING : { kind: 'fault', place: this.place, text, causes };
  }

  /** Notes a violation of this value. */
  fail(text: () => string, causes: readonly Violation[] = []): void {
    this.violations.push(this.fault(text, causes));
  }

  /** Notes a violation found elsewhere, if there is one. */
  add(violation: Violation | undefined): void {
    if (violation !== undefined) this.violations.push(violation);
  }

  /** Holds another schema against the same value. */
  same(schema: Schema, keyword = '', quick = false): Violation | undefined {
    const needs = hasLeft(this.unevaluated);
    const unevaluated = leftFor(this.run, this.value, schema, needs);
    const scope = this.enter(schema, keyword, this.scope.level);
    const sub = new Visit(this.run, this.value, this.place, scope, unevaluated, this.quick || quick, this.meta);
    sub.switchMeta();
    const violation = this.run.validate(sub);
    if (needs && violation === undefined) keepCommon(this.unevaluated, unevaluated);
    return violation;
  }

  /** Holds a schema against a property or an item of the value. */
  inside(schema: Schema, value: Value, token: string): Violation | undefined {
    // `true` is met often, and says nothing.
    if (schema.always === true && this.meta === undefined) return undefined;
    const unevaluated = leftFor(this.run, value, schema, false);
    const scope = this.enter(schema, '', this.scope.level + 1);
    const place = { parent: this.place, token };
    const sub = new Visit(this.run, value, place, scope, unevaluated, this.quick, this.meta);
    sub.switchMeta();
    return this.run.validate(sub);
  }

  /** Holds a schema against a value that is no part of the values, such as a property's name. */
  apart(schema: Schema, value: Value): Violation | undefined {
    const scope: Scope = { schema, keyword: '', level: 0, depth: this.scope.depth + 1, parent: undefined };
    const unevaluated = leftFor(this.run, value, schema, false);
    return this.run.validate(new Visit(this.run, value, undefined, scope, unevaluated, this.quick, undefined));
  }

  /** Where a part of a schema has a metaschema of its own, follows that. Go: handleMeta */
  private switchMeta(): void {
    if (this.meta === undefined || this.schema !== this.meta.current) return;
    const other = this.meta.metaschemas.get(pointerOf(this.place));
    if (other === undefined) return;
    this.schema = other;
    this.meta = { current: other, metaschemas: this.meta.metaschemas };
  }

  private enter(schema: Schema, keyword: string, level: number): Scope {
    const depth = this.scope.depth + 1;
    checkDepth(depth);
    return { schema, keyword, level, depth, parent: this.scope };
  }
}

/** The first visit of a validation; a quick one only tells whether the value is valid. */
export function firstVisit(run: Run, schema: Schema, value: Value, quick: boolean, meta?: MetaSwitch): Visit {
  const scope: Scope = { schema, keyword: '', level: 0, depth: 0, parent: undefined };
  return new Visit(run, value, undefined, scope, leftFor(run, value, schema, false), quick, meta);
}

/** Charges for work that a schema or the values can multiply. */
export function spend(run: Run, steps: number): void {
  if ((run.steps += steps) > MAX_STEPS) throw new BudgetError('steps', MAX_STEPS);
}

/** The scope of the same value that already has the same schema: a reference that leads back to itself. */
export function findCycle(scope: Scope): Scope | undefined {
  for (let at = scope.parent; at !== undefined && at.level === scope.level; at = at.parent) {
    if (at.schema === scope.schema) return at;
  }
  return undefined;
}

/** The keywords on the way to a scope. Go: scope.kwLoc */
export function keywordPath(scope: Scope): string {
  let path = '';
  for (let at = scope; at.parent !== undefined; at = at.parent) {
    if (at.keyword !== '') path = `/${at.keyword}${path}`;
    else path = at.schema.location.slice(at.parent.schema.location.length) + path;
  }
  return path;
}

const NOTHING_LEFT: Unevaluated = { properties: undefined, items: undefined };

/** What a schema starts with. Go: unevalFrom */
function leftFor(run: Run, value: Value, schema: Schema, callerNeeds: boolean): Unevaluated {
  if (isMap(value)) {
    if (!(callerNeeds || schema.unevaluatedProperties !== undefined) || schema.evaluatesAllProperties) {
      return NOTHING_LEFT;
    }
    spend(run, value.size * 2);
    return { properties: new Set((value as GoMap).keys()), items: undefined };
  }
  if (!Array.isArray(value) || !(callerNeeds || schema.unevaluatedItems !== undefined)) return NOTHING_LEFT;
  const from = schema.tupleItems?.length ?? 0;
  if (schema.evaluatesAllItems || from >= value.length) return NOTHING_LEFT;
  spend(run, value.length * 2);
  const items = new Set<number>();
  for (let i = from; i < value.length; i++) items.add(i);
  return { properties: undefined, items };
}

/** True when something is left to look at. */
export function hasLeft({ properties, items }: Unevaluated): boolean {
  return (properties !== undefined && properties.size > 0) || (items !== undefined && items.size > 0);
}

/** Takes from `own` what `other` has looked at. */
function keepCommon(own: Unevaluated, other: Unevaluated): void {
  if (own.properties !== undefined) {
    for (const name of own.properties) if (!other.properties?.has(name)) own.properties.delete(name);
  }
  if (own.items !== undefined) {
    for (const i of own.items) if (!other.items?.has(i)) own.items.delete(i);
  }
}
