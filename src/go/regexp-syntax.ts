/**
 * What Go's regexp syntax has and re2js's has not, written in re2js's terms: Unicode classes by inexact names and
 * aliases, fewer classes, several groups of one name, and `[:` in a class that is no named class. Go: regexp/syntax/parse.go.
 */

/** A pattern as re2js is to see it. */
export interface Rewritten {
  readonly pattern: string;
  /** For error texts, which quote the pattern: what was written, and what stands for it. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** The numbers of the groups of each name that several groups have. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
}

const INTERESTING = /\\[pP]|\(\?P?<|\[:/;

/** Rewrites what re2js would read in another way than Go. */
export function rewritePattern(pattern: string): Rewritten {
  if (!INTERESTING.test(pattern)) return { pattern, changes: [], repeated: new Map() };
  return new Rewriter(pattern).run();
}

class Rewriter {
  private readonly source: string;
  private at = 0;
  private out = '';
  private readonly changes: (readonly [string, string])[] = [];
  private readonly groups = new Map<string, string[]>();
  private free = 0;
  /** Where the last `:]` is; asking each time what follows would take quadratic time. */
  private readonly lastNamedEnd: number;

  constructor(source: string) {
    this.source = source;
    this.lastNamedEnd = source.lastIndexOf(':]');
  }

  run(): Rewritten {
    const { source } = this;
    while (this.at < source.length) {
      const c = source[this.at];
      if (c === '\\') this.escape(false);
      else if (c === '[') this.charClass();
      else if (c === '(') this.group();
      else this.copy(1);
    }
    const repeated = new Map([...this.groups].filter(([, names]) => names.length > 1));
    return { pattern: this.out, changes: this.changes, repeated };
  }

  private copy(count: number): void {
    this.out += this.source.slice(this.at, this.at + count);
    this.at += count;
  }

  private change(count: number, to: string): void {
    const from = this.source.slice(this.at, this.at + count);
    if (from !== to) this.changes.push([from, to]);
    this.out += to;
    this.at += count;
  }

  private escape(inClass: boolean): void {
    const letter = this.source[this.at + 1];
    if (letter === 'p' || letter === 'P') this.unicodeClass(letter);
    else if (letter === 'Q' && !inClass) {
      const end = this.source.indexOf('\\E', this.at);
      this.copy(end < 0 ? this.source.length - this.at : end + 2 - this.at);
    } else this.copy(2);
  }

  /** `\pL` or `\p{Name}` under the name that re2js knows, or one that neither knows. */
  private unicodeClass(letter: string): void {
    const braced = this.source[this.at + 2] === '{';
    const end = this.source.indexOf('}', this.at);
    if (braced && end < 0) {
      this.copy(this.source.length - this.at);
      return;
    }
    const written = braced ? this.source.slice(this.at + 3, end) : (this.source[this.at + 2] ?? '');
    const negated = written.startsWith('^') ? '^' : '';
    const name = classNames().get(canonicalName(written.slice(negated.length)));
    const length = braced ? end + 1 - this.at : 2 + written.length;
    if (name === undefined) {
      // A name that re2js alone knows must fail there too.
      this.change(
        length,
        braced ? `\\${letter}{${negated}?${written.slice(negated.length)}}` : `\\${letter}${written}`,
      );
    } else this.change(length, `\\${letter}{${negated}${name}}`);
  }

  private charClass(): void {
    const { source } = this;
    this.copy(source[this.at + 1] === '^' ? 2 : 1);
    if (source[this.at] === ']') this.copy(1);
    while (this.at < source.length && source[this.at] !== ']') {
      if (source[this.at] === '\\') this.escape(true);
      else if (source.startsWith('[:', this.at) && this.at + 2 <= this.lastNamedEnd) {
        const length = source.indexOf(':]', this.at + 2) + 2 - this.at;
        // To re2js `[:]` would be a whole name.
        if (source[this.at + 2] === ']') this.change(length, '[:?:]');
        else this.copy(length);
      } else if (source.startsWith('[:', this.at)) {
        // The colon of `[:]` does not end a name as well. Go: parse.go parseNamedClass
        this.change(1, '\\[');
      } else this.copy(1);
    }
    this.copy(1);
  }

