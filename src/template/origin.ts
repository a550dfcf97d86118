import type { Position } from '../errors.ts';
import { byteLength } from '../go/bytes.ts';
import type { Node, Tree } from './node.ts';
import type { PathSet, PathSets } from './path-set.ts';

/** A node that called a template, and those that led to it. */
export interface CallChain {
  readonly outer: CallChain | undefined;
  readonly tree: Tree;
  readonly node: Node;
}

/** A piece of an output, and where it comes from. One without text marks where a condition left it out. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly tree: Tree;
  /** Where in the source: for plain text its first character, else the node. */
  readonly pos: number;
  readonly isText: boolean;
  readonly chain: CallChain | undefined;
  readonly set: PathSet;
  /**
   * How many controls and rounds start with this piece, which starts with a line break, and how many of them have
   * another line break after them. Where all have, the line before is the same without them.
   */
  starts: number;
  followed: number;
}

/** A place of a template. */
export type SourcePosition = Required<Position>;

/** Where a line of an output comes from. */
export class LineOrigin {
  readonly set: PathSet;
  private readonly tree: Tree | undefined;
  private readonly pos: number;
  private readonly calls: CallChain | undefined;

  /** @param at what wrote the line's first visible text */
  constructor(set: PathSet, at?: Pick<Segment, 'tree' | 'pos' | 'chain'>) {
    this.set = set;
    this.tree = at?.tree;
    this.pos = at?.pos ?? 0;
    this.calls = at?.chain;
  }

  /** The same line, depending on more. */
  with(set: PathSet, sets: PathSets): LineOrigin {
    const both = sets.union(this.set, set);
    if (both === this.set) return this;
    return new LineOrigin(both, this.tree && { tree: this.tree, pos: this.pos, chain: this.calls });
  }

  /** What wrote the line; nothing for a line that only a line break made. */
  get position(): SourcePosition | undefined {
    return this.tree && positionOf(this.tree, this.pos);
  }

  /** The calls of templates that led to it, outermost first: where each stands, and in which template. */
  get chain(): (SourcePosition & { readonly template: string })[] {
    const calls: (SourcePosition & { readonly template: string })[] = [];
    for (let at = this.calls; at; at = at.outer) {
      calls.unshift({ ...positionOf(at.tree, at.node.pos), template: at.tree.name });
    }
    return calls;
  }

  /** The template, a file or a definition, that wrote it. */
  get template(): string | undefined {
    return this.tree?.name;
  }

  /** The values that the line depends on, each as its keys. One stands for everything under it. */
  get paths(): string[][] {
    return this.set.paths.map((path) => path.keys());
  }

  /** A piece of another output that is this line. */
  segmentAt(start: number, end: number, fallback: Segment): Segment {
    const { set, tree, pos, calls } = this;
    const from = tree ? { tree, pos, chain: calls } : fallback;
    return {
      start,
      end,
      tree: from.tree,
      pos: from.pos,
      chain: from.chain,
      isText: false,
      set,
      starts: 0,
      followed: 0,
    };
  }
}

const starts = new WeakMap<Tree, readonly number[]>();

/** Where each line of a template's text starts, looked up once for all that ask. */
function lineStarts(tree: Tree): readonly number[] {
  let known = starts.get(tree);
  if (!known) {
    const found = [0];
    for (let at = tree.text.indexOf('\n'); at >= 0; at = tree.text.indexOf('\n', at + 1)) found.push(at + 1);
    known = found;
    starts.set(tree, known);
  }
  return known;
}

function positionOf(tree: Tree, pos: number): SourcePosition {
  const lines = lineStarts(tree);
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as number) <= pos) low = middle;
    else high = middle - 1;
  }
  const column = byteLength(tree.text.slice(lines[low], pos));
  return { file: tree.parseName, line: low + 1, column };
}

/** Segments by the lines of the text that they make up. They are in order and leave no gap. */
export function linesOf(sets: PathSets, segments: readonly Segment[], text: string): LineOrigin[] {
  const lines: LineOrigin[] = [];
  let next = 0;
  let from = 0;
  while (true) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline + 1;
    lines.push(lineOf(sets, segments, next, text, from, to, newline < 0));
    if (newline < 0) return lines;
    // A piece that goes on into the next line is looked at again.
    while (next < segments.length && (segments[next] as Segment).end <= to && (segments[next] as Segment).start < to) {
      next++;
    }
    from = to;
  }
}

function lineOf(
  sets: PathSets,
  segments: readonly Segment[],
  next: number,
  text: string,
  from: number,
  to: number,
  isLast: boolean,
): LineOrigin {
  let set = sets.empty;
  let at: Pick<Segment, 'tree' | 'pos' | 'chain'> | undefined;
  let visible = false;
  for (let i = next; i < segments.length; i++) {
    const segment = segments[i] as Segment;
    if (segment.start > to || (segment.start === to && !isLast)) break;
    // Nothing of it is on this line but the break at its end, which would be there without it.
    const isSpare = segment.start === to - 1 && segment.starts > 0 && segment.followed === segment.starts;
    if (!isSpare || isLast) set = sets.union(set, segment.set);
    if (visible || segment.end === segment.start) continue;
    const shown = visibleIn(text, Math.max(from, segment.start), Math.min(to, segment.end));
    visible = shown >= 0;
    if (visible || (at === undefined && !isSpare)) {
      const { tree, chain } = segment;
      const offset = segment.isText ? (visible ? shown : Math.max(from, segment.start)) - segment.start : 0;
      at = { tree, chain, pos: segment.pos + offset };
    }
  }
  return new LineOrigin(set, at);
}

/** Where the first character is that can be seen; -1 where there is none. */
function visibleIn(text: string, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return i;
  }
  return -1;
}
