import type { GoMap } from '../../go/value.ts';

/** Where in the value of a keyword subschemas stand: the value itself, its items, its properties. */
const SELF = 1;
const ITEMS = 2;
const PROPERTIES = 4;

/** A published draft of JSON Schema. */
export interface Draft {
  readonly version: 4 | 6 | 7 | 2019 | 2020;
  readonly url: string;
  /** The keyword that names a schema. */
  readonly idKeyword: 'id' | '$id';
  /** The keywords that hold subschemas, with bits that tell where. */
  readonly subschemas: ReadonlyMap<string, number>;
  readonly vocabularyPrefix: string;
  readonly vocabularies: readonly string[];
  readonly defaultVocabularies: readonly string[];
}

/** A draft and the vocabularies in use, where a metaschema of its own names them. */
export interface Dialect {
  readonly draft: Draft;
  readonly vocabularies: readonly string[] | undefined;
}

const IN_4: readonly (readonly [string, number])[] = [
  ['definitions', PROPERTIES],
  ['not', SELF],
  ['allOf', ITEMS],
  ['anyOf', ITEMS],
  ['oneOf', ITEMS],
  ['properties', PROPERTIES],
  ['additionalProperties', SELF],
  ['patternProperties', PROPERTIES],
  ['items', SELF | ITEMS],
  ['additionalItems', SELF],
  ['dependencies', PROPERTIES],
];
const IN_6: typeof IN_4 = [...IN_4, ['propertyNames', SELF], ['contains', SELF]];
const IN_7: typeof IN_4 = [...IN_6, ['if', SELF], ['then', SELF], ['else', SELF]];
const IN_2019: typeof IN_4 = [
  ...IN_7,
  ['$defs', PROPERTIES],
  ['dependentSchemas', PROPERTIES],
  ['unevaluatedProperties', SELF],
  ['unevaluatedItems', SELF],
  ['contentSchema', SELF],
];
const IN_2020: typeof IN_4 = [...IN_2019, ['prefixItems', ITEMS]];

function early(version: 4 | 6 | 7, subschemas: typeof IN_4): Draft {
  return {
    version,
    url: `http://json-schema.org/draft-0${version}/schema`,
    idKeyword: version === 4 ? 'id' : '$id',
    subschemas: new Map(subschemas),
    vocabularyPrefix: '',
    vocabularies: [],
    defaultVocabularies: [],
  };
}

export const DRAFT_4: Draft = early(4, IN_4);
export const DRAFT_6: Draft = early(6, IN_6);
export const DRAFT_7: Draft = early(7, IN_7);

export const DRAFT_2019: Draft = {
  version: 2019,
  url: 'https://json-schema.org/draft/2019-09/schema',
  idKeyword: '$id',
  subschemas: new Map(IN_2019),
  vocabularyPrefix: 'https://json-schema.org/draft/2019-09/vocab/',
  vocabularies: ['core', 'applicator', 'validation', 'meta-data', 'format', 'content'],
  defaultVocabularies: ['core', 'applicator', 'validation'],
};

export const DRAFT_2020: Draft = {
  version: 2020,
  url: 'https://json-schema.org/draft/2020-12/schema',
  idKeyword: '$id',
  subschemas: new Map(IN_2020),
  vocabularyPrefix: 'https://json-schema.org/draft/2020-12/vocab/',
  vocabularies: [
    'core',
    'applicator',
    'unevaluated',
    'validation',
    'meta-data',
    'format-annotation',
    'format-assertion',
    'content',
  ],
  defaultVocabularies: ['core', 'applicator', 'unevaluated', 'validation'],
};

/** The draft of a schema that does not say. */
export const LATEST_DRAFT: Draft = DRAFT_2020;

const BY_URL: ReadonlyMap<string, Draft> = new Map([
  ['json-schema.org/schema', LATEST_DRAFT],
  ...[DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020].map(
    (draft) => [draft.url.slice(draft.url.indexOf('//') + 2), draft] as const,
  ),
]);

/** The draft that a `$schema` names, or undefined for a metaschema of another maker. */
export function draftOf(schemaUrl: string): Draft | undefined {
  const hash = schemaUrl.indexOf('#');
  if (hash >= 0 && hash !== schemaUrl.length - 1) return undefined;
  return BY_URL.get((hash < 0 ? schemaUrl : schemaUrl.slice(0, hash)).replace(/^https?:\/\//, ''));
}

/** The id that an object schema declares, without fragment; empty where it has none. */
export function idOf(draft: Draft, schema: GoMap): string {
  // Before 2019-09 everything beside a $ref is ignored.
  if (draft.version < 2019 && schema.has('$ref')) return '';
  const id = schema.get(draft.idKeyword);
  return typeof id === 'string' ? (id.split('#', 1)[0] as string) : '';
}

/** Whether a dialect's keywords of a vocabulary count. */
export function hasVocabulary(dialect: Dialect, name: string): boolean {
  if (name === 'core' || dialect.draft.version < 2019) return true;
  return (dialect.vocabularies ?? dialect.draft.defaultVocabularies).includes(name);
}

/** Calls `visit` with each subschema that stands directly in a schema, and the pointer to it from there. */
export function eachSubschema(draft: Draft, schema: GoMap, visit: (pointer: string, value: unknown) => void): void {
  for (const [keyword, value] of schema) {
    const where = draft.subschemas.get(keyword);
    if (where === undefined) continue;
    if ((where & SELF) !== 0) visit(`/${keyword}`, value);
    if ((where & ITEMS) !== 0 && Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(`/${keyword}/${i}`, item);
    }
    if ((where & PROPERTIES) !== 0 && value instanceof Map) {
      for (const [name, item] of value) visit(`/${keyword}/${escapeToken(name)}`, item);
    }
  }
}

/** A reference token of a JSON pointer. */
export function escapeToken(token: string): string {
  if (!token.includes('~') && !token.includes('/')) return token;
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
