import type { ListNode } from './node.ts';

/**
 * What is known of a text once it has parsed: where its lists are. With it, the same text need not be parsed as a
 * whole again: each list is when it is executed, which most lists of a chart are not. Plain data, to be kept on disk.
 */
export interface Outline {
  /** Start and end of each list of a control or definition, in order of start, one after the other. */
  readonly spans: readonly number[];
  readonly trees: readonly TreeOutline[];
}

/** Grows with every change to what an outline says, or to what the parser takes. */
export const FORMAT = 2;

/**
 * A template of the text: where its list starts ({@link WHOLE} for the text's own, whatever its name), and what its tree
 * says.
 */
export type TreeOutline = readonly [name: string, start: number, nesting: number, isEmpty: boolean];

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
  private read: (() => ListNode) | undefined;
  private list: ListNode | undefined;

  /** @param read parses the list, which is known to succeed */
  constructor(read: () => ListNode) {
    this.read = read;
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
