import { BudgetError, checkDepth } from '../../go/budget.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl } from '../../go/url.ts';
import { type GoMap, isMap, type Value } from '../../go/value.ts';
import { type Dialect, type Draft, draftOf, eachSubschema, idOf } from './draft.ts';
import { parseSchemaJson } from './json-value.ts';
import { formatLocation, lookup, type Reference, resolve, splitReference } from './location.ts';
import { metaschemaText } from './metaschemas.ts';

/** A part of a document with an id of its own; the document itself is one. */
export interface Resource {
  readonly pointer: string;
  readonly id: string;
  dialect: Dialect;
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

/** A document and what is known of its schemas, by their pointers. */
export interface Root {
  readonly url: string;
  readonly document: Value;
  readonly resources: Map<string, Resource>;
  readonly byId: Map<string, Resource>;
  readonly processed: Set<string>;
}

/** Gives the text of a schema at a URL. Throw a GoError to say why not. */
export type SchemaLoader = (url: string) => Value;

/** Checks a schema against its metaschema; throws what is wrong with it. */
export type MetaCheck = (root: Root, schema: Value, pointer: string) => void;

/** All the documents that a schema reaches. Go: jsonschema roots.go, loader.go */
export class Documents {
  private readonly documents = new Map<string, Value>();
  private readonly roots = new Map<string, Root>();
  private readonly load: SchemaLoader;
  private readonly check: MetaCheck;
  private readonly draft: Draft;

  /** `draft` is that of documents which do not name theirs. */
  constructor(load: SchemaLoader, check: MetaCheck, draft: Draft) {
    this.load = load;
    this.check = check;
    this.draft = draft;
  }

  /** Puts a document where its URL will find it. */
  add(url: string, document: Value): void {
    this.documents.set(url, document);
  }

