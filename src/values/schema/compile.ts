import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { compileRegexp, type Regexp } from '../../go/regexp.ts';
import { type GoMap, isMap, type Value } from '../../go/value.ts';
import { type Bound, boundOf, type Decimal, isInteger } from './decimal.ts';
import { Documents, type MetaCheck, type Root, resourceAt, type SchemaLoader } from './documents.ts';
import { type Dialect, type Draft, hasVocabulary, LATEST_DRAFT } from './draft.ts';
import { formatOf } from './format.ts';
import { decimalOf, typeBit } from './json-value.ts';
import { appendToken, formatLocation, lookup, resolve, splitReference } from './location.ts';
import { Pattern, Schema } from './schema.ts';

/** Turns schemas of documents into {@link Schema}s. Go: jsonschema compiler.go, objcompiler.go */
export class Compiler {
  readonly documents: Documents;
  /** For metaschemas, of which the library checks formats whatever the draft says. */
  private readonly isMeta: boolean;
  private readonly schemas = new Map<string, Map<string, Schema>>();
  private readonly queue: Schema[] = [];

  constructor(load: SchemaLoader, check: MetaCheck, options: { draft?: Draft; isMeta?: boolean } = {}) {
    this.documents = new Documents(load, check, options.draft ?? LATEST_DRAFT);
    this.isMeta = options.isMeta ?? false;
  }

  /** The compiled root schema of the document at a URL. */
  compile(url: string): Schema {
    this.documents.root(url);
    const schema = this.schema(url, '', undefined);
    for (const next of this.queue) this.fill(next); // which adds to the queue as it goes
    this.queue.length = 0;
    return schema;
  }

  /** The schema at a pointer, to be filled before compile() returns. */
  schema(url: string, pointer: string, source: Value): Schema {
    let ofUrl = this.schemas.get(url);
    if (ofUrl === undefined) this.schemas.set(url, (ofUrl = new Map()));
    let schema = ofUrl.get(pointer);
    if (schema === undefined) {
      schema = new Schema(url, pointer, source);
      ofUrl.set(pointer, schema);
      this.queue.push(schema);
    }
    return schema;
  }

  private fill(schema: Schema): void {
    const root = this.documents.root(schema.url);
    this.documents.ensureSubschema(root, schema.pointer);
    const resource = resourceAt(root, schema.pointer);
    const source = schema.source ?? lookup(root.document, root.url, schema.pointer);
    schema.draft = resource.dialect.draft.version;
    schema.resource = this.schema(root.url, resource.pointer, undefined);
    if (schema.draft >= 2020 && schema.resource === schema && resource.dynamicAnchors.size > 0) {
      schema.dynamicAnchors = new Map();
      for (const anchor of resource.dynamicAnchors) {
        const pointer = resource.anchors.get(anchor) as string;
        schema.dynamicAnchors.set(anchor, this.schema(root.url, pointer, undefined));
      }
    }
    if (typeof source === 'boolean') schema.always = source;
    else if (isMap(source) && source.size === 0) schema.always = true;
    else if (isMap(source)) {
      new ObjectCompiler(this, root, schema, source, resource.id, resource.dialect, this.isMeta).run();
    }
  }
}

/** The keywords of one object schema. */
class ObjectCompiler {
  private readonly compiler: Compiler;
  private readonly root: Root;
  private readonly schema: Schema;
  private readonly source: GoMap;
  private readonly base: string;
  private readonly dialect: Dialect;
  private readonly isMeta: boolean;

  constructor(
    compiler: Compiler,
    root: Root,
    schema: Schema,
    source: GoMap,
    base: string,
    dialect: Dialect,
    isMeta: boolean,
  ) {
    this.compiler = compiler;
    this.root = root;
    this.schema = schema;
    this.source = source;
    this.base = base;
    this.dialect = dialect;
    this.isMeta = isMeta;
  }

  run(): void {
    const { schema } = this;
    schema.ref = this.reference('$ref');
    // Before 2019-09 what stands beside a $ref is ignored, yet Go still reads what drafts 6 and 7 added.
    if (schema.draft >= 2019 || schema.ref === undefined) this.draft4();
    if (schema.draft >= 6) this.draft6();
    if (schema.draft >= 7) this.draft7();
    if (schema.draft >= 2019) this.draft2019();
    if (schema.draft >= 2020) this.draft2020();
  }

