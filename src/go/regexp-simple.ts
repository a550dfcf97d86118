/**
 * Patterns of the simple kind that charts have: characters, classes, groups, alternatives and repetitions, on texts
 * of ASCII alone. re2js reads and matches all there is, but it is made for patterns that are used for long: getting
 * it ready for one takes longer than most charts take to render. Matching takes time linear in the text here, too: no
 * place of the program is tried twice at the same place of the text. Go: regexp/backtrack.go
 */

/** One step of a program. */
interface Inst {
  readonly op: 'char' | 'split' | 'jump' | 'save' | 'begin' | 'end' | 'match';
  /** What a `char` takes: one flag for each ASCII character. */
  readonly set?: Uint8Array;
  /** Where `split` and `jump` go, the preferred way first. */
  x: number;
  y: number;
  /** The place of the span that `save` writes. */
  readonly slot: number;
}

/** Larger programs and longer texts are left to re2js. */
const MAX_PROGRAM = 200;
const MAX_REPEAT = 20;
const MAX_DEPTH = 20;
const MAX_VISITS = 20_000;

const META = '\\.+*?()|[]{}^$';

/** Which step was at which place, by the number of the search: one array for all, since none goes on within another. */
const visited = new Uint8Array(MAX_VISITS);
let searches = 0;

function nextStamp(): number {
  if (++searches > 255) {
    visited.fill(0);
    searches = 1;
  }
  return searches;
}

/** A pattern that {@link compileSimple} could read. */
export class SimpleRegexp {
  private readonly program: readonly Inst[];
  /** How many groups there are besides the match itself. */
  readonly groups: number;
  /** The characters that a match can begin with; nothing where it may be empty. */
  private first: Uint8Array | undefined;
  private isReady = false;

  constructor(program: readonly Inst[], groups: number) {
    this.program = program;
    this.groups = groups;
  }

  /** Whether the text is one that this may be asked about. */
  takes(text: string): boolean {
    return (text.length + 1) * this.program.length <= MAX_VISITS && /^[\0-\x7f]*$/.test(text);
  }

  /** Start and end of the leftmost match at or after a place, and of its groups; -1 for those that took no part. */
  search(text: string, from: number): number[] | null {
    if (!this.isReady) this.first = firstOf(this.program);
    this.isReady = true;
    const { program, first } = this;
    const width = text.length + 1 - from;
    let stamp = 0;
    const isAnchored = program[1]?.op === 'begin';
    for (let start = from; start <= text.length; start++) {
      if (isAnchored && start > 0) return null;
      if (first && (start === text.length || first[text.charCodeAt(start)] === 0)) continue;
      stamp ||= nextStamp();
      const span = this.run(text, from, start, stamp, width);
      if (span) return span;
    }
    return null;
  }

  /** What was visited from an earlier start led nowhere, and would again. */
  private run(text: string, from: number, start: number, stamp: number, width: number): number[] | null {
    const { program } = this;
    const span = new Array<number>(2 * this.groups + 2).fill(-1);
    // Pairs of a step and a place; a step below 0 puts back what a `save` wrote.
    const jobs: number[] = [0, start];
    while (jobs.length > 0) {
      let at = jobs.pop() as number;
      let pc = jobs.pop() as number;
      if (pc < 0) {
        span[-1 - pc] = at;
        continue;
      }
      for (;;) {
        const seen = pc * width + at - from;
        if (visited[seen] === stamp) break;
        visited[seen] = stamp;
        const inst = program[pc] as Inst;
        if (inst.op === 'match') return span;
        if (inst.op === 'char') {
          if (at >= text.length || (inst.set as Uint8Array)[text.charCodeAt(at)] !== 1) break;
          at++;
          pc++;
        } else if (inst.op === 'split') {
          jobs.push(inst.y, at);
          pc = inst.x;
        } else if (inst.op === 'jump') {
          pc = inst.x;
        } else if (inst.op === 'save') {
          jobs.push(-1 - inst.slot, span[inst.slot] as number);
          span[inst.slot] = at;
          pc++;
        } else {
          if (at !== (inst.op === 'begin' ? 0 : text.length)) break;
          pc++;
        }
      }
    }
    return null;
  }
}

