import type { Value } from '../go/value.ts';
import { type Output, type Place, write } from './exec.ts';
import type { Node, TextNode } from './node.ts';
import type { LineOrigin, Segment } from './origin.ts';
import type { PathSet } from './path-set.ts';
import type { Trace } from './trace.ts';

/** An output that keeps account of its pieces. */
export interface TracedOutput extends Output {
  readonly segments: Segment[];
  /** What the text as a whole depends on, what left no mark on any line included. */
  all: PathSet;
  /** The last character that was written; a line break before there is any. */
  last: number;
  /** The first character that the round of the moment wrote, or -1. */
  first: number;
  /** What the line depends on, should it go on. */
  pending: PathSet | undefined;
  /** A line break here means that it does not. */
  endsAtBreak: boolean;
  /** What started a control or round that is over, to be told whether a line break follows. */
  waiting: { readonly segment: Segment; readonly decided: PathSet }[];
  /** What was not written here, to be noted unless a line break follows. */
  marks: { readonly segment: Segment; readonly decided: PathSet }[];
  /** Pieces that start with a line break. */
  readonly breaks: Set<Segment>;
}

export const LINE_BREAK = 10;

export function newOutput(trace: Trace): TracedOutput {
  return {
    text: '',
    segments: [],
    all: trace.control,
    last: LINE_BREAK,
    first: -1,
    pending: undefined,
    endsAtBreak: false,
    waiting: [],
    marks: [],
    breaks: new Set(),
  };
}

/** Notes what there is still to note once the output is complete, though its last line may go on elsewhere. */
export function closeOutput(out: TracedOutput, goesOn: boolean): void {
  const before = out.segments.at(-1);
  if (goesOn && out.pending && before) out.segments.push({ ...before, start: before.end, set: out.pending });
  if (goesOn) for (const { segment } of out.marks) out.segments.push(segment);
  if (!goesOn) for (const { segment } of out.waiting) segment.followed++;
}

/** What writes to such an output: an execution, as far as that matters here. */
interface Writer extends Place {
  readonly out: TracedOutput;
  readonly trace: Trace;
}

/** Writes what an action gave, and notes where it came from. */
export function emitValue(w: Writer, text: string, node: Node, value: Value): void {
  const { trace } = w;
  const set = typeof value === 'object' ? trace.union(trace.set, trace.whole(value)) : trace.set;
  emit(w, text, node, set, trace.lines);
}

/** Writes text of the template itself. */
export function emitText(w: Writer, node: TextNode): void {
  emit(w, node.text, node, w.trace.empty);
}

/** Line by line, where the trace knows its lines. */
function emit(w: Writer, text: string, node: Node, set: PathSet, lines?: readonly LineOrigin[]): void {
  const { trace, out } = w;
  const { segments } = out;
  const start = out.text.length;
  write(w, text, node);
  if (text !== '') noteEnds(w, text, start, node);
  const whole = piece(w, node, start, start + text.length, trace.union(set, trace.control));
  const index = segments.length;
  if (lines === undefined || !pushLines(trace, segments, text, whole, lines)) segments.push(whole);
  if (text.charCodeAt(0) === LINE_BREAK) out.breaks.add(segments[index] as Segment);
}

function piece(w: Writer, node: Node, start: number, end: number, set: PathSet): Segment {
  const { tree, trace, out } = w;
  out.all = trace.union(out.all, set);
  const isText = node.type === 'text';
  return { start, end, tree, pos: node.pos, isText, chain: trace.chain, set, starts: 0, followed: 0 };
}

function noteEnds(w: Writer, text: string, start: number, node: Node): void {
  const { trace, out } = w;
  const first = text.charCodeAt(0);
  if (out.first < 0) out.first = first;
  out.last = text.charCodeAt(text.length - 1);
  if (out.waiting.length > 0) {
    // A line break that is there for the same reason says nothing.
    for (const { segment, decided } of out.waiting) {
      if (first === LINE_BREAK && !decided.touches(trace.control)) segment.followed++;
    }
    out.waiting.length = 0;
  }
  if (out.marks.length > 0) {
    for (const { segment, decided } of out.marks) {
      if (first !== LINE_BREAK || decided.touches(trace.control)) out.segments.push(segment);
    }
    out.marks.length = 0;
  }
  if (!out.pending) return;
  // Another round would have come before this.
  if (!out.endsAtBreak || first !== LINE_BREAK) {
    out.segments.push(piece(w, node, start, start, out.pending));
  }
  out.pending = undefined;
}

function pushLines(
  trace: Trace,
  segments: Segment[],
  text: string,
  whole: Segment,
  lines: readonly LineOrigin[],
): boolean {
  const before = segments.length;
  let from = 0;
  for (const line of lines) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline + 1;
    const origin = line.with(trace.control, trace.sets);
    segments.push(origin.segmentAt(whole.start + from, whole.start + to, whole));
    from = to;
  }
  if (from === text.length) return true;
  segments.length = before;
  return false;
}

/**
 * Notes what decided that nothing was written here.
 *
 * @param apart whether what might have been written starts with a line break, and so leaves the line alone where
 *   another line break follows anyway
 */
export function mark(w: Writer, node: Node, set: PathSet, decided: PathSet, apart: boolean): void {
  if (set === w.trace.empty) return;
  const { out } = w;
  const at = out.text.length;
  const segment = piece(w, node, at, at, set);
  if (apart) {
    out.marks.push({ segment, decided });
    return;
  }
  // What would be here instead may go on with the line that those before end, if they change with it.
  const stays = (part: { readonly decided: PathSet }): boolean => !part.decided.touches(decided);
  for (const before of out.marks) if (!stays(before)) out.segments.push(before.segment);
  out.marks = out.marks.filter(stays);
  out.waiting = out.waiting.filter(stays);
  out.segments.push(segment);
}

/**
 * A control or round is over that wrote what there is since `from`.
 *
 * @param decided what it depended on
 * @param alike whether what it might have written instead leaves the line before alone as well
 */
export function finishPart(w: Writer, from: number, decided: PathSet, alike: boolean): void {
  const { segments, breaks, waiting } = w.out;
  let i = from;
  while (i < segments.length && (segments[i] as Segment).end === (segments[i] as Segment).start) i++;
  const first = segments[i];
  if (!first || !breaks.has(first)) return;
  first.starts++;
  if (alike) waiting.push({ segment: first, decided });
}