  /** A number that no name in the pattern ends in, so that made-up names are new. */
  private freeNumber(): number {
    if (this.free === 0) {
      this.free = 1;
      for (const [, digits] of this.source.matchAll(/_([0-9]{1,15})_/g))
        this.free = Math.max(this.free, Number(digits) + 1);
    }
    return this.free;
  }

  /** A second group of a name gets a name of its own. */
  private group(): void {
    const { source } = this;
    const start = source.startsWith('(?P<', this.at) ? 4 : source.startsWith('(?<', this.at) ? 3 : 0;
    const end = start === 0 ? -1 : source.indexOf('>', this.at);
    if (end < 0) {
      this.copy(1);
      return;
    }
    const name = source.slice(this.at + start, end);
    const same = this.groups.get(name);
    if (!same) {
      this.groups.set(name, [name]);
      this.copy(end + 1 - this.at);
      return;
    }
    const own = `${name}_${this.freeNumber()}_${same.length}`;
    same.push(own);
    this.change(end + 1 - this.at, `${source.slice(this.at, this.at + start)}${own}>`);
  }
}

/** Go: parse.go canonicalName: a capital and small letters, without blanks, hyphens and underscores. */
function canonicalName(name: string): string {
  const letters = name.replace(/[-_ ]/g, '');
  const lower = letters.replace(/[A-Z]/g, (c) => c.toLowerCase());
  return lower.replace(/^[a-z]/, (c) => c.toUpperCase());
}

const CATEGORIES =
  'C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Any Assigned';

/** Scripts of Unicode 15.0 with one word for a name: the others cannot be reached by Go's canonical names. */
const SCRIPTS =
  'Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille ' +
  'Buginese Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret ' +
  'Devanagari Dogra Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati ' +
  'Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi ' +
  'Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani Makasar Malayalam ' +
  'Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari Newa ' +
  'Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra Sharada ' +
  'Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut ' +
  'Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi';

/** Go: unicode.CategoryAliases, under their canonical names. */
const ALIASES =
  'Ascii=Ascii Casedletter=LC Closepunctuation=Pe Cntrl=Cc Combiningmark=M Connectorpunctuation=Pc ' +
  'Control=Cc Currencysymbol=Sc Dashpunctuation=Pd Decimalnumber=Nd Digit=Nd Enclosingmark=Me ' +
  'Finalpunctuation=Pf Format=Cf Initialpunctuation=Pi Lc=LC Letter=L Letternumber=Nl Lineseparator=Zl ' +
  'Lowercaseletter=Ll Mark=M Mathsymbol=Sm Modifierletter=Lm Modifiersymbol=Sk Nonspacingmark=Mn Number=N ' +
  'Openpunctuation=Ps Other=C Otherletter=Lo Othernumber=No Otherpunctuation=Po Othersymbol=So ' +
  'Paragraphseparator=Zp Privateuse=Co Punct=P Punctuation=P Separator=Z Spaceseparator=Zs Spacingmark=Mc ' +
  'Surrogate=Cs Symbol=S Titlecaseletter=Lt Unassigned=Cn Uppercaseletter=Lu';

let names: Map<string, string> | undefined;

/** Canonical names and what re2js calls them. */
function classNames(): Map<string, string> {
  if (names) return names;
  names = new Map();
  for (const name of `${CATEGORIES} ${SCRIPTS}`.split(' ')) names.set(name, name);
  for (const pair of ALIASES.split(' ')) {
    const [alias, name] = pair.split('=') as [string, string];
    names.set(alias, name);
  }
  return names;
}

/** What a pattern comes to, from its parts. */
interface Measure {
  /** Of nothing. */
  readonly none: number;
  atom(text: string): number;
  group(inner: number): number;
  together(a: number, b: number): number;
  repeated(operand: number, times: number, text: string): number;
}

/** Goes over the atoms, groups and counted repetitions of a pattern; a malformed one comes to something, too. */
function measure(pattern: string, { none, atom, group, together, repeated }: Measure): number {
  const outer: number[] = [];
  let before = none;
  let last = none;
  let repeatedTo = -1;
  for (let at = 0; at < pattern.length; ) {
    const c = pattern[at];
    if (c === '(') {
      outer.push(together(before, last));
      [before, last] = [none, none];
      at++;
    } else if (c === ')') {
      last = together(before, last);
      const around = outer.pop();
      if (around === undefined) return last; // Nothing is open: there Go stops reading.
      last = group(last);
      before = around;
      at++;
    } else if (c === '{') {
      const { times, end } = repeatCount(pattern, at);
      if (end > at + 1) {
        if (at === repeatedTo) break; // A repetition of a repetition is an error in Go.
        repeatedTo = pattern[end] === '?' ? end + 1 : end;
      }
      last = repeated(last, Math.max(times, 1), pattern.slice(at, end));
      at = end;
    } else {
      before = together(before, last);
      const end = atomEnd(pattern, at);
      last = atom(pattern.slice(at, end));
      at = end;
    }
  }
  return outer.reduce((a, b) => together(a, b), together(before, last));
}

/** What a class weighs: a Unicode class is a long list of ranges. */
const CLASS_WEIGHT = 10;

const SIZE: Measure = {
  none: 0,
  atom: (text) => (text.startsWith('\\Q') ? text.length : text[0] === '[' || text.length > 2 ? CLASS_WEIGHT : 1),
  group: (inner) => inner + 2,
  together: (a, b) => a + b,
  repeated: (operand, times) => operand * times,
};

/** About how many instructions a pattern compiles to: counted repetitions write their operand out as often as they say. */
export function patternSize(pattern: string): number {
  return /\{[0-9]/.test(pattern) ? measure(pattern, SIZE) : pattern.length;
}

/** The largest product of counted repetitions in one another. Go: regexp/syntax parse.go repeatIsValid */
const MOST_REPEATS = 1000;

/** The first repetition that with those in its operand comes to more than {@link MOST_REPEATS}. */
export function excessiveRepeat(pattern: string): string | undefined {
  let first: string | undefined;
  measure(pattern, {
    none: 1,
    atom: () => 1,
    group: (inner) => inner,
    together: Math.max,
    repeated: (operand, times, text) => {
      if (operand * times > MOST_REPEATS) first ??= text;
      return operand * times;
    },
  });
  return first;
}

/** A number with a zero in front is none, and with it all is text. Go: parse.go parseInt */
const REPEAT = /\{(0|[1-9][0-9]{0,3})(?:,(0|[1-9][0-9]{0,3})?)?\}/y;

function repeatCount(pattern: string, at: number): { readonly times: number; readonly end: number } {
  REPEAT.lastIndex = at;
  const match = REPEAT.exec(pattern);
  if (!match) return { times: 1, end: at + 1 };
  return { times: Math.max(Number(match[1]), Number(match[2] || 0)), end: at + match[0].length };
}

/** Where a character, an escape, a quotation or a class ends. */
function atomEnd(pattern: string, at: number): number {
  if (pattern[at] === '[') return classEnd(pattern, at);
  if (pattern[at] !== '\\') return at + 1;
  const letter = pattern[at + 1] ?? '';
  if (letter === 'Q') return after(pattern, '\\E', at + 2);
  if (/[pPx]/.test(letter) && pattern[at + 2] === '{') return after(pattern, '}', at);
  return /[pP]/.test(letter) ? at + 3 : at + 2;
}

/** What stands behind the first `end` from a place on; the end of the pattern where there is none. */
function after(pattern: string, end: string, from: number): number {
  const at = pattern.indexOf(end, from);
  return at < 0 ? pattern.length : at + end.length;
}

/** Where a character class ends; past the pattern where it does not. */
function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\') at += 2;
    else if (pattern.startsWith('[:', at) && pattern.includes(':]', at + 2)) at = after(pattern, ':]', at + 2);
    else at++;
  }
  return at + 1;
}
