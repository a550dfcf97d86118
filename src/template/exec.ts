import type { Func, FunctionEnv } from '../functions/func.ts';
import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { ExecError, isOutOfBudget, type MissingPath } from './errors.ts';
import type { Node, Tree } from './node.ts';
import type { Trace } from './trace.ts';

/** The functions that templates can call, by name. */
export type Functions = Pick<ReadonlyMap<string, Func>, 'has' | 'get'>;

/** What a template does about a map key that is not there. Go: option.go. */
export type MissingKey = 'invalid' | 'zero' | 'error';

/** What execution needs of the set that it runs in. */
export interface Templates {
  readonly missingKey: MissingKey;
  lookup(name: string): { readonly tree: Tree } | undefined;
}

/** What execution needs besides the template and its data. */
export interface Machine extends FunctionEnv {
  readonly set: Templates;
  /** What the templates inside templates of the moment take of the stack, and what they may take. */
  stack: number;
  readonly maxStack: number;
  /** Follows what the output depends on. */
  readonly trace: Trace | undefined;
}

/** Where text goes: one for each output, shared by the templates that write it. */
export interface Output {
  text: string;
}

/** Where an error happens, and what it costs: what an execution of a template has of that. */
export interface Place {
  readonly env: Machine;
  readonly tree: Tree;
  readonly out: Output;
  /** The node reached. */
  readonly at: Node;
}

/** How a statement ended. */
export type Signal = 0 | 1 | 2;
export const NEXT = 0;
export const BREAK = 1;
export const CONTINUE = 2;

/**
 * What a template takes of the stack, in units of about 100 bytes as measured in V8: so much for itself, and so much
 * for each level of its nesting.
 */
const TEMPLATE_COST = 10;
const NESTING_COST = 4;

/** What templates may take of the stack of about 1 MB that JavaScript engines have, in the same unit. */
export const DEFAULT_STACK = 8_000;

/** What running the template takes of the stack. */
export function stackCost(nesting: number): number {
  return TEMPLATE_COST + NESTING_COST * nesting;
}

/** Stops execution at a node. Go: exec.go errorf. */
export function fail(f: Place, at: Node | undefined, reason: string, missing?: MissingPath): never {
  throw new ExecError(f.tree, at ?? f.at, reason, missing && { missing });
}

/**
 * What to throw when a function or method threw: errors and panics of Go get their place, what is no error of the
 * template passes as it is. Go: exec.go evalCall, safeCall.
 */
export function callFailure(f: Place, at: Node, name: string, thrown: unknown): unknown {
  if (isStackOverflow(thrown)) {
    const cause = new BudgetError('depth', f.env.budget.limits.depth);
    return new ExecError(f.tree, at, cause.message, { cause });
  }
  if (!(thrown instanceof GoError)) return thrown;
  if (isOutOfBudget(thrown)) {
    return thrown instanceof ExecError ? thrown : new ExecError(f.tree, at, thrown.message, { cause: thrown });
  }
  return new ExecError(f.tree, at, `error calling ${name}: ${thrown.message}`, { cause: thrown });
}

/**
 * The engine's own limit, met when what runs the template had already used most of the stack. V8 has another error
 * for it while it compiles a regular expression.
 */
export function isStackOverflow(thrown: unknown): boolean {
  return (
    (thrown instanceof RangeError && thrown.message.includes('call stack')) ||
    (thrown instanceof SyntaxError && thrown.message.endsWith('Stack overflow'))
  );
}

/** Appends to the output. */
export function write(f: Place, text: string, node: Node): void {
  const { budget } = f.env;
  if ((budget.characters += text.length) > budget.limits.characters) outOfBudget(f, node, 'characters');
  if (f.out.text.length + text.length > budget.limits.output) outOfBudget(f, node, 'output');
  f.out.text += text;
}

/** Charges for nodes before they are executed. */
export function step(f: Place, count: number, node: Node): void {
  const { budget } = f.env;
  if ((budget.steps += count) > budget.limits.steps) outOfBudget(f, node, 'steps');
}

function outOfBudget(f: Place, node: Node, name: 'characters' | 'output' | 'steps'): never {
  const cause = new BudgetError(name, f.env.budget.limits[name]);
  throw new ExecError(f.tree, node, cause.message, { cause });
}
