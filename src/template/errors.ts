import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import type { GoMap } from '../go/value.ts';
import { type Node, nodePosition, nodeText, type Tree } from './node.ts';

/** A template that does not parse. Go: `template: NAME:LINE: REASON`. */
export class ParseError extends GoError {
  override name = 'ParseError';
  readonly file: string;
  readonly line: number;
  readonly reason: string;

  constructor(file: string, line: number, reason: string, options?: { cause: GoError }) {
    super(`template: ${file}:${line}: ${reason}`, options);
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

/** The way to something that was not there. */
export interface MissingPath {
  /** The whole chain of names as the template has it, e.g. `['Values', 'image', 'tga']`. */
  readonly path: readonly string[];
  /** The first name of the chain that was missing. */
  readonly key: string;
  /** The map without it, whose keys are what could have been meant. */
  readonly map: GoMap | undefined;
}

/**
 * Execution stopped at a node. The message is Go's; the fields say the same without text to take apart. `cause` is
 * the error of a function or method, itself an ExecError where `include` failed.
 */
export class ExecError extends GoError {
  override name = 'ExecError';
  /** The text that the node stands in. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The template that was executing: the file, or a definition in it. */
  readonly template: string;
  /** The node as Go prints it back. */
  readonly node: string;
  /** The message without its place. */
  readonly reason: string;
  readonly missing: MissingPath | undefined;

  constructor(tree: Tree, node: Node, reason: string, options: { cause?: GoError; missing?: MissingPath } = {}) {
    const { line, column } = nodePosition(tree, node);
    const text = nodeText(node);
    super(
      `template: ${tree.parseName}:${line}:${column}: executing ${quote(tree.name)} at <${text}>: ${reason}`,
      options.cause && { cause: options.cause },
    );
    this.file = tree.parseName;
    this.line = line;
    this.column = column;
    this.template = tree.name;
    this.node = text;
    this.reason = reason;
    this.missing = options.missing;
  }
}

/** Whether a budget ran out: such an error keeps the place where it did, whatever it passes on its way up. */
export function isOutOfBudget(err: unknown): boolean {
  return err instanceof BudgetError || (err instanceof ExecError && err.cause instanceof BudgetError);
}