  private draft4(): void {
    const { schema } = this;
    if (this.has('applicator')) this.applicators();
    if (this.has('validation')) {
      this.anyType();
      this.numbers();
      this.sizes();
    }
    if (this.assertsFormat()) schema.format = formatOf(this.source.get('format'));
  }

  private applicators(): void {
    const { schema, source } = this;
    schema.allOf = this.list('allOf') ?? [];
    schema.anyOf = this.list('anyOf') ?? [];
    schema.oneOf = this.list('oneOf') ?? [];
    schema.not = this.property('not');
    if (schema.draft < 2020 && Array.isArray(source.get('items'))) {
      schema.tupleItems = this.list('items');
      schema.additionalItems = this.additional('additionalItems');
    } else if (schema.draft < 2020) schema.items = this.property('items');
    schema.properties = this.map('properties');
    const patterns = this.map('patternProperties');
    if (patterns !== undefined) {
      schema.patternProperties = [...patterns].map(([text, sub]) => [this.regexp(text, 'patternProperties'), sub]);
    }
    schema.additionalProperties = this.additional('additionalProperties');
    const dependencies = source.get('dependencies');
    if (isMap(dependencies)) {
      schema.dependencies = new Map(
        [...dependencies].map(([name, value]) => [
          name,
          Array.isArray(value) ? strings(value) : this.at(`/dependencies`, name, value),
        ]),
      );
    }
  }

  private anyType(): void {
    const { schema, source } = this;
    const type = source.get('type');
    schema.types = (Array.isArray(type) ? type : [type]).reduce<number>((bits, name) => bits | typeBit(name), 0);
    const values = source.get('enum');
    if (!Array.isArray(values)) return;
    schema.enumValues = values;
    schema.enumStrings = new Set(strings(values));
  }

  private numbers(): void {
    const { schema, source } = this;
    schema.multipleOf = this.number('multipleOf');
    schema.maximum = this.number('maximum');
    schema.exclusiveMaximum = this.number('exclusiveMaximum');
    if (source.get('exclusiveMaximum') === true) {
      schema.exclusiveMaximum = schema.maximum;
      schema.maximum = undefined;
    }
    schema.minimum = this.number('minimum');
    schema.exclusiveMinimum = this.number('exclusiveMinimum');
    if (source.get('exclusiveMinimum') === true) {
      schema.exclusiveMinimum = schema.minimum;
      schema.minimum = undefined;
    }
  }

  private sizes(): void {
    const { schema, source } = this;
    schema.minLength = this.integer('minLength');
    schema.maxLength = this.integer('maxLength');
    const pattern = source.get('pattern');
    if (typeof pattern === 'string') {
      // Metaschemas are sound, and their patterns seldom needed: RE2 takes a while to get ready.
      schema.pattern = new Pattern(pattern, this.isMeta ? undefined : this.regexp(pattern, 'pattern'));
    }
    schema.minItems = this.integer('minItems');
    schema.maxItems = this.integer('maxItems');
    schema.uniqueItems = source.get('uniqueItems') === true;
    schema.minProperties = this.integer('minProperties');
    schema.maxProperties = this.integer('maxProperties');
    const required = source.get('required');
    if (Array.isArray(required)) schema.required = strings(required);
  }

  private draft6(): void {
    const { schema, source } = this;
    if (this.has('applicator')) {
      schema.contains = this.property('contains');
      schema.propertyNames = this.property('propertyNames');
    }
    const constant = source.get('const');
    if (this.has('validation') && constant !== undefined) schema.constant = { value: constant };
  }

  private draft7(): void {
    const { schema, source } = this;
    const condition = source.get('if');
    if (!this.has('applicator') || condition === undefined) return;
    schema.condition = this.property('if');
    if (condition !== false) schema.consequence = this.property('then');
    if (condition !== true) schema.alternative = this.property('else');
  }

