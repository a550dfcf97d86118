/** Typed objects from YAML and JSON, with Go's words for what does not fit. Go: apimachinery runtime/serializer/json */
import { decodeBase64 } from '../../go/base64.ts';
import { GoError } from '../../go/error.ts';
import { jsonKind, unmarshalJson } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { isMap, type Value } from '../../go/value.ts';
import { yamlToValue } from '../../yaml/decode.ts';

export interface Document {
  readonly value: Value;
  /** Empty where it says none. */
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Reads a document up to its kind. YAML may be JSON; `any` tells them apart first, which makes other texts of what is
 * wrong. Go: json.SimpleMetaFactory.Interpret
 *
 * @throws GoError
 */
export function readDocument(text: string, language: 'yaml' | 'any' = 'yaml'): Document {
  const isJson = language === 'any' && /^\s*\{/.test(text);
  const value = text === '' ? null : isJson ? readJson(text) : readYaml(text);
  if (value === null) return { value, apiVersion: '', kind: '' };
  const type = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  if (!isMap(value)) throw kindFault(`${jsonKind(value)} into Go value of type ${type}`);
  // Go reads these two by encoding/json, to which a field's name is one in any case.
  const field = (name: string): string => {
    const found = [...value].findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? '';
    if (typeof found === 'string') return found;
    throw kindFault(`${jsonKind(found)} into Go struct field .${name} of type string`);
  };
  const version = field('apiVersion');
  // Go: schema.ParseGroupVersion
  const document = { value, apiVersion: version === '/' ? '' : version, kind: field('kind') };
  if (document.apiVersion.split('/').length > 2) {
    throw new GoError(`unexpected GroupVersion string: ${document.apiVersion}`);
  }
  return document;
}

function readJson(text: string): Value {
  try {
    return unmarshalJson(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`couldn't get version/kind; json parse error: ${error.message}`);
  }
}

function readYaml(text: string): Value {
  try {
    return yamlToValue(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(error.message.replace(/^error converting YAML to JSON: /, ''));
  }
}

function kindFault(reason: string): GoError {
  return new GoError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${reason}`);
}

/** Go: runtime.NewNotRegisteredErrForKind */
export function unknownKind(kind: string, version: string): GoError {
  const scheme = 'pkg/runtime/scheme.go:111';
  return new GoError(`no kind ${quote(kind)} is registered for version ${quote(version)} in scheme "${scheme}"`);
}

/** The same for what says no version, and so is of the one that Go has for itself. */
export function unknownInternalKind(kind: string, group: string): GoError {
  const where = `the internal version of group ${quote(group)} in scheme "pkg/runtime/scheme.go:111"`;
  return new GoError(`no kind ${quote(kind)} is registered for ${where}`);
}

export type Entries<T> = readonly (readonly [name: string, value: T])[];

/** What is wrong, the first of it. */
export interface Fault {
  text: string | undefined;
  twice?: string;
}

/** Reads the fields of one struct. What does not fit is left empty and noted, the first time, as in Go. */
export class Reader {
  readonly fault: Fault;
  private readonly value: Value;
  private readonly type: string;
  private readonly path: string;
  private readonly of: { readonly isKeys?: boolean; readonly version?: string };

  /** @param of whether the fields are a map's keys, which do not show in Go's path, and the package of the types */
  constructor(
    value: Value,
    type: string,
    path: string,
    fault: Fault,
    of: { readonly isKeys?: boolean; readonly version?: string } = {},
  ) {
    this.of = of;
    this.value = value;
    this.type = type;
    this.path = path;
    this.fault = fault;
  }

  string(name: string): string {
    const value = this.get(name);
    if (typeof value === 'string') return value;
    this.refuse(name, value, 'string');
    return '';
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    if (typeof value === 'boolean') return value;
    this.refuse(name, value, 'bool');
    return false;
  }

  /** What base64 stands for, one character a byte. */
  bytes(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') {
      this.refuse(name, value, '[]uint8');
      return '';
    }
    // Certificates are long; what Node would pass over, too, is for Go's reader.
    if (value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      return Buffer.from(value, 'base64').toString('latin1');
    }
    const bytes = decodeBase64(value);
    if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('latin1');
    this.fault.text ??= `illegal base64 data at input byte ${bytes.errorAt}`;
    return '';
  }

  strings(name: string): string[] {
    return this.elements(name, '[]string').map((value) => {
      if (typeof value === 'string') return value;
      this.refuse(name, value, 'string');
      return '';
    });
  }

  list<T>(name: string, type: string, read: (reader: Reader) => T): T[] {
    return this.elements(name, `[]${this.of.version ?? 'v1'}.${type}`).map((value) =>
      read(this.inner(name, value, type)),
    );
  }

  /** A list of named things: `{name, [field]: {…}}`. */
  named<T>(name: string, type: string, field: string, read: (reader: Reader) => T): Entries<T> {
    return this.list(name, `Named${type}`, (item) => [
      item.string('name'),
      read(item.inner(field, item.get(field), type)),
    ]);
  }

  struct<T>(name: string, type: string, read: (reader: Reader) => T): T | undefined {
    const value = this.get(name);
    return value === null || value === undefined ? undefined : read(this.inner(name, value, type));
  }

  map<T>(name: string, type: string, read: (reader: Reader, key: string) => T): ReadonlyMap<string, T> {
    const value = this.get(name);
    if (!isMap(value)) {
      this.refuse(name, value, type);
      return new Map();
    }
    const reader = new Reader(value, this.type, this.join(name), this.fault, { ...this.of, isKeys: true });
    return new Map([...value.keys()].map((key) => [key, read(reader, key)]));
  }

  /**
   * Names that are there twice are noted apart: Go comes to them when everything has been read. What came before without
   * an extension is not there for it.
   */
  extensions(): ReadonlyMap<string, Value> {
    const all = new Map<string, Value>();
    for (const [name, value] of this.list(
      'extensions',
      'NamedExtension',
      (r) => [r.string('name'), r.get('extension')] as const,
    )) {
      if ((all.get(name) ?? null) !== null) {
        const what = 'error converting *[]NamedExtension into *map[string]runtime.Object';
        this.fault.twice ??= `${what}: duplicate name "${name}" in list`;
      }
      all.set(name, value ?? null);
    }
    return all;
  }

  private elements(name: string, type: string): Value[] {
    const value = this.get(name);
    if (Array.isArray(value)) return value;
    this.refuse(name, value, type);
    return [];
  }

  inner(name: string, value: Value, type: string): Reader {
    const { version } = this.of;
    if (!isMap(value)) this.refuse(name, value, `${version ?? 'v1'}.${type}`);
    return new Reader(value, type, this.join(name), this.fault, version === undefined ? {} : { version });
  }

  get(name: string): Value {
    return isMap(this.value) ? this.value.get(name) : undefined;
  }

  private join(name: string): string {
    if (this.of.isKeys === true) return this.path;
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Go: json.UnmarshalTypeError */
  private refuse(name: string, value: Value, type: string): void {
    if (value === undefined || value === null) return;
    this.fault.text ??= `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${this.type}.${this.join(name)} of type ${type}`;
  }
}
