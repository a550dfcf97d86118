import { formatValue } from '../go/print.ts';
import { isStruct, type Struct, type Value } from '../go/value.ts';

/** What a missing value prints as. */
export const NO_VALUE = '<no value>';

/** The text that an action writes for a value. Go: exec.go printValue. */
export function printValue(v: Value): string {
  if (typeof v === 'string') return v;
  if (v === undefined || v === null) return NO_VALUE;
  if (isStruct(v) && v.addressString) return v.addressString();
  return formatValue(printable(v));
}

/** The value that is best printed for a value: what a pointer points to. Go: exec.go printableValue. */
export function printable(v: Value): Value {
  if (v === undefined || v === null) return NO_VALUE;
  return isStruct(v) && v.type.startsWith('*') && !v.string ? pointedTo(v) : v;
}

function pointedTo(pointer: Struct): Struct {
  return {
    struct: true,
    type: pointer.type.slice(1),
    field: (name) => pointer.field(name),
    method: (name) => pointer.method(name),
    fields: () => pointer.fields(),
  };
}
