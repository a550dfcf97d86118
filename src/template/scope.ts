import { ANY, elemType, type GoType, Int, isList, isMap, typeOf, type Value } from '../go/value.ts';
import type { StaticType } from './exec.ts';

/** The value's own type: pipelines and functions take values out of their interfaces. */
export const concreteType: StaticType = (_f, value) => (value === null ? ANY : typeOf(value));

/** The static type of an element that `range` took out of the container kept in a slot. */
export function elementType(holder: number): StaticType {
  return (f, value) => elementOf(f.vars[holder], value);
}

/** The static type of what was read out of a container. */
export function elementOf(container: Value, value: Value): GoType {
  if (container instanceof Int || !(isMap(container) || isList(container))) return value === null ? ANY : typeOf(value);
  return elemType(container);
}

/** A variable's place in the frame. */
export interface Variable {
  readonly name: string;
  readonly slot: number;
  /** Where `range` keeps the container whose elements the variable takes; -1 where none does. */
  holder: number;
  /** Where `=` keeps a second copy of the value, to tell it from an element; -1 where none does. */
  assigned: number;
}

/** The static type of a variable's value. */
export function variableType(variable: Variable): StaticType {
  return (f, value) => {
    const isElement = variable.holder >= 0 && (variable.assigned < 0 || f.vars[variable.assigned] !== value);
    return isElement ? elementOf(f.vars[variable.holder], value) : concreteType(f, value);
  };
}

/**
 * The variables in sight at one point of a template. Go keeps them on a stack at run time and looks them up by
 * name; which push comes before which look-up is the same every time, so that slots can be given out beforehand.
 */
export class Scope {
  private readonly stack: Variable[];
  private readonly counter: { slots: number };

  constructor(stack: Variable[] = [], counter: { slots: number } = { slots: 0 }) {
    this.stack = stack;
    this.counter = counter;
  }

  /** How many slots a frame needs. */
  get slots(): number {
    return this.counter.slots;
  }

  /** The variables that are in sight now, for what is compiled later; slots are given out once in both. */
  fork(): Scope {
    return new Scope([...this.stack], this.counter);
  }

  declare(name: string): Variable {
    const variable: Variable = { name, slot: this.slot(), holder: -1, assigned: -1 };
    this.stack.push(variable);
    return variable;
  }

  /** A slot without a name. */
  slot(): number {
    return this.counter.slots++;
  }

  lookup(name: string): Variable | undefined {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      if (this.stack[i]?.name === name) return this.stack[i];
    }
    return undefined;
  }

  mark(): number {
    return this.stack.length;
  }

  pop(mark: number): void {
    this.stack.length = mark;
  }
}
