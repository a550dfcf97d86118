import type { CommandNode, ListNode, Node } from './node.ts';
import type { Scope } from './scope.ts';
import type { Mutation } from './traced.ts';

/** Functions that write to their first argument. */
export const MUTATORS: ReadonlySet<string> = new Set([
  'merge',
  'mergeOverwrite',
  'mustMerge',
  'mustMergeOverwrite',
  'set',
  'unset',
]);

/** The changes that a node makes, or may make, to containers that variables in sight or dot lead to. */
export function mutationsOf(nodes: readonly (Node | undefined)[], scope: Scope): Mutation[] {
  const found: Mutation[] = [];
  const look = (node: Node | undefined, sameDot: boolean): void => {
    switch (node?.type) {
      case 'list':
        for (const inner of node.nodes) look(inner, sameDot);
        break;
      case 'action':
      case 'template':
        look(node.pipe, sameDot);
        break;
      case 'if':
      case 'with':
      case 'range':
        look(node.pipe, sameDot);
        look(node.list, sameDot && node.type === 'if');
        look(node.elseList, sameDot);
        break;
      case 'pipe':
        for (const cmd of node.cmds) look(cmd, sameDot);
        break;
      case 'chain':
        look(node.node, sameDot);
        break;
      case 'command': {
        const mutation = mutationOf(node, scope);
        if (mutation && (sameDot || mutation.slot >= 0)) found.push(mutation);
        for (const arg of node.args) look(arg, sameDot);
      }
    }
  };
  for (const node of nodes) look(node, true);
  return found;
}

function mutationOf({ args }: CommandNode, scope: Scope): Mutation | undefined {
  const [first, target, key] = args;
  if (first?.type !== 'identifier' || !MUTATORS.has(first.ident) || !target) return undefined;
  const named = first.ident === 'set' || first.ident === 'unset';
  const written = named && key?.type === 'string' ? key.text : undefined;
  switch (target.type) {
    case 'dot':
      return { slot: -1, names: [], key: written };
    case 'field':
      return { slot: -1, names: target.ident, key: written };
    case 'variable': {
      const [name, ...names] = target.ident as [string, ...string[]];
      const variable = scope.lookup(name);
      return variable && { slot: variable.slot, names, key: written };
    }
    default:
      return undefined;
  }
}

/** Whether a branch can leave a loop around it. */
export function mayJump(node: ListNode | undefined): boolean {
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
export function startsWithBreak(list: ListNode | undefined): boolean {
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