  private draft2019(): void {
    const { schema, source } = this;
    schema.recursiveRef = this.reference('$recursiveRef');
    schema.recursiveAnchor = source.get('$recursiveAnchor') === true;
    if (this.has('validation')) {
      if (schema.contains !== undefined) {
        schema.minContains = this.integer('minContains');
        schema.maxContains = this.integer('maxContains');
      }
      const required = source.get('dependentRequired');
      if (isMap(required)) {
        schema.dependentRequired = new Map(
          [...required].flatMap(([name, value]) => (Array.isArray(value) ? [[name, strings(value)]] : [])),
        );
      }
    }
    if (this.has('applicator')) schema.dependentSchemas = this.map('dependentSchemas');
    if (this.has(schema.draft === 2019 ? 'applicator' : 'unevaluated')) {
      schema.unevaluatedItems = this.property('unevaluatedItems');
      schema.unevaluatedProperties = this.property('unevaluatedProperties');
    }
  }

  private draft2020(): void {
    const { schema, source } = this;
    const target = this.reference('$dynamicRef');
    if (target !== undefined) {
      const { fragment } = splitReference(source.get('$dynamicRef') as string);
      schema.dynamicRef = { target, anchor: fragment.startsWith('/') ? '' : fragment };
    }
    const anchor = source.get('$dynamicAnchor');
    if (typeof anchor === 'string') schema.dynamicAnchor = anchor;
    if (this.has('applicator')) {
      schema.tupleItems = this.list('prefixItems');
      schema.items = this.property('items');
    }
  }

  private has(vocabulary: string): boolean {
    return hasVocabulary(this.dialect, vocabulary);
  }

  private assertsFormat(): boolean {
    const { version } = this.dialect.draft;
    if (this.isMeta || version < 2019) return true;
    return this.has(version === 2019 ? 'format' : 'format-assertion');
  }

  private reference(keyword: string): Schema | undefined {
    const text = this.source.get(keyword);
    if (typeof text !== 'string') return undefined;
    const { root, pointer } = this.compiler.documents.locate(this.root, resolve(this.base, text));
    return this.compiler.schema(root.url, pointer, undefined);
  }

  private property(keyword: string): Schema | undefined {
    const value = this.source.get(keyword);
    if (value === undefined) return undefined;
    return this.compiler.schema(this.root.url, `${this.schema.pointer}/${keyword}`, value);
  }

  private at(step: string, token: string, value: Value): Schema {
    return this.compiler.schema(this.root.url, appendToken(this.schema.pointer + step, token), value);
  }

  private list(keyword: string): Schema[] | undefined {
    const items = this.source.get(keyword);
    return Array.isArray(items) ? items.map((item, i) => this.at(`/${keyword}`, String(i), item)) : undefined;
  }

  private map(keyword: string): Map<string, Schema> | undefined {
    const map = this.source.get(keyword);
    if (!isMap(map)) return undefined;
    return new Map([...map].map(([name, value]) => [name, this.at(`/${keyword}`, name, value)]));
  }

  private additional(keyword: string): boolean | Schema | undefined {
    const value = this.source.get(keyword);
    return typeof value === 'boolean' ? value : this.property(keyword);
  }

  private number(keyword: string): Bound | undefined {
    const decimal = decimalOf(this.source.get(keyword));
    return decimal === undefined ? undefined : boundOf(decimal);
  }

  private integer(keyword: string): number | undefined {
    const decimal = decimalOf(this.source.get(keyword));
    return decimal !== undefined && isInteger(decimal) ? toInt64(decimal) : undefined;
  }

  private regexp(pattern: string, keyword: string): Regexp {
    try {
      return compileRegexp(pattern);
    } catch (err) {
      if (!(err instanceof GoError)) throw err;
      const place = formatLocation(this.root.url, `${this.schema.pointer}/${keyword}`);
      throw new GoError(`invalid regex ${quote(pattern)} at ${quote(place)}: ${err.message}`);
    }
  }
}

/** Go: Int.Int64, which keeps the low 64 bits; of a multiple of 10^64 they are all zero. */
function toInt64({ negative, digits, exponent }: Decimal): number {
  if (exponent >= 64 || digits === '') return 0;
  const size = BigInt(digits) * 10n ** BigInt(exponent);
  return Number(BigInt.asIntN(64, negative ? -size : size));
}

function strings(items: readonly Value[]): string[] {
  return items.filter((item) => typeof item === 'string');
}
