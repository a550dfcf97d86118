/** What passes for an email address or a URL in Chart.yaml. Go: github.com/asaskevich/govalidator */
import { byteLength } from '../go/bytes.ts';
import { mustCompileRegexp, type Regexp } from '../go/regexp.ts';
import { parseRequestUri, parseUrl, type Url } from '../go/url.ts';

/** Letters and symbols beyond ASCII that mail addresses may have. */
const WIDE = '\\x{00A0}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFEF}';

function emailPattern(): string {
  const atom = `[a-zA-Z0-9!#$%&'*+\\-/=?^_\`{|}~${WIDE}]+`;
  const blank = '(?:(?:[ \\t]*\\r\\n)?[ \\t]+)?';
  const plain = `[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f!\\x23-\\x5b\\x5d-\\x7e${WIDE}]`;
  const escaped = `\\([\\x01-\\x09\\x0b\\x0c\\x0d-\\x7f${WIDE}]`;
  // Every character has a quote before it here: that is how the rule is written, whatever it was meant to be.
  const quoted = `(?:"${blank}(?:${plain}|${escaped}))*${blank}"`;
  const edge = `[a-zA-Z0-9${WIDE}]`;
  const letter = `[a-zA-Z${WIDE}]`;
  const domain = `${edge}(?:[a-zA-Z0-9\\-._~${WIDE}]*${edge})?\\.`;
  const top = `${letter}(?:[a-zA-Z0-9\\-_~${WIDE}]*${letter})?\\.?`;
  return `^(?:${atom}(?:\\.${atom})*|${quoted})@${domain}${top}$`;
}

function urlPattern(): string {
  const scheme = '(?:(?:ftp|tcp|udp|wss?|https?)://)?';
  const user = '(?:\\S+@)?';
  const byte = '(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])';
  const firstByte = '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])';
  const ipv4 = `${firstByte}(?:\\.${byte}){2}\\.${byte}`;
  const ipv6 = `\\[(?:${ipv6Patterns().join('|')})\\]`;
  const plain = '[a-zA-Z0-9]';
  const label = `${plain}[a-zA-Z0-9_-]*${plain}(?:[-.]${plain}+)*`;
  const sub = `(?:www\\.|${plain}+(?:[-_.]?${plain})*${plain}\\.${plain}+)`;
  const wide = '[a-zA-Z0-9\\x{00a1}-\\x{ffff}]';
  const last = `(?:${wide}+-?-?)*${wide}+(?:\\.[a-zA-Z\\x{00a1}-\\x{ffff}]+)?`;
  const name = `(?:${label}|${sub})?${last}`;
  return `^${scheme}${user}(?:${ipv4}|${ipv6}|${name})\\.?(?::\\d{1,5})?(?:[/?#]\\S*)?$`;
}

/** The forms of an IPv6 address: with the gap at any place, with a zone, with an IPv4 address at the end. */
function ipv6Patterns(): string[] {
  const group = '[0-9a-fA-F]{1,4}';
  const byte = '(?:25[0-5]|(?:2[0-4]|1?[0-9])?[0-9])';
  const ipv4 = `(?:${byte}\\.){3}${byte}`;
  const out = [`(?:${group}:){7}${group}`, `(?:${group}:){1,7}:`, `:(?:(?::${group}){1,7}|:)`];
  for (let before = 1; before <= 6; before++) out.push(`(?:${group}:){1,${before}}(?::${group}){1,${7 - before}}`);
  out.push('fe80:(?::[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+', `::(?:ffff(?::0{1,4})?:)?${ipv4}`);
  return [...out, `(?:${group}:){1,4}:${ipv4}`];
}

let email: Regexp | undefined;
let url: Regexp | undefined;

/** Go: govalidator.IsEmail */
export function isEmail(text: string): boolean {
  email ??= mustCompileRegexp(emailPattern());
  return email.match(text);
}

const MAX_URL_LENGTH = 2083;
const MIN_URL_LENGTH = 3;

/** A URL or what looks like the beginning of one, with or without a scheme. Go: govalidator.IsURL */
export function isUrl(text: string): boolean {
  if ([...text].length >= MAX_URL_LENGTH || byteLength(text) <= MIN_URL_LENGTH || text.startsWith('.')) return false;
  const parsed = tryParse(() => parseUrl(text.includes(':') && !text.includes('://') ? `http://${text}` : text));
  if (parsed === undefined || parsed.host.startsWith('.')) return false;
  if (parsed.host === '' && parsed.path !== '' && !parsed.path.includes('.')) return false;
  url ??= mustCompileRegexp(urlPattern());
  return url.match(text);
}

/** A URL with a scheme, whatever the scheme. Go: govalidator.IsRequestURL */
export function isRequestUrl(text: string): boolean {
  const parsed = tryParse(() => parseRequestUri(text));
  return parsed !== undefined && parsed.scheme !== '';
}

function tryParse(parse: () => Url): Url | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
