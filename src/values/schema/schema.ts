import { compileRegexp, type Regexp } from '../../go/regexp.ts';
import type { Value } from '../../go/value.ts';
import type { Bound } from './decimal.ts';
import type { Format } from './format.ts';
import { formatLocation } from './location.ts';

const NONE: ReadonlySet<Value> = new Set();

/** A `pattern`; one that is known to be sound is compiled only when a text meets it. */
export class Pattern {
  readonly text: string;
  private regexp: Regexp | undefined;

  constructor(text: string, regexp: Regexp | undefined) {
    this.text = text;
    this.regexp = regexp;
  }

  match(text: string): boolean {
    return (this.regexp ??= compileRegexp(this.text)).match(text);
  }
}

/** A compiled schema: what each keyword says, and links to the schemas that it refers to. */
export class Schema {
  readonly url: string;
  readonly pointer: string;
  /** The schema as it stands in its document, once it is known. */
  source: Value;
  draft = 2020;
  /** The schema resource that this is part of. */
  resource: Schema = this;
  dynamicAnchors: Map<string, Schema> | undefined;

  /** Set for `true` and `false`, and true for `{}`. */
  always: boolean | undefined;
  ref: Schema | undefined;
  recursiveRef: Schema | undefined;
  recursiveAnchor = false;
  dynamicRef: { readonly target: Schema; readonly anchor: string } | undefined;
  dynamicAnchor = '';

  /** Bits of the types allowed; 0 for any. */
  types = 0;
  enumValues: readonly Value[] | undefined;
  /** The strings among them. */
  enumStrings: ReadonlySet<Value> = NONE;
  constant: { readonly value: Value } | undefined;
  format: Format | undefined;
  not: Schema | undefined;
  allOf: readonly Schema[] = [];
  anyOf: readonly Schema[] = [];
  oneOf: readonly Schema[] = [];
  condition: Schema | undefined;
  /** `then` and `else`. */
  consequence: Schema | undefined;
  alternative: Schema | undefined;

  minProperties: number | undefined;
  maxProperties: number | undefined;
  required: readonly string[] = [];
  propertyNames: Schema | undefined;
  properties: ReadonlyMap<string, Schema> | undefined;
  patternProperties: readonly (readonly [Regexp, Schema])[] = [];
  additionalProperties: boolean | Schema | undefined;
  dependencies: ReadonlyMap<string, readonly string[] | Schema> | undefined;
  dependentRequired: ReadonlyMap<string, readonly string[]> | undefined;
  dependentSchemas: ReadonlyMap<string, Schema> | undefined;
  unevaluatedProperties: Schema | undefined;

  minItems: number | undefined;
  maxItems: number | undefined;
  uniqueItems = false;
  contains: Schema | undefined;
  minContains: number | undefined;
  maxContains: number | undefined;
  /** `prefixItems`, and `items` as a list before 2020-12. */
  tupleItems: readonly Schema[] | undefined;
  /** `items` as one schema. */
  items: Schema | undefined;
  additionalItems: boolean | Schema | undefined;
  unevaluatedItems: Schema | undefined;

  minLength: number | undefined;
  maxLength: number | undefined;
  pattern: Pattern | undefined;

  minimum: Bound | undefined;
  maximum: Bound | undefined;
  exclusiveMinimum: Bound | undefined;
  exclusiveMaximum: Bound | undefined;
  multipleOf: Bound | undefined;

  constructor(url: string, pointer: string, source: Value) {
    this.url = url;
    this.pointer = pointer;
    this.source = source;
  }

  /** Where the schema stands, as messages print it. */
  get location(): string {
    return formatLocation(this.url, this.pointer);
  }

  /** No property is left for `unevaluatedProperties` of a caller. */
  get evaluatesAllProperties(): boolean {
    return this.additionalProperties !== undefined;
  }

  get evaluatesAllItems(): boolean {
    return this.items !== undefined || (this.draft < 2020 && this.additionalItems !== undefined);
  }
}
