import type { FunctionEnv } from '../functions/func.ts';
import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import type { Value } from '../go/value.ts';
import {
  DEFAULT_STACK,
  type Functions,
  isStackOverflow,
  type Machine,
  type MissingKey,
  type Output,
  stackCost,
} from './exec.ts';
import type { Tree } from './node.ts';
import type { Outline } from './outline.ts';
import type { TreeSet } from './parse.ts';
import { State, TracedState } from './state.ts';
import { parseText } from './texts.ts';
import type { Trace } from './trace.ts';
import { closeOutput, newOutput } from './traced-output.ts';
import { walkList } from './walk.ts';

/** How a set treats its templates. */
export interface SetOptions {
  /** The name of the set itself, which messages about missing templates show. */
  readonly name?: string;
  /** Go's `missingkey` option; Helm's is `zero`. */
  readonly missingKey?: MissingKey;
}

/** What execution needs: the world outside, and what goes on inside. */
export interface ExecEnv extends Machine {
  /** The set whose templates are found by name at the moment. */
  set: TemplateSet;
  /** How many times over each name is being included; kept by `include` itself. */
  readonly including: Map<string, number>;
}

/** The surroundings of one render, for any number of executions one after the other. */
export function createExecEnv(set: TemplateSet, world: FunctionEnv, options: ExecOptions = {}): ExecEnv {
  const { host, budget } = world;
  const { maxStack = DEFAULT_STACK, trace } = options;
  return { host, budget, await: (start) => world.await(start), set, stack: 0, maxStack, trace, including: new Map() };
}

/** How to execute. */
export interface ExecOptions {
  /** What templates inside templates may take of the stack, in units of about 100 bytes. */
  readonly maxStack?: number;
  /** Follows what the output depends on, at the price of several times the work; `trace.last` then has the lines. */
  readonly trace?: Trace | undefined;
}

/** A template of a set. */
export interface Template {
  readonly name: string;
  readonly tree: Tree;
}

/** A template with what spares parsing its text again, as far as that was not known before. */
export interface ParsedTemplate extends Template {
  learned(): Outline | undefined;
}

/**
 * Templates that can call each other by name. Go: template.go Template, as far as it is a name space.
 *
 * @example
 * const set = new TemplateSet(functions);
 * set.parse('a.yaml', '{{ define "x" }}…{{ end }}');
 * set.execute('a.yaml', data, createExecEnv(set, world));
 */
export class TemplateSet {
  readonly name: string;
  readonly missingKey: MissingKey;
  private readonly functions: Functions;
  private readonly parent: TemplateSet | undefined;
  private readonly templates = new Map<string, Template>();

  constructor(functions: Functions, options: SetOptions = {}, parent?: TemplateSet) {
    this.name = options.name ?? 'gotpl';
    this.missingKey = options.missingKey ?? 'zero';
    this.parent = parent;
    this.functions = functions;
  }

  /** A set that sees this one's templates; what is parsed into it is not seen here. Go: template.go Clone. */
  derive(): TemplateSet {
    return new TemplateSet(this.functions, { name: this.name, missingKey: this.missingKey }, this);
  }

  /**
   * Parses a text and adds its templates. A definition that holds nothing but space replaces none that is there,
   * yet the template that is returned is the text's own, whatever its name stands for in the set.
   *
   * @param outline of the very same text for the same functions, where there is one
   * @throws ParseError
   */
  parse(name: string, text: string, outline?: Outline): ParsedTemplate {
    const parsed = parseText(this.functions, name, text, outline);
    return { ...this.add(name, parsed.trees), learned: () => parsed.learned() };
  }

  /** Adds what a parser gave. Go: template.go AddParseTree, associate. */
  add(name: string, trees: TreeSet): Template {
    for (const [each, tree] of trees) {
      if (!tree.isEmpty || !this.lookup(each)) this.templates.set(each, { name: each, tree });
    }
    return { name, tree: trees.get(name) as Tree };
  }

  /** The template of a name, here or in a set that this one was derived from. */
  lookup(name: string): Template | undefined {
    let at: TemplateSet | undefined = this;
    while (at) {
      const found = at.templates.get(name);
      if (found) return found;
      at = at.parent;
    }
    return undefined;
  }

  /**
   * Executes a template and gives its text. May be called by a function that a template called: budget and depth
   * go on. The templates that it calls are found in this set.
   *
   * @param template its name, or what `parse` returned
   * @throws ExecError, or a GoError when there is no such template
   */
  execute(template: string | Template, data: Value, env: ExecEnv): string {
    const found = typeof template === 'string' ? this.lookup(template) : template;
    if (!found) {
      throw new GoError(
        `template: no template ${quote(String(template))} associated with template ${quote(this.name)}`,
      );
    }
    const { set, stack } = env;
    const cost = stackCost(found.tree.nesting);
    if (stack + cost > env.maxStack) throw new BudgetError('depth', Math.floor(env.maxStack / cost));
    env.set = this;
    env.stack = stack + cost;
    try {
      return env.trace
        ? runTraced(found, this.functions, env, env.trace, data ?? undefined)
        : run(found, this.functions, env, data ?? undefined);
    } catch (thrown) {
      throw isStackOverflow(thrown) ? new BudgetError('depth', env.budget.limits.depth) : thrown;
    } finally {
      env.set = set;
      env.stack = stack;
    }
  }
}

function run(template: Template, functions: Functions, env: Machine, data: Value): string {
  const out: Output = { text: '' };
  walkList(new State(env, template, functions, out, data), data, template.tree.root);
  return out.text;
}

/** Runs a template that a function called, or nobody: its lines are left in the trace. */
function runTraced(template: Template, functions: Functions, env: Machine, trace: Trace, data: Value): string {
  const { control, callControl, callData } = trace;
  trace.control = trace.union(control, callControl);
  const out = newOutput(trace);
  trace.callControl = trace.empty;
  trace.callData = trace.empty;
  trace.leave(callData);
  try {
    walkList(new TracedState(env, template, functions, out, data), data, template.tree.root);
    closeOutput(out, trace.chain !== undefined);
    trace.finish(out.text, out.segments, out.all);
  } finally {
    trace.control = control;
  }
  return out.text;
}
