/** A release as Go's templates see it: structs with Go's names of fields. Go: helm pkg/release/v1 Release */
import { decodeBase64 } from '../../go/base64.ts';
import {
  type GoMap,
  type GoType,
  int,
  type Method,
  type Slice,
  type Struct,
  slice,
  type TypedMap,
  typedMap,
  type Value,
} from '../../go/value.ts';
import type { Location } from '../../go/zone.ts';
import { releaseMap } from '../codec.ts';
import { RELEASE } from '../record.ts';
import type { Shape, StructShape } from '../struct.ts';
import { timeOf } from '../timestamp.ts';
import type { Release } from '../types.ts';

/** Names that are not the JSON ones with capitals. */
const NAMES: Readonly<Record<string, string>> = {
  apiVersion: 'APIVersion',
  'import-values': 'ImportValues',
  modtime: 'ModTime',
  schemamodtime: 'SchemaModTime',
  url: 'URL',
};

/** @example goName('first_deployed') === 'FirstDeployed' */
function goName(name: string): string {
  if (Object.hasOwn(NAMES, name)) return NAMES[name] as string;
  return name
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

class View implements Struct {
  readonly struct = true;
  readonly type: GoType;
  readonly #fields: ReadonlyMap<string, Value>;
  readonly #methods: ReadonlyMap<string, Method>;

  constructor(type: GoType, fields: ReadonlyMap<string, Value>, methods: ReadonlyMap<string, Method> = new Map()) {
    this.type = type;
    this.#fields = fields;
    this.#methods = methods;
  }

  field(name: string): Value {
    return this.#fields.get(name);
  }

  method(name: string): Method | undefined {
    return this.#methods.get(name);
  }

  fields(): readonly (readonly [string, Value])[] {
    return [...this.#fields];
  }
}

/** The view of a release, with all labels of its record. `local` is where times without `Z` may be. */
export function releaseView(release: Release, labels: ReadonlyMap<string, string>, local: Location): Struct {
  const view = structView(RELEASE, releaseMap(release), local);
  const fields = new Map(view.fields());
  // Helm's has none of these.
  for (const name of ['Lease', 'Left']) fields.delete(name);
  fields.set('Labels', typedMap('map[string]string', 'string', labels));
  return new View('*v1.Release', fields);
}

function structView(shape: StructShape, map: GoMap, local: Location): View {
  const fields = new Map<string, Value>();
  for (const { name, shape: of } of shape.fields) fields.set(goName(name), valueView(of, map.get(name), local));
  return new View(`*${shape.type}`, fields, shape.type === 'v2.Chart' ? chartMethods(map) : new Map());
}

function valueView(shape: Shape, value: Value, local: Location): Value {
  switch (shape.kind) {
    case 'struct':
      return value instanceof Map ? structView(shape, value, local) : null;
    case 'list':
      return listView(shape.type, shape.of, value, local);
    case 'map':
      return mapView(shape.type, shape.of, value);
    case 'time':
      return timeOf(typeof value === 'string' ? value : '', local);
    case 'bytes':
      return bytesOf(value);
    case 'int':
      return int(typeof value === 'number' ? value : 0);
    case 'string':
      return typeof value === 'string' ? value : '';
    case 'bool':
      return value === true;
    case 'any':
      return value ?? null;
  }
}

function listView(type: GoType, of: Shape, value: Value, local: Location): Value {
  if (type === '[]interface {}' && Array.isArray(value)) return value;
  const items = Array.isArray(value) ? value.map((item) => valueView(of, item, local)) : [];
  const out: Slice = slice(type.slice('[]'.length), items);
  if (!Array.isArray(value)) out.isNil = true;
  return out;
}

function mapView(type: GoType, of: Shape, value: Value): Value {
  if (value instanceof Map && of.kind === 'any') return value;
  const out: TypedMap = typedMap(
    type,
    of.kind === 'string' ? 'string' : 'interface {}',
    value instanceof Map ? value : [],
  );
  if (!(value instanceof Map)) out.isNil = true;
  return out;
}

function bytesOf(value: Value): Value {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes instanceof Uint8Array) return bytes;
  const none: Slice = slice('uint8', []);
  none.isNil = true;
  return none;
}

/** Go: helm pkg/chart/v2 Chart's methods that need no tree of charts, which records do not have. */
function chartMethods(chart: GoMap): ReadonlyMap<string, Method> {
  const metadata = chart.get('metadata');
  const text = (name: string): string => {
    const value = metadata instanceof Map ? metadata.get(name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const method = (result: GoType, call: () => Value): Method => ({ params: [], result, call });
  return new Map([
    ['AppVersion', method('string', () => text('appVersion'))],
    ['ChartFullPath', method('string', () => text('name'))],
    ['ChartPath', method('string', () => text('name'))],
    ['IsRoot', method('bool', () => true)],
    ['Name', method('string', () => text('name'))],
  ]);
}
