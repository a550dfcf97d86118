/** A place in the values: the keys that lead to it. There is one object for each place. */
export class Path {
  readonly parent: Path | undefined;
  readonly key: string;
  readonly id: number;
  readonly depth: number;
  private readonly owner: PathSets;
  private children: Map<string, Path> | undefined;
  private alone: PathSet | undefined;

  constructor(owner: PathSets, parent: Path | undefined, key: string, id: number) {
    this.owner = owner;
    this.parent = parent;
    this.key = key;
    this.id = id;
    this.depth = parent ? parent.depth + 1 : 0;
  }

  child(key: string): Path {
    this.children ??= new Map();
    let child = this.children.get(key);
    if (child === undefined) {
      child = this.owner.newPath(this, key);
      this.children.set(key, child);
    }
    return child;
  }

  /** The set of this path alone. */
  single(): PathSet {
    return (this.alone ??= this.owner.intern([this]));
  }

  keys(): string[] {
    const keys: string[] = [];
    for (let at: Path = this; at.parent; at = at.parent) keys.unshift(at.key);
    return keys;
  }
}

/** Paths that something depends on. A path stands for everything under it. Equal sets are one object. */
export class PathSet {
  readonly paths: readonly Path[];
  /** What the union with another set was. */
  readonly unions: Map<PathSet, PathSet> = new Map();
  private readonly overlaps: Map<PathSet, boolean> = new Map();

  constructor(paths: readonly Path[]) {
    this.paths = paths;
  }

  /** Whether a change of one value may concern both. */
  touches(other: PathSet): boolean {
    if (this.paths.length === 0 || other.paths.length === 0) return false;
    let known = this.overlaps.get(other);
    if (known === undefined) {
      known = isUnder(this, other) || isUnder(other, this);
      this.overlaps.set(other, known);
    }
    return known;
  }
}

/** Whether a path of the one set is in the other, or under one that is. */
function isUnder(set: PathSet, others: PathSet): boolean {
  const paths = new Set(others.paths);
  return set.paths.some((path) => {
    for (let at: Path | undefined = path; at; at = at.parent) if (paths.has(at)) return true;
    return false;
  });
}

/** More paths than this and a set falls back to what lies above them. */
const MOST_PATHS = 200;

/** Makes paths and sets, and finds those made before. */
export class PathSets {
  private count = 0;
  private readonly sets = new Map<string, PathSet>();
  readonly root: Path = new Path(this, undefined, '', this.count++);
  readonly empty: PathSet = this.intern([]);

  newPath(parent: Path, key: string): Path {
    return new Path(this, parent, key, this.count++);
  }

  path(keys: readonly string[]): Path {
    return keys.reduce((at, key) => at.child(key), this.root);
  }

  /** The set of these paths, which are sorted by id. */
  intern(paths: readonly Path[]): PathSet {
    const name = paths.map((path) => path.id).join();
    let set = this.sets.get(name);
    if (set === undefined) {
      set = new PathSet(paths);
      this.sets.set(name, set);
    }
    return set;
  }

  union(a: PathSet, b: PathSet): PathSet {
    if (a === b || b.paths.length === 0) return a;
    if (a.paths.length === 0) return b;
    let both = a.unions.get(b);
    if (both === undefined) {
      both = this.merge(a, b);
      a.unions.set(b, both);
    }
    return both;
  }

  private merge(a: PathSet, b: PathSet): PathSet {
    let paths = outermost(new Set([...a.paths, ...b.paths]));
    // Naming what lies above says no less, only less exactly.
    for (let depth = deepest(paths); paths.length > MOST_PATHS; depth--) {
      paths = outermost(new Set(paths.map((path) => (path.depth >= depth && path.parent ? path.parent : path))));
    }
    return this.intern(paths.sort((x, y) => x.id - y.id));
  }
}

function deepest(paths: readonly Path[]): number {
  return paths.reduce((max, path) => Math.max(max, path.depth), 0);
}

/** The paths that no other of the set stands for. */
function outermost(paths: ReadonlySet<Path>): Path[] {
  return [...paths].filter((path) => {
    for (let at = path.parent; at; at = at.parent) if (paths.has(at)) return false;
    return true;
  });
}
