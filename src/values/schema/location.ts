import { GoError } from '../../go/error.ts';
import { atoi } from '../../go/number.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, parseUrl, pathEscape, pathUnescape } from '../../go/url.ts';
import { resolveReference } from '../../go/url-resolve.ts';
import type { Value } from '../../go/value.ts';
import { escapeToken } from './draft.ts';

/** A URL without its fragment, and the fragment decoded. */
export interface Reference {
  readonly url: string;
  readonly fragment: string;
}

/** Splits a reference at its `#`. Throws where the fragment's escapes are not sound. */
export function splitReference(text: string): Reference {
  const hash = text.indexOf('#');
  if (hash < 0) return { url: text, fragment: '' };
  try {
    return { url: text.slice(0, hash), fragment: pathUnescape(text.slice(hash + 1)) };
  } catch (err) {
    throw parseFault(text, err);
  }
}

/** A reference resolved against a base that {@link resolve} or the compiler made. */
export function resolve(base: string, text: string): Reference {
  const { url, fragment } = splitReference(text);
  if (url === '') return { url: base, fragment };
  const ref = parse(url);
  const from = parse(base);
  const resolved = resolveReference(from, ref);
  // Go's ResolveReference forgets the base's opaque part; the library puts it back.
  const opaque = ref.scheme === '' && from.opaque !== '' ? from.opaque : resolved.opaque;
  return { url: formatUrl({ ...resolved, opaque }), fragment };
}

function parse(url: string): ReturnType<typeof parseUrl> {
  try {
    return parseUrl(url);
  } catch (err) {
    throw parseFault(url, err);
  }
}

function parseFault(url: string, err: unknown): unknown {
  return err instanceof GoError ? new GoError(`error in parsing ${quote(url)}: ${err.message}`) : err;
}

/** A place in a document as messages name it: the URL, `#`, the pointer escaped for URLs. */
export function formatLocation(url: string, pointer: string): string {
  return `${url}#${pointer.split('/').map(pathEscape).join('/')}`;
}

/** The value at a JSON pointer. Throws what Go's library says of a pointer that leads nowhere. */
export function lookup(document: Value, url: string, pointer: string): Value {
  let value = document;
  for (const escaped of pointer.split('/').slice(1)) {
    const token = unescapeToken(escaped);
    if (token === undefined) throw new GoError(`invalid json-pointer ${quote(formatLocation(url, pointer))}`);
    const next = value instanceof Map ? value.get(token) : Array.isArray(value) ? itemAt(value, token) : undefined;
    if (next === undefined) throw new GoError(`json-pointer in ${quote(formatLocation(url, pointer))} not found`);
    value = next;
  }
  return value;
}

function unescapeToken(token: string): string | undefined {
  if (!token.includes('~')) return token;
  if (/~(?![01])/.test(token)) return undefined;
  return token.replace(/~[01]/g, (found) => (found === '~0' ? '~' : '/'));
}

function itemAt(items: readonly Value[], token: string): Value {
  try {
    return items[Number(atoi(token))];
  } catch {
    return undefined;
  }
}

/** A pointer with one more token. */
export function appendToken(pointer: string, token: string): string {
  return `${pointer}/${escapeToken(token)}`;
}
