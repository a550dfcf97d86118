/** Structs that are only ever marshalled. */
import { encodeString, marshalJson } from './json.ts';
import type { GoType, Method, Struct, Value } from './value.ts';

class JsonRecord implements Struct {
  readonly struct = true;
  readonly type: GoType = 'struct';
  private readonly entries: readonly (readonly [string, Value])[];

  constructor(entries: readonly (readonly [string, Value])[]) {
    this.entries = entries;
  }

  field(): Value {
    return undefined;
  }

  method(): Method | undefined {
    return undefined;
  }

  fields(): readonly (readonly [string, Value])[] {
    return this.entries;
  }

  json(): string {
    return `{${this.entries.map(([name, value]) => `${encodeString(name, true)}:${marshalJson(value)}`).join(',')}}`;
  }
}

/**
 * A value whose fields stay in order in JSON, as a Go struct's do. In YAML they are sorted, as sigs.k8s.io/yaml does.
 *
 * @example marshalJson(record([['b', 1], ['a', 2]])) === '{"b":1,"a":2}'
 */
export function record(entries: readonly (readonly [string, Value])[]): Struct {
  return new JsonRecord(entries);
}
