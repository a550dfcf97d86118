/** Which proxy a request goes through. Go: golang.org/x/net/http/httpproxy */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { PintleError } from '../../errors.ts';
import { ipBytes } from '../../go/ip-bytes.ts';
import { hostname, port, tryParseUrl, type Url } from '../../go/url.ts';
import { effectivePort } from '../../sources/http/origin.ts';
import type { Environment } from '../environment.ts';

type Rule = (host: string, port: string, address: Uint8Array | undefined) => boolean;

/** The proxy for a URL; nothing where the request goes straight to its server. */
export type ProxyFor = (url: Url) => Url | undefined;

/** What the environment says: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or the same in lower case. */
export function proxyFromEnvironment(env: Environment): ProxyFor {
  const http = parseProxy(env['HTTP_PROXY'] || env['http_proxy'] || '');
  const https = parseProxy(env['HTTPS_PROXY'] || env['https_proxy'] || '');
  if (http === undefined && https === undefined) return () => undefined;
  const rules = parseRules(env['NO_PROXY'] || env['no_proxy'] || '');
  return (url) => {
    const proxy = url.scheme === 'https' ? https : http;
    if (proxy === undefined) return undefined;
    // A server that runs this as a CGI script sets HTTP_PROXY from a header of a request.
    if (proxy === http && url.scheme === 'http' && env['REQUEST_METHOD']) {
      const reason = 'refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy';
      throw new PintleError('NETWORK_REFUSED', reason);
    }
    return isProxied(url, rules) ? proxy : undefined;
  };
}

/** A URL, or a host and port. What is neither means no proxy, as in Go. */
function parseProxy(text: string): Url | undefined {
  if (text === '') return undefined;
  const url = tryParseUrl(text);
  if (url !== undefined && url.scheme !== '' && url.host !== '') return url;
  return tryParseUrl(`http://${text}`) ?? url;
}

/** Go: httpproxy config.useProxy */
function isProxied(url: Url, rules: readonly Rule[]): boolean {
  const name = asciiHost(hostname(url));
  if (name === 'localhost') return false;
  const address = ipBytes(name);
  if (address !== undefined && isLoopback(address)) return false;
  const host = name.trim().toLowerCase();
  return !rules.some((rule) => rule(host, effectivePort(url), address));
}

/** A host name as DNS knows it. Go: idnaASCII */
export function asciiHost(name: string): string {
  return /^[\0-\x7f]*$/.test(name) ? name : domainToASCII(name) || name;
}

function isLoopback(address: Uint8Array): boolean {
  if (address.length === 4) return address[0] === 127;
  return address.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

/** Go: httpproxy config.init */
function parseRules(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const part of text.split(',')) {
    const entry = part.trim().toLowerCase();
    if (entry === '*') return [() => true];
    const rule = entry === '' ? undefined : parseRule(entry);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

function parseRule(entry: string): Rule | undefined {
  const block = parseBlock(entry);
  if (block !== undefined) return block;
  const [host, wanted] = splitPort(entry);
  if (host === '') return undefined;
  const fits = (port: string): boolean => wanted === '' || wanted === port;
  const ip = ipBytes(host);
  if (ip !== undefined) {
    return (_host, port, address) => address !== undefined && equal(address, ip) && fits(port);
  }
  const name = host.startsWith('*.') ? host.slice(1) : host;
  const suffix = asciiHost(name.startsWith('.') ? name : `.${name}`);
  const self = name.startsWith('.') ? undefined : suffix.slice(1);
  return (host, port, address) =>
    address === undefined && (host.endsWith(suffix) || (self !== undefined && host === self)) && fits(port);
}

/** Go: net.SplitHostPort; what it has no answer for is a host without a port. */
function splitPort(entry: string): [host: string, port: string] {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(entry);
  const match = bracketed ?? /^([^:[\]]*):([^:[\]]*)$/.exec(entry);
  return match === null ? [entry, ''] : [match[1] as string, match[2] as string];
}

/** Go: net.ParseCIDR */
function parseBlock(entry: string): Rule | undefined {
  const slash = entry.indexOf('/');
  if (slash < 0) return undefined;
  const network = ipBytes(entry.slice(0, slash));
  const digits = entry.slice(slash + 1);
  if (network === undefined || !/^\d{1,3}$/.test(digits)) return undefined;
  const bits = Number(digits);
  const size = isIP(entry.slice(0, slash)) === 6 ? 128 : 32;
  if (bits > size) return undefined;
  // An IPv4 address in IPv6 clothes is compared as IPv4, its block counted from the end.
  const length = network.length * 8 - (size - bits);
  return (_host, _port, address) =>
    address?.length === network.length && sharesBits(address, network, Math.max(0, length));
}

function sharesBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let i = 0; i < bits; i++) {
    const mask = 0x80 >> (i & 7);
    if (((a[i >> 3] as number) & mask) !== ((b[i >> 3] as number) & mask)) return false;
  }
  return true;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The port that a proxy listens on. */
export function proxyPort(proxy: Url): string {
  return port(proxy) || (proxy.scheme === 'https' ? '443' : '80');
}

/** Whether a proxy speaks SOCKS 5. */
export function isSocks({ scheme }: Url): boolean {
  return scheme === 'socks5' || scheme === 'socks5h';
}
