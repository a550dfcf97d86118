import { hasFunction } from './call.ts';
import type { Functions } from './exec.ts';
import type { Outline } from './outline.ts';
import { type ParsedText, parseTemplate } from './parse.ts';

/** How many characters of texts a generation holds; two are kept. */
const GENERATION = 2_000_000;

/** By text, then by the name that errors show. */
type Parsed = Map<string, Map<string, ParsedText>>;

/**
 * What texts parsed to, by text and name: `tpl` is often called with the same text, the same chart is often rendered
 * again, and many charts bring the same library, whose text need not be checked again under another name. What has not
 * been asked for during a whole generation is forgotten.
 */
class ParsedTexts {
  private readonly hasFunction: (name: string) => boolean;
  private young: Parsed = new Map();
  private old: Parsed = new Map();
  private size = 0;

  constructor(functions: Functions) {
    this.hasFunction = (name) => hasFunction(functions, name);
  }

  parse(name: string, text: string, outline: Outline | undefined): ParsedText {
    const known = this.young.get(text)?.get(name);
    if (known) return known;
    const parsed = this.old.get(text)?.get(name) ?? this.parseAnew(name, text, outline);
    if (text.length < GENERATION) this.keep(name, text, parsed);
    return parsed;
  }

  private parseAnew(name: string, text: string, outline: Outline | undefined): ParsedText {
    const [other] = (this.young.get(text) ?? this.old.get(text))?.values() ?? [];
    return parseTemplate(name, text, this.hasFunction, outline ?? other?.outline());
  }

  private keep(name: string, text: string, parsed: ParsedText): void {
    // Each entry has a price of its own, however short its text is.
    this.size += text.length + 100;
    if (this.size > GENERATION) {
      this.old = this.young;
      this.young = new Map();
      this.size = text.length;
    }
    const names = this.young.get(text);
    if (names) names.set(name, parsed);
    else this.young.set(text, new Map([[name, parsed]]));
  }
}

const byFunctions = new WeakMap<Functions, ParsedTexts>();

/** Parses a text, or remembers what it parsed to. The functions that there are decide what parses. */
export function parseText(functions: Functions, name: string, text: string, outline?: Outline): ParsedText {
  let texts = byFunctions.get(functions);
  if (!texts) byFunctions.set(functions, (texts = new ParsedTexts(functions)));
  return texts.parse(name, text, outline);
}
