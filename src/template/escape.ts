import { isPrint } from '../go/printable.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** Go: funcs.go HTMLEscapeString */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (ch) => HTML[ch] as string);
}

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** Go: funcs.go JSEscapeString. A byte outside UTF-8 is kept where U+FFFD would be, as it is printable. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\0-\x1f\x80-\u{10ffff}]/gu, (ch) => {
    const known = JS[ch];
    if (known !== undefined) return known;
    const rune = ch.codePointAt(0) as number;
    const printable = rune >= 0xd800 && rune <= 0xdfff ? true : rune >= 0x80 && isPrint(rune);
    return printable ? ch : `\\u${rune.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
