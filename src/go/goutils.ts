/** Text functions of github.com/Masterminds/goutils. Several of them take each byte for a character. */
import { fromByteString, toByteString } from './byte-string.ts';
import { isSpace } from './space.ts';
import { TextBuilder } from './text-builder.ts';
import { isLower, isTitle, isUpper, mapRunes, toLower, toTitle, toUpper } from './unicode.ts';

function isBlank(ch: string): boolean {
  return isSpace(ch.codePointAt(0) as number);
}

/**
 * Breaks lines at spaces so that each has at most `width` bytes. Words that are longer stay whole unless
 * `breakWords`. Go: goutils.WrapCustom
 */
export function wrapText(text: string, width: number, newline: string, breakWords: boolean): string {
  const s = toByteString(text);
  const joint = toByteString(newline);
  const lines: string[] = [];
  let at = 0;
  while (s.length - at > width) {
    if (s[at] === ' ') {
      at++;
      continue;
    }
    const space = lastSpace(s, at, at + width);
    let end = at + width;
    let next = end;
    if (space >= 0) {
      end = space;
      next = space + 1;
    } else if (!breakWords) {
      const after = s.indexOf(' ', end);
      end = after < 0 ? s.length : after;
      next = end + 1;
      if (after < 0) {
        lines.push(s.slice(at));
        return fromByteString(lines.join(joint));
      }
    }
    lines.push(s.slice(at, end));
    at = next;
  }
  lines.push(s.slice(at));
  return fromByteString(lines.join(joint));
}

/** The last space of s[from..to], -1 for none; it never looks before `from`. */
function lastSpace(s: string, from: number, to: number): number {
  for (let i = to; i >= from; i--) if (s.charCodeAt(i) === 32) return i;
  return -1;
}

/** Cuts to `width` bytes with an ellipsis where something is left out; `left` stays in view. Go: AbbreviateFull */
export function abbreviate(text: string, left: number, width: number): string {
  const s = toByteString(text);
  const length = s.length;
  if (length <= width) return text;
  let from = Math.min(left, length);
  // The second test is for where Go's subtraction wraps around.
  if (length - from < width - 3 || length - from >= 2 ** 63) from = length - (width - 3);
  if (from <= 4) return fromByteString(`${s.slice(0, width - 3)}...`);
  if (from + width - 3 >= length) return fromByteString(`...${s.slice(length - (width - 3))}`);
  return fromByteString(`...${s.slice(from, from + width - 6)}...`);
}

/** The first byte of each word, as the character of that number. Go: Initials */
export function initials(s: string): string {
  let gap = true;
  return mapRunes(toByteString(s), (ch) => {
    const first = gap && !isBlank(ch);
    gap = isBlank(ch);
    return first ? ch : '';
  });
}

/** Without white space; where there was some, each byte becomes the character of that number. Go: DeleteWhiteSpace */
export function deleteWhiteSpace(text: string): string {
  const s = toByteString(text);
  const kept = new TextBuilder();
  let start = 0;
  for (let i = 0; i < s.length; i++) {
    if (!isSpace(s.charCodeAt(i))) continue;
    if (i > start) kept.add(s.slice(start, i));
    start = i + 1;
  }
  if (start === 0) return text;
  kept.add(s.slice(start));
  return kept.toString();
}

/** Go: Uncapitalize. The first letter of each word. */
export function uncapitalize(text: string): string {
  let first = true;
  return mapRunes(text, (ch) => {
    const blank = isBlank(ch);
    const next = first && !blank ? toLower(ch) : ch;
    first = blank;
    return next;
  });
}

/** Go: SwapCase. A small letter at the start of a word becomes a title letter. */
export function swapCase(text: string): string {
  let afterBlank = true;
  return mapRunes(text, (ch) => {
    const first = afterBlank;
    afterBlank = false;
    if (isUpper(ch) || isTitle(ch)) return toLower(ch);
    if (isLower(ch)) return first ? toTitle(ch) : toUpper(ch);
    afterBlank = isBlank(ch);
    return ch;
  });
}
