/** What kind of file the first bytes look like. Go: net/http sniff.go DetectContentType */

const HTML_TAGS = [
  '<!DOCTYPE HTML',
  '<HTML',
  '<HEAD',
  '<SCRIPT',
  '<IFRAME',
  '<H1',
  '<DIV',
  '<FONT',
  '<TABLE',
  '<A',
  '<STYLE',
  '<TITLE',
  '<B',
  '<BODY',
  '<BR',
  '<P',
  '<!--',
];

/** Bytes as Latin-1 text; `?` stands for any byte. In the order in which they are tried. */
const BEFORE_MP4: readonly (readonly [string, string])[] = [
  ['%PDF-', 'application/pdf'],
  ['%!PS-Adobe-', 'application/postscript'],
  ['\xfe\xff??', 'text/plain; charset=utf-16be'],
  ['\xff\xfe??', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbf?', 'text/plain; charset=utf-8'],
  ['\0\0\x01\0', 'image/x-icon'],
  ['\0\0\x02\0', 'image/x-icon'],
  ['BM', 'image/bmp'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF????WEBPVP', 'image/webp'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['FORM????AIFF', 'audio/aiff'],
  ['ID3', 'audio/mpeg'],
  ['OggS\0', 'application/ogg'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  ['RIFF????AVI ', 'video/avi'],
  ['RIFF????WAVE', 'audio/wave'],
];

const AFTER_MP4: readonly (readonly [string, string])[] = [
  ['\x1aE\xdf\xa3', 'video/webm'],
  [`${'?'.repeat(34)}LP`, 'application/vnd.ms-fontobject'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO', 'font/otf'],
  ['ttcf', 'font/collection'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  ['Rar!\x1a\x07\x01\0', 'application/x-rar-compressed'],
  ['\0asm', 'application/wasm'],
];

/** The content type of a file that starts with `bytes`, of which the first 512 count. */
export function detectContentType(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 512));
  const text = head.replace(/^[\t\n\f\r ]+/, '');
  if (HTML_TAGS.some((tag) => isTag(text, tag))) return 'text/html; charset=utf-8';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  return (
    firstMatch(BEFORE_MP4, head) ??
    (isMp4(head) ? 'video/mp4' : undefined) ??
    firstMatch(AFTER_MP4, head) ??
    (/[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text) ? 'application/octet-stream' : 'text/plain; charset=utf-8')
  );
}

/** A tag in any case, with a space or `>` behind it. */
function isTag(text: string, tag: string): boolean {
  const end = text[tag.length];
  return (end === ' ' || end === '>') && text.slice(0, tag.length).toUpperCase() === tag;
}

function firstMatch(table: readonly (readonly [string, string])[], head: string): string | undefined {
  for (const [pattern, type] of table) {
    if (head.length < pattern.length) continue;
    let i = 0;
    while (i < pattern.length && (pattern[i] === '?' || pattern[i] === head[i])) i++;
    if (i === pattern.length) return type;
  }
  return undefined;
}

function isMp4(head: string): boolean {
  if (head.length < 12 || head.slice(4, 8) !== 'ftyp') return false;
  let size = 0;
  for (let i = 0; i < 4; i++) size = size * 256 + head.charCodeAt(i);
  if (head.length < size || size % 4 !== 0) return false;
  for (let at = 8; at < size; at += 4) if (at !== 12 && head.startsWith('mp4', at)) return true;
  return false;
}
