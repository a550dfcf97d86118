/** Where registries would lead us. */
import fc from 'fast-check';
import { encodeBytes } from '../../../src/go/bytes.ts';
import type { Digests } from '../../../src/host.ts';
import type { Authorizer } from '../../../src/sources/oci/auth.ts';
import { checkRealm } from '../../../src/sources/oci/realm.ts';
import { listTags } from '../../../src/sources/oci/tags.ts';
import { finding, isTyped, type Target, textOf } from '../target.ts';
import { leadsInside } from './inside.ts';

const DIGESTS: Digests = {
  sha256: () => ({ update: () => {}, hex: () => '' }),
};

/** Link headers, a line each, given one after the other by a registry; all that is asked for. */
async function askedFor(links: readonly string[]): Promise<string[]> {
  const asked: string[] = [];
  const auth: Authorizer = {
    send: async ({ url }) => {
      const link = links[asked.length];
      asked.push(url);
      const body = encodeBytes('{"tags":["1.0.0"]}');
      return {
        ...{ status: 200, statusText: 'OK', url, authorization: undefined },
        headers: new Map(link === undefined ? [] : [['link', link]]),
        body: (async function* () {
          yield body;
        })(),
        bytes: async () => body,
        discard: async () => {},
      };
    },
  };
  try {
    await listTags({ auth, digests: DIGESTS, base: 'https://reg.example/v2/charts/web', name: 'charts/web' });
  } catch (error) {
    if (!isTyped(error)) throw error;
  }
  return asked;
}

const HOSTS = fc.constantFrom(
  ...[
    'auth.example',
    'reg.example',
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '169.254.169.254',
  ],
  ...[
    'localhost.',
    'LOCALHOST',
    '①②⑦.0.0.1',
    '127。0。0。1',
    'a@127.0.0.1',
    '%31%32%37.0.0.1',
    '[fe80::1%25eth0]',
    '1.1.1.1',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'x.internal',
    '0',
    '',
  ],
);
const REALM = fc
  .tuple(
    fc.constantFrom('https://', 'http://', 'HTTPS:', '//', 'https:/\\', 'https:\t//', ' https://'),
    HOSTS,
    fc.constantFrom('', ':80', ':443', '/token', '\\@x', '#@x', '?x'),
  )
  .map((parts) => parts.join(''));

export const registryTrustTargets: readonly Target[] = [
  {
    name: 'oci-realm',
    seeds: [
      'https://auth.example/token',
      'https://127.1/',
      'https://2130706433/x',
      'https://[::ffff:7f00:1]/',
      'http://reg.example',
    ],
    words: ['https://', '@', '\\', '%', '0x7f', '127', '.1', '[::', ']', ':443', '。', 'localhost', '.internal'],
    shape: REALM,
    run: (input) => {
      const { url, host, trusted, addresses } = checkRealm(textOf(input), 'https://reg.example/v2/', []);
      const sent = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
      if (sent !== host && host !== '') finding(`judges ${host} and sends to ${sent}`);
      if (host !== 'reg.example' && addresses !== 'public') finding(`any address will do for ${host}`);
      if (leadsInside(sent)) finding(`${sent} is no public address`);
      if (trusted && !/(?:^|\.)reg\.example$/.test(sent)) finding(`trusts ${sent}`);
    },
  },
  {
    name: 'oci-link',
    seeds: [
      '</v2/charts/web/tags/list?last=a>; rel="next"',
      '<https://evil.example/x>',
      '<//evil.example>\n<\\\\evil.example>',
    ],
    words: ['<', '>', 'https://', '//', '\\', '@', 'reg.example', ':443', '\t', 'javascript:', '\n'],
    shape: fc
      .array(
        fc.tuple(
          fc.constantFrom('<', ''),
          fc.constantFrom('https://', '//', '/', '\\\\', 'http://', 'HTTPS://', 'data:', ''),
          HOSTS,
          fc.constantFrom('>', '>; rel=x', ''),
        ),
        { maxLength: 3 },
      )
      .map((lines) => lines.map((parts) => parts.join('')).join('\n')),
    run: async (input) => {
      for (const url of await askedFor(textOf(input).split('\n'))) {
        if (new URL(url).origin !== 'https://reg.example') finding(`asks for ${url}`);
      }
    },
  },
];
