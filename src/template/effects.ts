import type { BranchNode, CommandNode, ListNode, Operand, PipeNode, Statement } from './node.ts';

/** Functions that write to their first argument. */
export const MUTATORS: ReadonlySet<string> = new Set([
  'merge',
  'mergeOverwrite',
  'mustMerge',
  'mustMergeOverwrite',
  'set',
  'unset',
]);

/** A change that a branch makes, or would have made, to a container outside it. */
export interface Mutation {
  /** The variable that it starts from; none for dot. */
  readonly variable: string | undefined;
  readonly names: readonly string[];
  /** The key that is written, where the template names it. */
  readonly key: string | undefined;
}

/** What a branch does to what stands outside it, whether it is taken or not. */
export interface Effects {
  /** Variables from before it that are assigned. */
  readonly assigned: ReadonlySet<string>;
  /** Their variables are those in sight once its pipeline has a value. */
  readonly mutations: readonly Mutation[];
  /** A `break` or `continue`, after which everything in the loop depends on having got so far. */
  readonly jumps: boolean;
  /** Whether either part starts with a line break, where it starts with anything. */
  readonly listBreaks: boolean;
  readonly elseBreaks: boolean;
}

const known = new WeakMap<BranchNode, Effects>();

/** The effects of a branch, found out once. That looks at all that it holds, so that lists left for later are parsed. */
export function effectsOf(node: BranchNode): Effects {
  let effects = known.get(node);
  if (!effects) {
    const { assigned, mutations } = new Search(node);
    effects = {
      assigned,
      mutations,
      jumps: mayJump(node.list) || mayJump(node.elseList),
      listBreaks: startsWithBreak(node.list),
      elseBreaks: startsWithBreak(node.elseList),
    };
    known.set(node, effects);
  }
  return effects;
}

/** A walk through a branch in the order of its execution, as if all of it were executed. */
class Search {
  readonly assigned: Set<string> = new Set();
  readonly mutations: Mutation[] = [];
  /** The variables in sight that are declared in the branch, innermost last. */
  private readonly declared: string[] = [];
  /** How many of them its own pipeline declares. */
  private own: number = Number.POSITIVE_INFINITY;

  constructor(node: BranchNode) {
    this.pipe(node.pipe, true);
    this.own = this.declared.length;
    this.parts(node, true);
  }

  /** @param sameDot whether dot is that of the branch */
  private parts(node: BranchNode, sameDot: boolean): void {
    this.list(node.list, sameDot && node.type === 'if');
    this.list(node.elseList, sameDot);
  }

  private list(list: ListNode | undefined, sameDot: boolean): void {
    const mark = this.declared.length;
    for (const node of list?.nodes ?? []) this.statement(node, sameDot);
    this.declared.length = mark;
  }

  private statement(node: Statement, sameDot: boolean): void {
    switch (node.type) {
      case 'action':
      case 'template':
        if (node.pipe) this.pipe(node.pipe, sameDot);
        break;
      case 'if':
      case 'with':
      case 'range': {
        const mark = this.declared.length;
        this.pipe(node.pipe, sameDot);
        this.parts(node, sameDot);
        this.declared.length = mark;
      }
    }
  }

  private pipe({ cmds, decl, isAssign }: PipeNode, sameDot: boolean): void {
    for (const command of cmds) {
      this.command(command, sameDot);
      for (const arg of command.args) this.operand(arg, sameDot);
    }
    for (const { ident } of decl) {
      const name = ident[0] as string;
      if (!isAssign) this.declared.push(name);
      else if (!this.declared.includes(name)) this.assigned.add(name);
    }
  }

  private operand(node: Operand, sameDot: boolean): void {
    if (node.type === 'pipe') this.pipe(node, sameDot);
    else if (node.type === 'chain') this.operand(node.node, sameDot);
  }

  private command(command: CommandNode, sameDot: boolean): void {
    const mutation = mutationOf(command);
    if (!mutation) return;
    const { variable } = mutation;
    const isOutside = variable === undefined ? sameDot : this.declared.lastIndexOf(variable) < this.own;
    if (isOutside) this.mutations.push(mutation);
  }
}

function mutationOf({ args }: CommandNode): Mutation | undefined {
  const [first, target, key] = args;
  if (first?.type !== 'identifier' || !MUTATORS.has(first.ident) || !target) return undefined;
  const named = first.ident === 'set' || first.ident === 'unset';
  const written = named && key?.type === 'string' ? key.text : undefined;
  switch (target.type) {
    case 'dot':
      return { variable: undefined, names: [], key: written };
    case 'field':
      return { variable: undefined, names: target.ident, key: written };
    case 'variable':
      return { variable: target.ident[0], names: target.ident.slice(1), key: written };
    default:
      return undefined;
  }
}

/** Whether a branch can leave a loop around it. */
function mayJump(node: ListNode | undefined): boolean {
  return (
    node?.nodes.some((inner) => {
      if (inner.type === 'break' || inner.type === 'continue') return true;
      if (inner.type === 'if' || inner.type === 'with') return mayJump(inner.list) || mayJump(inner.elseList);
      // A range keeps its own to itself, but for those in its else.
      return inner.type === 'range' && mayJump(inner.elseList);
    }) ?? false
  );
}

/** Whether whatever a list writes starts with a line break. */
function startsWithBreak(list: ListNode | undefined): boolean {
  for (const node of list?.nodes ?? []) {
    switch (node.type) {
      case 'text':
        return node.text.startsWith('\n');
      case 'action':
        if (node.pipe.decl.length === 0) return false;
        break;
      case 'if':
      case 'with':
      case 'range':
        if (!startsWithBreak(node.list) || !startsWithBreak(node.elseList)) return false;
        break;
      case 'template':
        return false;
    }
  }
  return true;
}