/** What a program takes first; undefined for one that may take nothing. */
function firstOf(program: readonly Inst[]): Uint8Array | undefined {
  const first = new Uint8Array(128);
  const seen = new Set<number>();
  const ways = [0];
  for (let pc = ways.pop(); pc !== undefined; pc = ways.pop()) {
    if (seen.has(pc)) continue;
    seen.add(pc);
    const { op, set, x, y } = program[pc] as Inst;
    if (op === 'match') return undefined;
    if (op === 'char') (set as Uint8Array).forEach((flag, code) => void (first[code] = (first[code] as number) | flag));
    else if (op === 'split') ways.push(x, y);
    else ways.push(op === 'jump' ? x : pc + 1);
  }
  return first;
}

/** The program of a pattern; undefined for one that is not simple, or not right, which re2js can tell. */
export function compileSimple(pattern: string): SimpleRegexp | undefined {
  if (pattern.length > MAX_PROGRAM || !/^[\n\t\x20-\x7e]*$/.test(pattern)) return undefined;
  const compiler = new Compiler(pattern);
  return compiler.compile() ? new SimpleRegexp(compiler.program, compiler.groups) : undefined;
}

/** Reads a pattern and writes its program as it goes. Whatever is not simple makes it give up. */
class Compiler {
  readonly program: Inst[] = [];
  groups = 0;
  private readonly source: string;
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  compile(): boolean {
    this.emit('save', { slot: 0 });
    if (this.alternatives() === undefined || this.at < this.source.length) return false;
    this.emit('save', { slot: 1 });
    this.emit('match');
    return this.program.length <= MAX_PROGRAM;
  }

  private emit(op: Inst['op'], rest: { set?: Uint8Array; x?: number; y?: number; slot?: number } = {}): number {
    const { set, x = 0, y = 0, slot = 0 } = rest;
    this.program.push(set === undefined ? { op, x, y, slot } : { op, set, x, y, slot });
    return this.program.length - 1;
  }

  /** Says whether what was read can match nothing; undefined gives up. */
  private alternatives(): boolean | undefined {
    if (++this.depth > MAX_DEPTH) return undefined;
    const start = this.program.length;
    let canBeEmpty = this.sequence();
    const ends: number[] = [];
    while (canBeEmpty !== undefined && this.source[this.at] === '|') {
      this.at++;
      const size = this.program.length - start;
      this.insert(start, 'split', { x: start + 1, y: start + size + 2 });
      ends.push(this.emit('jump'));
      // `a|b|c` is `a|(?:b|c)`.
      const next = this.alternatives();
      canBeEmpty = next === undefined ? undefined : canBeEmpty || next;
    }
    for (const end of ends) (this.program[end] as Inst).x = this.program.length;
    this.depth--;
    return canBeEmpty;
  }

  /** Puts a step before others, which then are one further on. */
  private insert(place: number, op: Inst['op'], rest: { x?: number; y?: number }): void {
    for (const inst of this.program.slice(place)) {
      if (inst.op !== 'split' && inst.op !== 'jump') continue;
      if (inst.x >= place) inst.x++;
      if (inst.y >= place) inst.y++;
    }
    this.program.splice(place, 0, { op, x: rest.x ?? 0, y: rest.y ?? 0, slot: 0 });
  }

