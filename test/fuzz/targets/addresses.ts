/** URLs and addresses. */
import fc from 'fast-check';
import { encodeBytes } from '../../../src/go/bytes.ts';
import { GoError } from '../../../src/go/error.ts';
import { ipBytes } from '../../../src/go/ip-bytes.ts';
import { escapedPath, formatUrl, hostname, parseRequestUri, parseUrl, port, type Url } from '../../../src/go/url.ts';
import { resolveReference } from '../../../src/go/url-resolve.ts';
import { isPrivateHost, isPublicAddress } from '../../../src/sources/http/address.ts';
import { originOf } from '../../../src/sources/http/origin.ts';
import { checkTarget, type Hop, nextHop } from '../../../src/sources/http/redirect.ts';
import { sameWords } from '../compare.ts';
import { base64, finding, type Question, type Target, textOf } from '../target.ts';
import { leadsInside } from './inside.ts';

const PARTS = [
  ...[
    'https://',
    'HTTP://',
    'oci:',
    'file:',
    '//',
    '/',
    'x.io',
    'x.IO.',
    ':8080',
    ':',
    ':a',
    '@',
    'user',
    'p%40',
    '[::1]',
    '[fe80::1%25eth0]',
  ],
  ...[
    '[::ffff:1.2.3.4]',
    '?',
    'a=b&c',
    '#',
    'f%23',
    '%2f',
    '%',
    '%zz',
    '%41',
    'é',
    '\u00ff',
    ' ',
    '+',
    '\\',
    '..',
    '.',
    ';',
    '*',
    '"',
    '<',
    '\x7f',
    '!',
    "'",
    '[',
    ']',
    '^',
    '|',
  ],
];
const URL_TEXT = fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join(''));

function plainUrl(url: Url): unknown {
  const {
    scheme,
    opaque,
    user,
    host,
    path,
    rawPath = '',
    rawQuery,
    fragment,
    rawFragment = '',
    forceQuery = false,
    omitHost = false,
  } = url;
  return {
    ...{ scheme, opaque, host, path, rawPath, rawQuery, fragment, rawFragment, forceQuery, omitHost },
    user: user === undefined ? null : [user.username, user.password ?? null],
    ...{ text: formatUrl(url), escaped: escapedPath(url), hostname: hostname(url), port: port(url) },
  };
}

const GROUPS = fc.constantFrom(
  '0',
  '1',
  '127',
  '10',
  '255',
  '256',
  '01',
  'ffff',
  'fe80',
  '2001',
  'db8',
  '7f00',
  '',
  'g',
  '169.254',
  '192.168.1.1',
  '64',
  'ff9b',
  '2002',
);
const ADDRESS = fc
  .tuple(
    fc.array(GROUPS, { minLength: 1, maxLength: 9 }),
    fc.constantFrom(':', '.', '::'),
    fc.constantFrom('', '::', '%eth0', '::ffff:'),
  )
  .map(([groups, between, extra]) =>
    extra.startsWith('%') ? groups.join(between) + extra : extra + groups.join(between),
  );

function twoLines(input: Uint8Array): readonly [string, string] {
  const [first = '', second = ''] = textOf(input).split('\n');
  return [first, second];
}

function ask(call: string): (input: Uint8Array) => Question {
  return (input) => ({ call, args: twoLines(input).map((line) => base64(encodeBytes(line))) });
}

/** What a redirect leads to; it must not take to strangers what is not theirs. */
function redirected(input: Uint8Array): string {
  const [from, location] = twoLines(input);
  const hop: Hop = {
    method: 'GET',
    url: parseUrl(from),
    headers: { cookie: 'secret', accept: '*/*' },
    authorization: 'Basic secret',
  };
  checkTarget(hop);
  const next = nextHop(hop, 1, { status: 302, headers: new Map([['location', location]]) }, false);
  if (next === undefined) return '';
  if (hop.url.scheme === 'https' && next.url.scheme === 'http') finding('goes on without TLS');
  const told = next.authorization !== undefined || 'cookie' in next.headers;
  if (told && originOf(next.url) !== originOf(hop.url)) finding(`tells ${formatUrl(next.url)} a secret`);
  if (told && isElsewhere(formatUrl(next.url), from))
    finding(`the transport would tell ${formatUrl(next.url)} a secret`);
  return formatUrl(next.url);
}

