import type { BranchNode, ListNode, Statement } from './node.ts';

/**
 * What is known of a text once it has parsed: where its lists are, and the nodes of those that have been executed. With
 * it, the same text need not be parsed as a whole again: the other lists are when they are executed, which most lists of
 * a chart are not. Plain data, to be kept on disk.
 */
export interface Outline {
  /** Start and end of each list of a control or definition, in order of start, one after the other. */
  readonly spans: readonly number[];
  readonly trees: readonly TreeOutline[];
}

/** Grows with every change to what an outline says, or to what the parser takes. */
export const FORMAT = 3;

/**
 * A template of the text: where its list starts ({@link WHOLE} for the text's own, whatever its name), what its tree
 * says, and the list if it has been executed.
 */
export type TreeOutline = readonly [name: string, start: number, nesting: number, isEmpty: boolean, list?: KeptList];

/** A list as it is kept: where its nodes are, or, where it has never been executed, where it starts. */
export type KeptList = ListNode | { readonly start: number };

/** The start of a list that is the whole text, with its definitions taken out. */
export const WHOLE = -1;

/** Where the list that starts at a place ends: the place of the `{{` that closes it. */
export function endOf({ spans }: Outline, start: number): number {
  let low = 0;
  let high = spans.length / 2 - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[2 * middle] as number) < start) low = middle + 1;
    else high = middle;
  }
  if (spans[2 * low] !== start) throw new Error(`no list starts at ${start}`);
  return spans[2 * low + 1] as number;
}

/** A list that is parsed when it is asked for. */
export class LaterList implements ListNode {
  readonly type = 'list';
  readonly start: number;
  private read: (() => ListNode) | undefined;
  private list: ListNode | undefined;

  /** @param read parses the list, which is known to succeed */
  constructor(start: number, read: () => ListNode) {
    this.start = start;
    this.read = read;
  }

  get isRead(): boolean {
    return this.list !== undefined;
  }

  private get parsed(): ListNode {
    if (this.list === undefined) {
      this.list = this.read?.() as ListNode;
      this.read = undefined;
    }
    return this.list;
  }

  get pos(): number {
    return this.parsed.pos;
  }

  get nodes(): ListNode['nodes'] {
    return this.parsed.nodes;
  }
}

/** What to keep of a list: of all within it that has not been executed, only where it starts. */
export function keptList(list: ListNode): KeptList {
  const isWanted = list instanceof LaterList ? list.isRead : list.isExecuted !== false;
  if (!isWanted) return { start: list.start as number };
  const { pos, start } = list;
  return { type: 'list', pos, ...(start !== undefined && { start }), nodes: list.nodes.map(keptStatement) };
}

function keptStatement(node: Statement): Statement {
  if (!isBranch(node)) return node;
  const { list, elseList } = node;
  return { ...node, list: keptList(list) as ListNode, elseList: elseList && (keptList(elseList) as ListNode) };
}

/** The list again: what was not kept of it is read with `later`. The list given is changed. */
export function revivedList(list: KeptList, later: (start: number) => ListNode): ListNode {
  if (!('nodes' in list)) return later(list.start);
  for (const node of list.nodes) {
    if (!isBranch(node)) continue;
    const branch = node as { list: ListNode; elseList: ListNode | undefined };
    branch.list = revivedList(branch.list, later);
    if (branch.elseList !== undefined) branch.elseList = revivedList(branch.elseList, later);
  }
  return list;
}

function isBranch(node: Statement): node is BranchNode {
  return node.type === 'if' || node.type === 'range' || node.type === 'with';
}
