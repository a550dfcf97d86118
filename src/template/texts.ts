import { hasFunction } from './call.ts';
import type { Functions } from './exec.ts';
import type { Outline } from './outline.ts';
import { type ParsedText, parseTemplate } from './parse.ts';

/** How many characters of texts a generation holds; two are kept. */
const GENERATION = 2_000_000;

type Parsed = Map<string, Map<string, ParsedText>>;

/**
 * What texts parsed to, by name and text: `tpl` is often called with the same text, and the same chart is often
 * rendered again. What has not been asked for during a whole generation is forgotten.
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
    const known = this.young.get(name)?.get(text);
    if (known) return known;
    const parsed = this.old.get(name)?.get(text) ?? parseTemplate(name, text, this.hasFunction, outline);
    if (text.length < GENERATION) this.keep(name, text, parsed);
    return parsed;
  }

  private keep(name: string, text: string, parsed: ParsedText): void {
    // Each entry has a price of its own, however short its text is.
    this.size += text.length + 100;
    if (this.size > GENERATION) {
      this.old = this.young;
      this.young = new Map();
      this.size = text.length;
    }
    const texts = this.young.get(name);
    if (texts) texts.set(text, parsed);
    else this.young.set(name, new Map([[text, parsed]]));
  }
}

const byFunctions = new WeakMap<Functions, ParsedTexts>();

/** Parses a text, or remembers what it parsed to. The functions that there are decide what parses. */
export function parseText(functions: Functions, name: string, text: string, outline?: Outline): ParsedText {
  let texts = byFunctions.get(functions);
  if (!texts) byFunctions.set(functions, (texts = new ParsedTexts(functions)));
  return texts.parse(name, text, outline);
}
