import { isList, isMap, TypedMap, type Value } from '../go/value.ts';
import type { CallChain } from './origin.ts';
import { type LineOrigin, linesOf, type Segment } from './origin.ts';
import { type Path, type PathSet, PathSets } from './path-set.ts';

/** What happened to a container since it was made: reading anything out of it depends on that. */
interface Attachment {
  /** For all that is read. */
  base: PathSet;
  /** For which keys there are. */
  shape: PathSet;
  /** For single keys. */
  readonly entries: Map<string, PathSet>;
}

type Container = Map<string, Value> | Value[];

function isContainer(v: Value): v is Container {
  return isMap(v) || isList(v);
}

/** What an execution leaves to whoever called it. */
export interface Traced {
  readonly text: string;
  /** One for each line of the text. */
  readonly lines: readonly LineOrigin[];
  /** What the text as a whole depends on. */
  readonly all: PathSet;
}

/**
 * Follows what the lines of an output depend on, by the values that are read on the way. Sound rather than exact:
 * where a change of one value changes a line, the line's paths have that value's path or one above it.
 *
 * Expressions leave the paths of the value they gave in `set`, which whoever evaluates them picks up.
 */
export class Trace {
  readonly sets: PathSets = new PathSets();
  readonly empty: PathSet = this.sets.empty;
  /** What the value just computed depends on. */
  set: PathSet = this.empty;
  /** The lines of the text just computed, where it came out of a template line by line. */
  lines: readonly LineOrigin[] | undefined;
  /** What it depends on that this point is reached at all. */
  control: PathSet = this.empty;
  /** The calls of templates that led here. */
  chain: CallChain | undefined;
  /** What the next template to be executed is called with. */
  callControl: PathSet = this.empty;
  callData: PathSet = this.empty;
  /** What the last execution gave. */
  last: Traced | undefined;

  private readonly origins = new WeakMap<Container, Path>();
  private readonly attachments = new WeakMap<Container, Attachment>();
  /** A container of the values was changed, so that its path does not say everything about it any more. */
  private changed = false;

  /**
   * Says that a map or list is what the values hold under a path. Where a value is there under several paths,
   * mark it with the one that users know before anything is executed.
   *
   * @example trace.mark(subchartValues, ['redis'])
   */
  mark(container: Value, path: readonly string[]): void {
    if (isContainer(container)) this.origins.set(container, this.sets.path(path));
  }

  union(a: PathSet, b: PathSet): PathSet {
    return this.sets.union(a, b);
  }

  /** Says what the value just computed depends on. */
  leave(set: PathSet, lines?: readonly LineOrigin[]): void {
    this.set = set;
    this.lines = lines;
  }

  /** Before a value is computed that depends on nothing by itself. */
  clear(): void {
    this.leave(this.empty);
  }

  /** What reading one entry of a container depends on, besides the container itself. */
  read(container: Value, key: string, value: Value): PathSet {
    if (!isContainer(container)) return this.empty;
    const attached = this.attachments.get(container);
    let set = attached ? this.union(attached.base, attached.entries.get(key) ?? this.empty) : this.empty;
    const origin = this.origins.get(container);
    if (!origin) return set;
    if (isMethodResult(container, key, value)) return this.union(set, this.whole(container));
    const path = origin.child(key);
    if (isContainer(value)) {
      const known = this.origins.get(value);
      if (!known) this.origins.set(value, path);
      if (!known || known === path) return set;
    }
    set = this.union(set, path.single());
    return set;
  }

  /** What it depends on that a key is there, or a container is empty. */
  shape(container: Value, key?: string): PathSet {
    if (!isContainer(container)) return this.empty;
    const attached = this.attachments.get(container);
    const set = attached ? this.union(attached.base, attached.shape) : this.empty;
    const origin = this.origins.get(container);
    if (!origin) return set;
    return this.union(set, (key === undefined ? origin : origin.child(key)).single());
  }

  /** What a value depends on with all that is in it. */
  whole(value: Value): PathSet {
    return isContainer(value) ? this.wholeContainer(value, new Set()) : this.empty;
  }

  private wholeContainer(container: Container, seen: Set<Container>): PathSet {
    if (seen.has(container) || seen.size > MOST_CONTAINERS) return seen.has(container) ? this.empty : this.everything();
    seen.add(container);
    const origin = this.origins.get(container);
    const attached = this.attachments.get(container);
    let set = origin ? origin.single() : this.empty;
    if (attached) {
      set = this.union(this.union(set, attached.base), attached.shape);
      for (const entry of attached.entries.values()) set = this.union(set, entry);
    }
    if (origin && !this.changed) return set;
    for (const value of container.values()) {
      if (isContainer(value)) set = this.union(set, this.wholeContainer(value, seen));
    }
    return set;
  }

  private everything(): PathSet {
    return this.sets.root.single();
  }

  /**
   * An entry of a container was written, or taken out.
   *
   * @param keySet what it depends on which entry that is
   * @param shape what it depends on that it happened
   */
  attachEntry(container: Value, key: string, set: PathSet, keySet: PathSet, shape: PathSet): void {
    if (!isContainer(container)) return;
    const attached = this.attachment(container);
    attached.entries.set(key, this.union(attached.entries.get(key) ?? this.empty, set));
    attached.shape = this.union(attached.shape, this.union(keySet, shape));
    attached.base = this.union(attached.base, keySet);
  }

  /** A container was written; reading anything out of it depends on that. */
  attach(container: Value, set: PathSet): void {
    if (!isContainer(container)) return;
    const attached = this.attachment(container);
    attached.base = this.union(attached.base, set);
  }

  /** A container and all that it holds were written. */
  attachDeep(value: Value, set: PathSet, seen: Set<Container> = new Set()): void {
    if (!isContainer(value) || seen.has(value) || seen.size > MOST_CONTAINERS) return;
    seen.add(value);
    this.attach(value, set);
    for (const inner of value.values()) this.attachDeep(inner, set, seen);
  }

  /** A new container's entry. */
  enter(container: Value, key: string, set: PathSet): void {
    if (set === this.empty || !isContainer(container)) return;
    this.attachment(container).entries.set(key, set);
  }

  isTracked(value: Value): boolean {
    return isContainer(value) && this.origins.has(value);
  }

  /** Another face of the same container, such as the plain map that `set` gives back. */
  alias(of: Value, face: Value): void {
    if (of === face || !isContainer(of) || !isContainer(face)) return;
    const origin = this.origins.get(of);
    if (origin) this.origins.set(face, origin);
    this.attachments.set(face, this.attachment(of));
  }

  private attachment(container: Container): Attachment {
    let attached = this.attachments.get(container);
    if (!attached) {
      attached = { base: this.empty, shape: this.empty, entries: new Map() };
      this.attachments.set(container, attached);
    }
    if (this.origins.has(container)) this.changed = true;
    return attached;
  }

  /** Sums up an execution for its caller. */
  finish(text: string, segments: readonly Segment[], all: PathSet): void {
    // A line that nothing was written on is there for the same reasons as the rest.
    const lines = linesOf(this.sets, segments, text).map((line) => line.with(this.control, this.sets));
    this.last = { text, lines, all };
  }
}

/** Containers that are looked into before a walk counts as one of everything. */
const MOST_CONTAINERS = 10_000;

/** A named map's method, not a key of it. */
function isMethodResult(container: Container, key: string, value: Value): boolean {
  return container instanceof TypedMap && typeof value === 'object' && value !== null && container.get(key) !== value;
}