  root(url: string): Root {
    const known = this.roots.get(url);
    if (known !== undefined) return known;
    const root: Root = {
      url,
      document: this.document(url),
      resources: new Map(),
      byId: new Map(),
      processed: new Set(),
    };
    this.collect(root, root.document, url, '', { draft: this.draft, vocabularies: undefined }, 0);
    if (!/^https?:\/\/json-schema\.org\//.test(url)) this.check(root, root.document, '');
    this.roots.set(url, root);
    return root;
  }

  /** Makes sure that a pointer which leads to no known place of schemas has been looked through as one. */
  ensureSubschema(root: Root, pointer: string): void {
    if (root.processed.has(pointer)) return;
    const value = lookup(root.document, root.url, pointer);
    const base = resourceAt(root, pointer);
    this.collect(root, value, base.id, pointer, base.dialect, 0);
    if (!root.resources.has(pointer)) collectAnchors(root, value, pointer, resourceAt(root, pointer));
    this.check(root, value, pointer);
  }

  /** The pointer that a reference from inside `root` leads to, and the document it is in. */
  locate(root: Root, reference: Reference): { readonly root: Root; readonly pointer: string } {
    const own = reference.url === root.url ? rootResource(root) : root.byId.get(reference.url);
    if (own !== undefined) return { root, pointer: pointerIn(root, own, reference.fragment) };
    const other = this.root(reference.url);
    return { root: other, pointer: pointerIn(other, rootResource(other), reference.fragment) };
  }

  private document(url: string): Value {
    let document = this.documents.get(url);
    if (document !== undefined) return document;
    const meta = metaschemaText(url);
    if (meta !== undefined) document = parseSchemaJson(meta);
    else {
      try {
        document = this.load(url);
      } catch (err) {
        if (!(err instanceof GoError) || err instanceof BudgetError) throw err;
        throw new GoError(`failing loading ${quote(url)}: ${err.message}`);
      }
    }
    this.documents.set(url, document);
    return document;
  }

  private collect(root: Root, schema: Value, base: string, pointer: string, fallback: Dialect, depth: number): void {
    if (root.processed.has(pointer)) return;
    checkDepth(depth);
    if (isMap(schema)) this.collectObject(root, schema, base, pointer, fallback, depth);
    else if (pointer === '') addResource(root, newResource(pointer, base, fallback));
    root.processed.add(pointer);
  }

  private collectObject(
    root: Root,
    schema: GoMap,
    base: string,
    pointer: string,
    fallback: Dialect,
    depth: number,
  ): void {
    let draft = this.draftFor(root.url, pointer, schema, fallback.draft);
    let hasSchema = typeof schema.get('$schema') === 'string';
    let id = idOf(draft, schema);
    if (id === '' && pointer !== '') {
      // A $schema counts only where a resource begins.
      draft = fallback.draft;
      hasSchema = false;
      id = idOf(draft, schema);
    }
    const url = id === '' ? base : resolveId(base, id, root.url, pointer);
    if (id !== '' || pointer === '') {
      const dialect = hasSchema ? { draft, vocabularies: this.vocabulariesFor(schema, draft) } : fallback;
      addResource(root, newResource(pointer, url, dialect));
    }
    const resource = root.byId.get(url) as Resource;
    collectAnchors(root, schema, pointer, resource);
    eachSubschema(draft, schema, (step, value) => {
      this.collect(root, value as Value, url, pointer + step, resource.dialect, depth + 1);
    });
  }

  /** The draft that a schema's `$schema` leads to, through metaschemas of other makers. Go: getDraft */
  private draftFor(url: string, pointer: string, schema: Value, fallback: Draft, seen?: Set<string>): Draft {
    const name = isMap(schema) ? schema.get('$schema') : undefined;
    if (typeof name !== 'string') return fallback;
    const draft = draftOf(name);
    if (draft !== undefined) return draft;
    const target = name.split('#', 1)[0] as string;
    try {
      parseUrl(target);
    } catch (err) {
      if (!(err instanceof GoError)) throw err;
      throw new GoError(`invalid $schema in ${quote(formatLocation(url, pointer))}: ${err.message}`);
    }
    if (pointer === '' && target === url) throw new GoError(`draft ${quote(target)} is not supported`);
    if (seen?.has(target)) throw new GoError(`cycle in resolving $schema in ${quote(target)}`);
    return this.draftFor(target, '', this.document(target), fallback, new Set(seen).add(target));
  }

  /** The vocabularies that the metaschema of a schema asks for; undefined for a draft's own. Go: getMetaVocabs */
  private vocabulariesFor(schema: GoMap, draft: Draft): readonly string[] | undefined {
    const name = schema.get('$schema') as string;
    if (draftOf(name) !== undefined || draft.version < 2019) return undefined;
    const url = name.split('#', 1)[0] as string;
    const metaschema = this.document(url);
    const wanted = isMap(metaschema) ? metaschema.get('$vocabulary') : undefined;
    if (!isMap(wanted)) return undefined;
    const names = new Set<string>();
    for (const [vocabulary, required] of wanted) {
      if (required !== true) continue;
      const known = vocabulary.startsWith(draft.vocabularyPrefix)
        ? vocabulary.slice(draft.vocabularyPrefix.length)
        : undefined;
      if (known === undefined || !draft.vocabularies.includes(known)) {
        throw new GoError(`unsupported vocabulary ${quote(vocabulary)} in ${quote(url)}`);
      }
      names.add(known);
    }
    return [...names.add('core')];
  }
}

function newResource(pointer: string, id: string, dialect: Dialect): Resource {
  return { pointer, id, dialect, anchors: new Map(), dynamicAnchors: new Set() };
}

function addResource(root: Root, resource: Resource): void {
  const other = root.byId.get(resource.id);
  if (other === undefined) {
    root.byId.set(resource.id, resource);
    root.resources.set(resource.pointer, resource);
  } else if (other.pointer !== resource.pointer) {
    const places = `${quote(resource.pointer)} and ${quote(other.pointer)}`;
    throw new GoError(`duplicate id ${quote(resource.id)} in ${quote(root.url)} at ${places}`);
  }
}

function resolveId(base: string, id: string, url: string, pointer: string): string {
  try {
    return resolve(base, id).url;
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    throw new GoError(`error in parsing id at ${quote(formatLocation(url, pointer))}`);
  }
}

function rootResource(root: Root): Resource {
  return root.resources.get('') as Resource;
}

/** The resource that the schema at a pointer is part of. */
export function resourceAt(root: Root, pointer: string): Resource {
  if (root.resources.size > 1) {
    for (let at = pointer; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
      const found = root.resources.get(at);
      if (found !== undefined) return found;
    }
  }
  return rootResource(root);
}

function pointerIn(root: Root, resource: Resource, fragment: string): string {
  if (fragment === '' || fragment.startsWith('/')) return resource.pointer + fragment;
  const pointer = resource.anchors.get(fragment);
  if (pointer !== undefined) return pointer;
  const reference = formatLocation(resource.id, fragment);
  throw new GoError(`anchor in ${quote(reference)} not found in schema ${quote(root.url)}`);
}

/** Go: root.go collectAnchors */
function collectAnchors(root: Root, schema: Value, pointer: string, resource: Resource): void {
  if (!isMap(schema)) return;
  const { draft } = resource.dialect;
  if (draft.version < 2019) {
    const id = schema.get(draft.idKeyword);
    if (schema.has('$ref') || typeof id !== 'string') return;
    const anchor = idFragment(id, root.url, pointer);
    if (anchor !== '' && !anchor.startsWith('/')) addAnchor(root, resource, anchor, pointer);
    return;
  }
  const anchor = schema.get('$anchor');
  if (typeof anchor === 'string') addAnchor(root, resource, anchor, pointer);
  const dynamic = draft.version >= 2020 ? schema.get('$dynamicAnchor') : undefined;
  if (typeof dynamic === 'string') {
    addAnchor(root, resource, dynamic, pointer);
    resource.dynamicAnchors.add(dynamic);
  }
}

function idFragment(id: string, url: string, pointer: string): string {
  try {
    return splitReference(id).fragment;
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    throw new GoError(`error in parsing anchor at ${quote(formatLocation(url, pointer))}`);
  }
}

function addAnchor(root: Root, resource: Resource, anchor: string, pointer: string): void {
  const other = resource.anchors.get(anchor);
  if (other === undefined) resource.anchors.set(anchor, pointer);
  else if (other !== pointer) {
    const places = `${quote(other)} and ${quote(pointer)}`;
    throw new GoError(`duplicate anchor ${quote(anchor)} in ${quote(root.url)} at ${places}`);
  }
}
