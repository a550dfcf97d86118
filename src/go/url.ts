/** URLs as Go's net/url takes them apart and puts them together: not the WHATWG rules of the global `URL`. */
import { fromByteString, toByteString } from './byte-string.ts';
import { GoError } from './error.ts';
import { parseAddress } from './ip-address.ts';
import { quote } from './quote.ts';

/** The user before an `@`; `password` is absent where there is no colon. */
export interface Userinfo {
  readonly username: string;
  readonly password?: string;
}

/** A URL's parts, decoded but for `opaque` and `rawQuery`. Go: url.URL */
export interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user?: Userinfo | undefined;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly fragment: string;
  /** The path as written, where escaping `path` would give another text. */
  readonly rawPath?: string;
  readonly rawFragment?: string;
  /** A `?` with nothing after it. */
  readonly forceQuery?: boolean;
  /** A scheme and an empty authority, as in `file:/etc`. */
  readonly omitHost?: boolean;
}

type Mode = 'path' | 'segment' | 'host' | 'zone' | 'user' | 'query' | 'fragment';

/** What each part may hold beside letters and digits without being escaped. Go: url shouldEscape */
const PLAIN: Readonly<Record<Mode, string>> = {
  path: '-_.~$&+,/:;=@',
  segment: '-_.~$&+:=@',
  host: '-_.~!$&\'()*+,;=:[]<>"',
  zone: '-_.~!$&\'()*+,;=:[]<>"',
  user: '-_.~$&+,;=',
  query: '-_.~',
  fragment: '-_.~$&+,/:;=?@!()*',
};

function isPlain(c: string, mode: Mode): boolean {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN[mode].includes(c);
}

