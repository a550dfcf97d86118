import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import type { Value } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import { Compiler } from './compile.ts';
import { type Root, resourceAt } from './documents.ts';
import { type Dialect, type Draft, LATEST_DRAFT } from './draft.ts';
import { parseSchemaJson } from './json-value.ts';
import { formatLocation } from './location.ts';
import { isPlainlyValid } from './plain.ts';
import { Schema } from './schema.ts';
import { validateValue } from './validate.ts';
import { formatViolation, type Violation } from './violation.ts';
import type { MetaSwitch } from './visit.ts';

/** The URL that a chart's schema has for Helm. */
const SCHEMA_URL = 'file:///values.schema.json';

/** What a schema may reach, and who hears of it. */
export interface SchemaOptions {
  /**
   * Gives the text of a schema that a `$ref` or `$schema` names by URL. Without it, or where it gives undefined,
   * nothing outside of the schema is read. Default: none.
   */
  readonly load?: (url: string) => Uint8Array | string | undefined;
  readonly log?: Log;
  /** The draft of a schema that does not name its own. Default: 2020-12, as in Helm. */
  readonly draft?: Draft;
}

/** A schema, ready to hold values against. */
export interface CompiledSchema {
  /** What the schema forbids of the values, or undefined for valid ones. */
  check(values: Value): Violation | undefined;
}

/**
 * Reads and compiles a values.schema.json. Throws a GoError with the text of Helm's library for one that is no
 * JSON, no valid schema, or refers to what is not there.
 */
export function compileSchema(source: Uint8Array | string, options: SchemaOptions = {}): CompiledSchema {
  const document = parseSchemaJson(source);
  const { draft = LATEST_DRAFT } = options;
  const compiler = new Compiler((url) => loadSchema(url, options), checkAgainstMetaschema, { draft });
  compiler.documents.add(SCHEMA_URL, document);
  const schema = compiler.compile(SCHEMA_URL);
  return { check: (values) => validateValue(schema, values) };
}

/** What Helm prints of a violation: the first line names the schema, and Helm leaves it out. */
export function violationText(violation: Violation): string {
  const text = formatViolation(violation);
  return `${text.slice(text.indexOf('\n') + 1)}\n`;
}

function loadSchema(url: string, { load, log }: SchemaOptions): Value {
  const text = load?.(url);
  if (text !== undefined) return parseSchemaJson(text);
  if (/^urn:/i.test(url)) {
    log?.log('WARN', 'unresolved URN reference ignored; using permissive schema', { urn: url });
    return true;
  }
  throw new GoError('a schema may refer only to itself, unless others are allowed by name');
}

/** Go: roots.validate */
function checkAgainstMetaschema(root: Root, schema: Value, pointer: string): void {
  const { dialect } = resourceAt(root, pointer);
  const isOfOneDraft = root.resources.size === 1 && dialect.vocabularies === undefined;
  if (isOfOneDraft && isPlainlyValid(schema, dialect.draft.version)) return;
  const metaschema = metaschemaFor(dialect);
  const violation = validateValue(metaschema, schema, metaSwitch(root, dialect, metaschema));
  if (violation === undefined) return;
  const name = quote(formatLocation(root.url, pointer));
  throw new GoError(`${name} is not valid against metaschema: ${formatViolation(violation)}`);
}

/** Most schemas keep to one dialect, and then nothing has to be switched. */
function metaSwitch(root: Root, dialect: Dialect, current: Schema): MetaSwitch | undefined {
  const metaschemas = new Map<string, Schema>();
  let mixed = false;
  for (const [pointer, resource] of root.resources) {
    mixed ||= resource.dialect.draft !== dialect.draft || resource.dialect.vocabularies !== dialect.vocabularies;
    metaschemas.set(pointer, metaschemaFor(resource.dialect));
  }
  return mixed ? { current, metaschemas } : undefined;
}

const byDraft = new Map<Draft, Schema>();
let metaCompiler: Compiler | undefined;

/** A metaschema, or part of one, compiled once. Go: dialect.getSchema */
function metaschemaFor({ draft, vocabularies }: Dialect): Schema {
  if (vocabularies !== undefined) return metaschemaOf(draft, vocabularies);
  let schema = byDraft.get(draft);
  if (schema === undefined) byDraft.set(draft, (schema = compileMeta(draft.url)));
  return schema;
}

function compileMeta(url: string): Schema {
  metaCompiler ??= new Compiler(noSchemas, () => undefined, { isMeta: true });
  return metaCompiler.compile(url);
}

function noSchemas(url: string): Value {
  throw new GoError(`no schema at ${url}`);
}

function metaschemaOf(draft: Draft, vocabularies: readonly string[]): Schema {
  const schema = new Schema('urn:mem:metaschema', '', null);
  schema.draft = draft.version;
  schema.allOf = vocabularies.map((name) => compileMeta(`${draft.url.slice(0, -'schema'.length)}meta/${name}`));
  if (draft.version >= LATEST_DRAFT.version) {
    schema.dynamicAnchor = 'meta';
    schema.dynamicAnchors = new Map([['meta', schema]]);
  }
  return schema;
}
