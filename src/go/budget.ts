import { GoError } from './error.ts';

/** What one render may use. Every number is a count that the work is charged to as it happens. */
export interface Limits {
  /** Template nodes and loop rounds executed. */
  readonly steps: number;
  /** Characters written to outputs and built by functions. */
  readonly characters: number;
  /** Characters of all that the templates come to, and of any one text. */
  readonly output: number;
  /** Nested nodes in a template, brackets in YAML or JSON, template calls inside template calls. */
  readonly depth: number;
  /** Nodes of a YAML document after its aliases are expanded. */
  readonly nodes: number;
}

/**
 * Defaults at ten times and more of what the published chart takes that takes most (test/hostile/budgets.ts), yet small
 * enough to end a hostile one in seconds.
 */
export const DEFAULT_LIMITS: Limits = {
  steps: 20_000_000,
  characters: 640 * 1024 * 1024,
  output: 64 * 1024 * 1024,
  depth: 1_000,
  nodes: 1_000_000,
};

/** Thrown when a budget runs out; the render stage adds position and code. */
export class BudgetError extends GoError {
  override name = 'BudgetError';
  readonly budget: keyof Limits;
  readonly limit: number;

  constructor(budget: keyof Limits, limit: number) {
    const what = budget === 'output' ? 'characters of one text' : budget;
    super(`the render needs more than ${limit} ${what}, the limit for one render`);
    this.budget = budget;
    this.limit = limit;
  }
}

/** Counts work against {@link Limits}; one per render, shared by everything that the render does. */
export class Budget {
  readonly limits: Limits;
  steps = 0;
  characters = 0;
  output = 0;
  nodes = 0;

  constructor(limits: Partial<Limits> = DEFAULT_LIMITS) {
    this.limits = limits === DEFAULT_LIMITS ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...limits };
  }

  step(n = 1): void {
    if ((this.steps += n) > this.limits.steps) throw new BudgetError('steps', this.limits.steps);
  }

  /** Charge for text before it is built: `n` characters. One text may have as many as the output. */
  grow(n: number): void {
    if (n > this.limits.output) throw new BudgetError('output', this.limits.output);
    if ((this.characters += n) > this.limits.characters) throw new BudgetError('characters', this.limits.characters);
  }

  /** What a template has come to. */
  write(n: number): void {
    if ((this.output += n) > this.limits.output) throw new BudgetError('output', this.limits.output);
  }

  node(n = 1): void {
    if ((this.nodes += n) > this.limits.nodes) throw new BudgetError('nodes', this.limits.nodes);
  }

  /** Call with the depth reached, before going deeper. */
  depth(n: number): void {
    if (n > this.limits.depth) throw new BudgetError('depth', this.limits.depth);
  }
}

/** Stops what recurses where no render's own limits are at hand. */
export function checkDepth(depth: number): void {
  if (depth > DEFAULT_LIMITS.depth) throw new BudgetError('depth', DEFAULT_LIMITS.depth);
}

/** Past this text no JavaScript engine may go, whatever the budget says. */
const LONGEST = 0x1800_0000;

/** How long one text may get. */
export function longestText(budget: Budget | undefined): number {
  return budget?.limits.output ?? LONGEST;
}