/** Whether the URLs that WHATWG's rules see have two origins: what connects may see them so. */
function isElsewhere(next: string, from: string): boolean {
  if (!URL.canParse(next) || !URL.canParse(from)) return false;
  return new URL(next).origin !== new URL(from).origin;
}

export const addressTargets: readonly Target[] = [
  {
    name: 'url',
    seeds: [
      'https://user:p%40@x.io:8080/a%2fb/../c?q=1#f',
      'mailto:a@b',
      '//x/y',
      '/a b',
      'http://[fe80::1%25en0]:80/',
      '?',
      'a:b',
    ],
    words: PARTS,
    shape: URL_TEXT,
    run: (input) => {
      const text = textOf(input);
      let uri = '';
      try {
        uri = formatUrl(parseRequestUri(text));
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
        uri = error.message;
      }
      return { uri, ...(plainUrl(parseUrl(text)) as object) };
    },
    question: (input) => ({ call: 'url', args: [base64(input)] }),
    same: sameWords,
  },
  {
    name: 'url-resolve',
    seeds: ['https://x.io/a/b?q\n../c', 'mailto:a\n?x', 'http://x\n//y/../z', 'http://x/a%2fb/c\n./d%2fe/..'],
    words: [...PARTS, '\n'],
    shape: fc.tuple(URL_TEXT, URL_TEXT).map((both) => both.join('\n')),
    run: (input) => {
      const [base, reference] = twoLines(input).map((line) => parseUrl(line)) as [Url, Url];
      return plainUrl(resolveReference(base, reference));
    },
    question: ask('url-resolve'),
    same: sameWords,
  },
  {
    name: 'address',
    seeds: [
      '127.0.0.1',
      '::1',
      '::ffff:10.0.0.1',
      '2001:db8::1',
      '8.8.8.8',
      'fe80::1%eth0',
      '0x7f.1',
      '2002:7f00:1::',
      '64:ff9b::a00:1',
    ],
    words: ['::', ':', '.', '127', '0', 'ffff', '%', '0x', '[', ']', 'localhost'],
    shape: ADDRESS,
    run: (input) => {
      const text = textOf(input);
      const bytes = ipBytes(text);
      if (isPublicAddress(text) && leadsInside(text)) finding(`${text} passes for a public address`);
      if (!isPrivateHost(text) && URL.canParse(`http://${text}/`)) {
        const seen = new URL(`http://${text}/`).hostname.replace(/^\[|\]$/g, '');
        // Dots of other scripts make another host of it for whoever reads URLs as browsers do; nobody here does.
        if (/^[\x21-\x7e]*$/.test(text) && !/[@/?#\\%:]/.test(text) && leadsInside(seen)) finding(`${text} is ${seen}`);
      }
      return { bytes: bytes === undefined ? '' : Buffer.from(bytes).toString('hex'), public: isPublicAddress(text) };
    },
    question: (input) => ({ call: 'address', args: [base64(input)] }),
    same: (ours, helm) => {
      const [mine, theirs] = [ours, helm].map((answer) => ('ok' in answer ? answer.ok : {}) as Record<string, unknown>);
      return mine?.['bytes'] === theirs?.['bytes'] && (mine?.['public'] === false || theirs?.['public'] === true);
    },
  },
  {
    name: 'redirect',
    seeds: [
      'https://x.io/a\n/b',
      'https://x.io/a#f\nhttps://y.io',
      'https://x.io\n//y\\@x.io',
      'http://x.io:80/\nhttp://X.io/',
      'https://x.io/\nhttp://x.io',
    ],
    words: [...PARTS, '\n', '\\@'],
    shape: fc
      .tuple(fc.constantFrom('https://x.io/a', 'http://x.io:80/a/b?c#d', 'https://u@x.io'), URL_TEXT)
      .map((both) => both.join('\n')),
    run: redirected,
    question: (input) => {
      const [from, location] = twoLines(input);
      return location === '' || !/^https?:/i.test(from) ? undefined : ask('redirect')(input);
    },
    // Ways that lead from https to http, and to no server at all, are refused.
    same: (ours, helm) => 'err' in ours || sameWords(ours, helm),
  },
];