/** `c` is a character of a byte string. */
function percent(c: string): string {
  return `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function encode(s: string, mode: Mode): string {
  let out = '';
  let start = 0;
  const bytes = toByteString(s);
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes.charAt(i);
    if (isPlain(c, mode)) continue;
    out += bytes.slice(start, i) + (c === ' ' && mode === 'query' ? '+' : percent(c));
    start = i + 1;
  }
  return start === 0 ? bytes : out + bytes.slice(start);
}

/** Go: url.QueryEscape */
export function queryEscape(s: string): string {
  return encode(s, 'query');
}

/** Go: url.PathEscape */
export function pathEscape(s: string): string {
  return encode(s, 'segment');
}

/** Go: url.QueryUnescape */
export function queryUnescape(s: string): string {
  return decode(s, 'query');
}

/** Go: url.PathUnescape */
export function pathUnescape(s: string): string {
  return decode(s, 'segment');
}

function decode(s: string, mode: Mode): string {
  const strict = mode === 'host' || mode === 'zone';
  let escapes = false;
  const bytes = toByteString(s);
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes.charAt(i);
    if (c === '%') {
      checkEscape(bytes.slice(i, i + 3), mode);
      escapes = true;
      i += 2;
    } else if (strict && c < '\x80' && !isPlain(c, mode)) {
      throw new GoError(`invalid character ${quote(c)} in host name`);
    }
  }
  const spaced = mode === 'query' ? bytes.replaceAll('+', ' ') : bytes;
  if (!escapes) return spaced === bytes ? s : fromByteString(spaced);
  return fromByteString(
    spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

/** `text` is what stands where an escape of three characters should. */
function checkEscape(text: string, mode: Mode): void {
  if (!/^%[0-9a-fA-F]{2}$/.test(text)) throw new GoError(`invalid URL escape ${quote(fromByteString(text))}`);
  if (text === '%25') return;
  const byte = Number.parseInt(text.slice(1), 16);
  // A host may escape only what is no ASCII, a zone what it could as well write (and spaces).
  if (mode === 'host' && byte < 0x80) throw new GoError(`invalid URL escape ${quote(text)}`);
  if (mode === 'zone' && byte !== 32 && !isPlain(String.fromCharCode(byte), 'host')) {
    throw new GoError(`invalid URL escape ${quote(text)}`);
  }
}

/** Go: url.Parse. Throws `parse "…": …`. */
export function parseUrl(text: string): Url {
  const hash = text.indexOf('#');
  const body = hash < 0 ? text : text.slice(0, hash);
  const url = parseError(body, () => parseBody(body));
  const fragment = hash < 0 ? '' : text.slice(hash + 1);
  if (fragment === '') return url;
  return parseError(text, () => {
    const decoded = decode(fragment, 'fragment');
    const raw = encode(decoded, 'fragment') === fragment ? '' : fragment;
    return { ...url, fragment: decoded, rawFragment: raw };
  });
}

/** Go: url.ParseRequestURI */
export function parseRequestUri(text: string): Url {
  return parseError(text, () => {
    if (text === '') throw new GoError('empty url');
    return parseBody(text, true);
  });
}

function parseError<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    throw new GoError(`parse ${quote(text)}: ${err.message}`);
  }
}

const EMPTY: Url = { scheme: '', opaque: '', host: '', path: '', rawQuery: '', fragment: '' };

/** Go: url parse; all but the fragment. */
function parseBody(text: string, viaRequest = false): Url {
  if (/[\0-\x1f\x7f]/.test(text)) throw new GoError('net/url: invalid control character in URL');
  if (text === '*') return { ...EMPTY, path: '*' };
  const scheme = scanScheme(text);
  let rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const question = rest.indexOf('?');
  const forceQuery = question >= 0 && question === rest.length - 1;
  const rawQuery = question < 0 ? '' : rest.slice(question + 1);
  if (question >= 0) rest = rest.slice(0, question);
  const url: Url = { ...EMPTY, scheme: scheme.toLowerCase(), rawQuery, forceQuery };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: rest };
    if (viaRequest) throw new GoError('invalid URI for request');
    checkFirstSegment(rest);
  }
  let user: Userinfo | undefined;
  let host = '';
  if (rest.startsWith('//') && (scheme !== '' || (!viaRequest && !rest.startsWith('///')))) {
    const slash = rest.indexOf('/', 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    rest = slash < 0 ? '' : rest.slice(slash);
    const at = authority.lastIndexOf('@');
    host = parseHost(url.scheme, authority.slice(at + 1));
    if (at >= 0) user = parseUserinfo(authority.slice(0, at));
    return { ...url, user, host, ...parsePath(rest) };
  }
  return { ...url, ...parsePath(rest), omitHost: scheme !== '' };
}

/** Go: url getScheme */
function scanScheme(text: string): string {
  const m = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text);
  if (m !== null) return m[0].slice(0, -1);
  if (text.startsWith(':')) throw new GoError('missing protocol scheme');
  return '';
}

/** A colon there would look like a scheme's. */
function checkFirstSegment(rest: string): void {
  const colon = rest.indexOf(':');
  const slash = rest.indexOf('/');
  if (colon >= 0 && (slash < 0 || colon < slash)) {
    throw new GoError('first path segment in URL cannot contain colon');
  }
}

/** An escaped path as the parts of a URL that hold it. Go: URL.setPath */
export function parsePath(text: string): { path: string; rawPath: string } {
  const path = decode(text, 'path');
  return { path, rawPath: encode(path, 'path') === text ? '' : text };
}

function parseUserinfo(text: string): Userinfo {
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(text)) throw new GoError('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  if (colon < 0) return { username: decode(text, 'user') };
  return { username: decode(text.slice(0, colon), 'user'), password: decode(text.slice(colon + 1), 'user') };
}

/** Go: url parseHost */
function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) throw new GoError('invalid IP-literal');
  if (bracket === 0) return parseBracketed(host);
  const first = host.indexOf(':');
  if (first >= 0) {
    // Lists of hosts are let through, but not on the web.
    checkPort(host.slice(scheme === 'http' || scheme === 'https' ? first : host.lastIndexOf(':')));
  }
  return decode(host, 'host');
}

function checkPort(port: string): void {
  if (port !== '' && !/^:[0-9]*$/.test(port)) throw new GoError(`invalid port ${quote(port)} after host`);
}

/** An IPv6 address in brackets, with a zone and a port perhaps. */
function parseBracketed(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new GoError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const inside = host.slice(1, close);
  const zone = inside.indexOf('%25');
  const name =
    zone < 0 ? decode(inside, 'host') : decode(inside.slice(0, zone), 'host') + decode(inside.slice(zone), 'zone');
  const family = parseHostAddress(name);
  if (family === 4) throw new GoError('invalid IP-literal');
  return `[${name}]${port}`;
}

function parseHostAddress(name: string): 4 | 6 {
  try {
    return parseAddress(name);
  } catch (err) {
    throw new GoError(`invalid host: ${(err as GoError).message}`);
  }
}

/** The host without port and brackets. Go: URL.Hostname */
export function hostname(url: Url): string {
  return splitHostPort(url.host)[0];
}

/** The port's digits, or `''`. Go: URL.Port */
export function port(url: Url): string {
  return splitHostPort(url.host)[1];
}

function splitHostPort(host: string): [string, string] {
  let name = host;
  let digits = '';
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && /^:[0-9]*$/.test(host.slice(colon))) {
    name = host.slice(0, colon);
    digits = host.slice(colon + 1);
  }
  if (name.startsWith('[') && name.endsWith(']')) name = name.slice(1, -1);
  return [name, digits];
}

/** Go: Userinfo.String */
export function formatUserinfo(user: Userinfo): string {
  const name = encode(user.username, 'user');
  return user.password === undefined ? name : `${name}:${encode(user.password, 'user')}`;
}

/** Go: URL.EscapedPath */
export function escapedPath(url: Url): string {
  if (isEncodingOf(url.rawPath ?? '', url.path, 'path')) return url.rawPath as string;
  return url.path === '*' ? '*' : encode(url.path, 'path');
}

function escapedFragment(url: Url): string {
  if (isEncodingOf(url.rawFragment ?? '', url.fragment, 'fragment')) return url.rawFragment as string;
  return encode(url.fragment, 'fragment');
}

/** Whether `raw` is a sound encoding of `decoded`. Go: url validEncoded */
function isEncodingOf(raw: string, decoded: string, mode: Mode): boolean {
  if (raw === '') return false;
  for (const c of toByteString(raw)) {
    if (!"!$&'()*+,;=:@[]%".includes(c) && !isPlain(c, mode)) return false;
  }
  try {
    return decode(raw, mode) === decoded;
  } catch {
    return false;
  }
}

/** Go: URL.String */
export function formatUrl(url: Url): string {
  let out = url.scheme === '' ? '' : `${url.scheme}:`;
  out += url.opaque === '' ? formatHierarchy(url, out === '') : url.opaque;
  if (url.forceQuery || url.rawQuery !== '') out += `?${url.rawQuery}`;
  if (url.fragment !== '') out += `#${escapedFragment(url)}`;
  return out;
}

/** Authority and path. */
function formatHierarchy(url: Url, first: boolean): string {
  const { scheme, host, user } = url;
  let out = '';
  if ((scheme !== '' || host !== '' || user) && !(url.omitHost && host === '' && !user)) {
    if (host !== '' || url.path !== '' || user) out += '//';
    if (user) out += `${formatUserinfo(user)}@`;
    out += encode(host, 'host');
  }
  const path = escapedPath(url);
  if (path !== '' && !path.startsWith('/') && host !== '') out += '/';
  const segment = path.split('/', 1)[0] as string;
  // A first segment with a colon would be taken for a scheme.
  if (first && out === '' && segment.includes(':')) out += './';
  return out + path;
}

/** Reads a URL; undefined where it is none. */
export function tryParseUrl(text: string): Url | undefined {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}