  private sequence(): boolean | undefined {
    let canBeEmpty = true;
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at] as string)) {
      const piece = this.repeated();
      if (piece === undefined || this.program.length > MAX_PROGRAM) return undefined;
      canBeEmpty &&= piece;
    }
    return canBeEmpty;
  }

  /** An atom and what says how often. What may match nothing, or is an anchor or a group, is repeated by re2js. */
  private repeated(): boolean | undefined {
    const start = this.program.length;
    const from = this.at;
    const canBeEmpty = this.atom();
    if (canBeEmpty === undefined) return undefined;
    const range = this.range();
    if (range === undefined) return canBeEmpty;
    const [min, max] = range;
    if (max === 'wrong' || canBeEmpty) return undefined;
    const isLazy = this.source[this.at] === '?';
    if (isLazy) this.at++;
    // Two of them, as in `a**`, are an error that depends on the rest.
    if (this.at < this.source.length && '*+?{'.includes(this.source[this.at] as string)) return undefined;
    return this.repeat(start, from, min, max, isLazy);
  }

  /** How often, for what stands at the cursor; undefined where nothing says so. */
  private range(): readonly [min: number, max: number | 'wrong'] | undefined {
    switch (this.source[this.at]) {
      case '*':
        this.at++;
        return [0, Number.POSITIVE_INFINITY];
      case '+':
        this.at++;
        return [1, Number.POSITIVE_INFINITY];
      case '?':
        this.at++;
        return [0, 1];
      case '{':
        return this.counted();
      default:
        return undefined;
    }
  }

  private counted(): readonly [min: number, max: number | 'wrong'] {
    // With a zero in front it is no number, and all of it is text. Go: regexp/syntax parse.go parseInt
    const counts = /^\{(0|[1-9][0-9]?)(,(0|[1-9][0-9]?)?)?\}/.exec(this.source.slice(this.at));
    if (counts === null) return [0, 'wrong'];
    this.at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === undefined ? Number.POSITIVE_INFINITY : Number(counts[3]);
    const isRight =
      min <= max && min <= MAX_REPEAT && (max <= MAX_REPEAT || max === Number.POSITIVE_INFINITY) && max > 0;
    return [min, isRight ? max : 'wrong'];
  }

  /** Writes the atom that was read from `from` to `start` as often as it takes. */
  private repeat(start: number, from: number, min: number, max: number, isLazy: boolean): boolean | undefined {
    const after = this.at;
    const groups = this.groups;
    this.program.length = start;
    const again = (): boolean => {
      const hadGroups = this.groups;
      this.at = from;
      this.groups = this.groupsBefore(from);
      const read = this.atom() !== undefined;
      this.groups = Math.max(hadGroups, this.groups);
      return read && this.program.length <= MAX_PROGRAM;
    };
    for (let i = 0; i < min; i++) if (!again()) return undefined;
    if (max === Number.POSITIVE_INFINITY) {
      const split = this.emit('split');
      if (!again()) return undefined;
      this.emit('jump', { x: split });
      this.aim(split, isLazy);
    } else {
      const splits: number[] = [];
      for (let i = min; i < max; i++) {
        splits.push(this.emit('split'));
        if (!again()) return undefined;
      }
      for (const split of splits) this.aim(split, isLazy);
    }
    this.at = after;
    this.groups = groups;
    return min === 0;
  }

  /** A split goes into what follows it or past the end of the program so far. */
  private aim(split: number, isLazy: boolean): void {
    const inst = this.program[split] as Inst;
    const [into, past] = [split + 1, this.program.length];
    inst.x = isLazy ? past : into;
    inst.y = isLazy ? into : past;
  }

  /** How many groups begin before a place of the pattern. */
  private groupsBefore(place: number): number {
    let count = 0;
    for (let at = 0, inClass = false; at < place; at++) {
      const c = this.source[at];
      if (c === '\\') at++;
      else if (inClass) inClass = c !== ']';
      else if (c === '[') inClass = true;
      else if (c === '(' && this.source[at + 1] !== '?') count++;
    }
    return count;
  }

  private atom(): boolean | undefined {
    const c = this.source[this.at] as string;
    switch (c) {
      case '(':
        return this.group();
      case '[': {
        const set = this.charClass();
        if (set === undefined) return undefined;
        this.emit('char', { set });
        return false;
      }
      case '.':
        this.at++;
        this.emit('char', { set: anyButLineEnd() });
        return false;
      case '^':
      case '$':
        this.at++;
        this.emit(c === '^' ? 'begin' : 'end');
        return true;
      case '\\': {
        const set = this.escape();
        if (set === undefined) return undefined;
        this.emit('char', { set });
        return false;
      }
    }
    if (META.includes(c)) return undefined;
    this.at++;
    this.emit('char', { set: only(c) });
    return false;
  }

  private group(): boolean | undefined {
    this.at++;
    let group = 0;
    if (this.source[this.at] === '?') {
      if (!this.source.startsWith('?:', this.at)) return undefined;
      this.at += 2;
    } else {
      group = ++this.groups;
      this.emit('save', { slot: 2 * group });
    }
    const canBeEmpty = this.alternatives();
    if (canBeEmpty === undefined || this.source[this.at] !== ')') return undefined;
    this.at++;
    if (group > 0) this.emit('save', { slot: 2 * group + 1 });
    return canBeEmpty;
  }

  /** The set that a backslash and a character stand for. */
  private escape(): Uint8Array | undefined {
    const c = this.source[this.at + 1];
    if (c === undefined) return undefined;
    this.at += 2;
    switch (c) {
      case 'd':
      case 'D':
        return setOf((code) => isDigit(code) === (c === 'd'));
      case 'w':
      case 'W':
        return setOf((code) => isWord(code) === (c === 'w'));
      case 's':
      case 'S':
        return setOf((code) => '\t\n\f\r '.includes(String.fromCharCode(code)) === (c === 's'));
      case 'n':
        return only('\n');
      case 't':
        return only('\t');
      case 'r':
        return only('\r');
    }
    return isWord(c.charCodeAt(0)) && c !== '_' ? undefined : only(c);
  }

  private charClass(): Uint8Array | undefined {
    const { source } = this;
    this.at++;
    const isNegated = source[this.at] === '^';
    if (isNegated) this.at++;
    // A bracket that comes first is part of the class.
    if (source[this.at] === ']') return undefined;
    const set = new Uint8Array(128);
    while (source[this.at] !== ']') {
      const low = this.classItem();
      if (low === undefined) return undefined;
      const isRange = source[this.at] === '-' && source[this.at + 1] !== ']';
      if (!isRange) {
        for (let code = 0; code < 128; code++) if (low[code] === 1) set[code] = 1;
        continue;
      }
      this.at++;
      const high = this.classItem();
      const [from, to] = [single(low), single(high)];
      if (from === undefined || to === undefined || from > to) return undefined;
      set.fill(1, from, to + 1);
    }
    this.at++;
    return isNegated ? setOf((code) => set[code] === 0) : set;
  }

  private classItem(): Uint8Array | undefined {
    const c = this.source[this.at];
    if (c === undefined || (c === '[' && this.source[this.at + 1] === ':')) return undefined;
    if (c === '\\') return this.escape();
    this.at++;
    return only(c);
  }
}

function setOf(has: (code: number) => boolean): Uint8Array {
  const set = new Uint8Array(128);
  for (let code = 0; code < 128; code++) if (has(code)) set[code] = 1;
  return set;
}

const singles: Uint8Array[] = [];

/** The set of one character. All patterns share them: nothing changes a set once it is in a program. */
function only(c: string): Uint8Array {
  const code = c.charCodeAt(0);
  return (singles[code] ??= setOf((other) => other === code));
}

let anyButLineEndSet: Uint8Array | undefined;

/** What `.` takes. */
function anyButLineEnd(): Uint8Array {
  return (anyButLineEndSet ??= setOf((code) => code !== 10));
}

/** The one character of a set. */
function single(set: Uint8Array | undefined): number | undefined {
  if (set === undefined) return undefined;
  const code = set.indexOf(1);
  return code >= 0 && set.indexOf(1, code + 1) < 0 ? code : undefined;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}
