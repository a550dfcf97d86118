/** Names in other cases, as github.com/huandu/xstrings v1.5 makes them. */
import { replaceInvalid } from './bytes.ts';
import { isSpace } from './space.ts';
import { TextBuilder } from './text-builder.ts';
import { isLetter, isNumber, isPunct, isUpper, mapRunes, toLower, toUpper } from './unicode.ts';

/** What Go decodes a byte outside UTF-8 to; the library skips it, also where the text has it as a character. */
const BAD_RUNE = '\ufffd';

function isConnector(ch: string): boolean {
  return ch === '-' || ch === '_' || isSpace(ch.codePointAt(0) as number);
}

/** A letter, but not one of Chinese, which has no cases to tell words by. Go: xstrings isAlphabet */
function isAlphabet(ch: string): boolean {
  if (!isLetter(ch)) return false;
  const code = ch.codePointAt(0) as number;
  if (code < 0x3400) return true;
  if (code <= 0x4d85 || (code >= 0x4e00 && code <= 0x9fcc)) return false;
  return !(code >= 0x20000 && code <= 0x2b81d);
}

/** `http_server` becomes `HttpServer`. Go: xstrings.ToPascalCase */
export function pascalCase(text: string): string {
  const runes = [...replaceInvalid(text)];
  let i = 0;
  while (i < runes.length && isConnector(runes[i] as string)) i++;
  if (i === runes.length) return runes.join('') + (runes[i - 1] ?? '');
  const out = new TextBuilder();
  for (let k = 0; k < i; k++) out.add(runes[k] as string);
  let upper = isUpper(runes[i] as string);
  let pending = toUpper(runes[i] as string);
  // `pending` is written once the next character has told whether it is the connector that goes.
  for (i++; i < runes.length; i++) {
    let ch = runes[i] as string;
    if (!isConnector(pending)) {
      out.add(pending);
      if (upper && isUpper(ch)) ch = toLower(ch);
      else upper = false;
    } else if (isConnector(ch)) {
      out.add(pending);
    } else {
      upper = isUpper(ch);
      ch = toUpper(ch);
    }
    pending = ch;
  }
  out.add(pending);
  return out.toString();
}

type WordKind = 'invalid' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punct' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const NOTHING: Word = { kind: 'invalid', text: '' };

/** `HTTPServer` becomes `http_server`, with any connector. Go: xstrings camelCaseToLowerCase */
export function separateWords(text: string, connector: string): string {
  const words = scanWords([...text]);
  const out = new TextBuilder();
  let k = 0;
  let word = words[0] ?? NOTHING;
  const next = (): Word => {
    word = words[++k] ?? NOTHING;
    return word;
  };
  const write = (w: Word): void => {
    out.add(w.kind === 'upper' || w.kind === 'connector' ? lowerWord(w.text, connector) : w.text);
  };
  /** Letters and numbers that go on with the number before them. */
  const writeTail = (): void => {
    for (; word.kind === 'alphabet' || word.kind === 'number'; next()) write(word);
    if (word.kind !== 'invalid') join();
  };
  const join = (): void => {
    if (word.kind !== 'connector' && word.kind !== 'punct') out.add(connector);
  };
  while (k + 1 < words.length) {
    const before = word;
    if (before.kind !== 'connector') write(before);
    next();
    if (before.kind === 'number') writeTail();
    else if (before.kind === 'connector') write(before);
    else if (before.kind === 'punct') continue;
    else if (word.kind !== 'number') join();
    else if (k + 1 < words.length) {
      const number = word;
      if (next().kind === 'alphabet') {
        // `HTTP2xx`: small letters pull the number to them.
        out.add(connector + number.text);
        writeTail();
      } else {
        out.add(number.text);
        join();
      }
    }
  }
  write(word);
  return out.toString();
}

function lowerWord(text: string, connector: string): string {
  return mapRunes(text, (ch) => (isConnector(ch) ? connector : isUpper(ch) ? toLower(ch) : ch));
}

function scanWords(runes: readonly string[]): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < runes.length; ) {
    const [kind, end] = scanWord(runes, i);
    words.push({ kind, text: runes.slice(i, end).join('') });
    i = end;
  }
  return words;
}

/** The next good character and where the one after it starts; `previous` where only bad ones are left. */
function nextRune(runes: readonly string[], at: number, previous: string): [string, number] {
  let i = at;
  while (i < runes.length) {
    const ch = replaceInvalid(runes[i++] as string);
    if (ch !== BAD_RUNE) return [ch, i];
  }
  return [previous, i];
}

/** Where the run of characters that pass `test` ends. */
function scanRun(runes: readonly string[], at: number, previous: string, test: (ch: string) => boolean): number {
  let i = at;
  let last = previous;
  while (i < runes.length) {
    const [ch, next] = nextRune(runes, i, last);
    if (!test(ch)) break;
    last = ch;
    i = next;
  }
  return i;
}

/** Go: xstrings nextWord */
function scanWord(runes: readonly string[], at: number): [WordKind, number] {
  const [ch, i] = nextRune(runes, at, BAD_RUNE);
  if (ch === BAD_RUNE) return ['invalid', i];
  if (isConnector(ch)) return ['connector', scanRun(runes, i, ch, isConnector)];
  if (isPunct(ch)) return ['punct', scanRun(runes, i, ch, isPunct)];
  if (isUpper(ch)) return ['upper', scanUpper(runes, i, ch)];
  if (isAlphabet(ch)) return ['alphabet', scanRun(runes, i, ch, isSmall)];
  if (isNumber(ch)) return ['number', scanRun(runes, i, ch, isNumber)];
  return ['other', scanRun(runes, i, ch, isOther)];
}

function isSmall(ch: string): boolean {
  return isAlphabet(ch) && !isUpper(ch);
}

function isOther(ch: string): boolean {
  return !(isConnector(ch) || isAlphabet(ch) || isNumber(ch) || isPunct(ch));
}

/** `HTTPStatus` is `HTTP` and `Status`: the last capital belongs to the small letters after it. */
function scanUpper(runes: readonly string[], at: number, first: string): number {
  if (at === runes.length) return at;
  const [second, afterSecond] = nextRune(runes, at, first);
  if (!isUpper(second)) return isAlphabet(second) ? scanRun(runes, afterSecond, second, isSmall) : at;
  let i = afterSecond;
  let start = at;
  let last = second;
  while (i < runes.length) {
    const [ch, next] = nextRune(runes, i, last);
    last = ch;
    if (!isUpper(ch)) break;
    start = i;
    i = next;
  }
  return i < runes.length && isAlphabet(last) ? start : i;
}
