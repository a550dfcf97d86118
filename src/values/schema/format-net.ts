import { byteLength } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { parseAddress } from '../../go/ip-address.ts';
import { atoi } from '../../go/number.ts';
import { quoteRune } from '../../go/quote.ts';
import { hostname, parseUrl, pathUnescape, type Url } from '../../go/url.ts';

/** Go: validateIPV4 */
export function checkIpv4(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros';
    const n = atoi(group);
    if (n < 0 || n > 255) return 'decimal must be between 0 and 255';
  }
  return undefined;
}

/** Go: validateIPV6 */
export function checkIpv6(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  parseAddress(text);
  return text.includes('%') ? 'zone id is not a part of ipv6 address' : undefined;
}

/** Go: validateHostname */
export function checkHostname(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (byteLength(name) > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    const length = byteLength(label);
    if (length < 1 || length > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const bad = /[^0-9A-Za-z-]/u.exec(label);
    if (bad !== null) return invalidCharacter(bad[0]);
  }
  return undefined;
}

function invalidCharacter(character: string): string {
  return `invalid character ${quoteRune(character.codePointAt(0) as number)}`;
}

/** Go: validateEmail */
export function checkEmail(text: string): string | undefined {
  if (byteLength(text) > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at < 0) return 'missing @';
  return checkLocalPart(text.slice(0, at)) ?? checkMailDomain(text.slice(at + 1));
}

function checkLocalPart(local: string): string | undefined {
  if (byteLength(local) > 64) return 'local part more than 64 characters long';
  if (local.length > 1 && local.startsWith('"')) {
    return /[\\"]/.test(local.slice(1, -1))
      ? 'backslash and quote are not allowed within quoted local part'
      : undefined;
  }
  if (local.startsWith('.')) return 'starts with dot';
  if (local.endsWith('.')) return 'ends with dot';
  if (local.includes('..')) return 'consecutive dots';
  const bad = /[^0-9A-Za-z.!#$%&'*+\-/=?^_`{|}~]/u.exec(local);
  return bad === null ? undefined : invalidCharacter(bad[0]);
}

function checkMailDomain(domain: string): string | undefined {
  if (domain.startsWith('[') && domain.endsWith(']')) {
    const address = domain.slice(1, -1);
    if (address.startsWith('IPv6:')) return within('invalid ipv6 address', checkIpv6, address.slice(5));
    return within('invalid ipv4 address', checkIpv4, address);
  }
  return within('invalid domain', checkHostname, domain);
}

function within(part: string, check: (text: string) => string | undefined, text: string): string | undefined {
  let found: string | undefined;
  try {
    found = check(text);
  } catch (err) {
    if (!(err instanceof GoError)) throw err;
    found = err.message;
  }
  return found === undefined ? undefined : `${part}: ${found}`;
}

/** Go: jsonschema parseURL */
function parseStrictUrl(text: string): Url {
  const url = parseUrl(text);
  const host = hostname(url);
  if (host.includes(':')) {
    if (!url.host.includes('[') || !url.host.includes(']')) {
      throw new GoError('ipv6 address not enclosed in brackets');
    }
    const problem = within('invalid ipv6 address', checkIpv6, host);
    if (problem !== undefined) throw new GoError(problem);
  }
  return url;
}

/** Go: validateURI */
export function checkUri(text: string): string | undefined {
  return parseStrictUrl(text).scheme === '' ? 'relative url' : undefined;
}

/** Go: validateURIReference */
export function checkUriReference(text: string): string | undefined {
  if (text.includes('\\')) return 'contains \\';
  parseStrictUrl(text);
  return undefined;
}

/** Go: validateURITemplate */
export function checkUriTemplate(text: string): string | undefined {
  for (const token of (parseStrictUrl(text).rawPath ?? '').split('/')) {
    let decoded: string;
    try {
      decoded = pathUnescape(token);
    } catch (err) {
      if (!(err instanceof GoError)) throw err;
      return `percent decode failed: ${err.message}`;
    }
    let open = false;
    for (const brace of decoded.match(/[{}]/g) ?? []) {
      if ((brace === '{') === open) return 'nested curly braces';
      open = !open;
    }
    if (open) return 'no matching closing brace';
  }
  return undefined;
}
