/** What registries say, and where it would lead us. */
import fc from 'fast-check';
import { encodeBytes } from '../../../src/go/bytes.ts';
import type { Digests } from '../../../src/host.ts';
import type { Authorizer } from '../../../src/sources/oci/auth.ts';
import { parseChallenge } from '../../../src/sources/oci/challenge.ts';
import { isDigest } from '../../../src/sources/oci/digest.ts';
import {
  credentialIn,
  parseDockerConfig,
  withCredential,
  withoutCredential,
} from '../../../src/sources/oci/docker-config.ts';
import { INDEX, MANIFEST, type Manifest, readManifest, successors } from '../../../src/sources/oci/manifest.ts';
import { checkRealm } from '../../../src/sources/oci/realm.ts';
import { parseReference, referencePart, referenceText } from '../../../src/sources/oci/reference.ts';
import { scopesToAsk } from '../../../src/sources/oci/scope.ts';
import { listTags } from '../../../src/sources/oci/tags.ts';
import { sameAnswer, sameWords } from '../compare.ts';
import { type Answer, base64, finding, isTyped, type Target, textOf } from '../target.ts';
import { leadsInside } from './inside.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const REFERENCE = fc
  .array(
    fc.constantFrom(
      ...[
        'oci://',
        'localhost',
        ':5000',
        '/',
        'charts',
        'web',
        ':',
        '1.0.0',
        '+ci',
        '@',
        DIGEST,
        'sha512:',
        '_',
        '__',
        '.',
        '-',
        'A',
      ],
      ...['[::1]', ' ', '%41', '?', '#', 'é', '\t', 'user@', '..'],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const SAFE_PART = /^(?:\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/;

function jsonOf(...keys: string[]): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(
    '"a"',
    '1',
    'null',
    'true',
    '[]',
    '{}',
    '-1',
    '1e3',
    '1.5',
    `"${DIGEST}"`,
    '"\\u0000"',
    '9223372036854775808',
    '"YTpi"',
  );
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie('value')), { maxLength: 4 })
        .map((all) => `{${all.map(([key, inner]) => `"${key}":${inner}`).join(',')}}`),
    ),
  }));
  return value;
}

function plainManifest({ mediaType, artifactType, config, layers, manifests }: Manifest): unknown {
  const plain = ({ annotations, ...rest }: Manifest['layers'][number]): unknown => ({
    ...rest,
    annotations: Object.fromEntries(annotations ?? []),
  });
  return {
    ...{ mediaType, artifactType },
    config: config === undefined ? null : plain(config),
    layers: layers.map(plain),
    manifests: manifests.map(plain),
  };
}

/** A challenge names `params`; nobody needs more than 16, and empty ones say nothing. */
function sameChallenge(ours: Answer, helm: Answer): boolean {
  const many = 'ok' in ours && Object.keys((ours.ok as { params: object }).params).length >= 16;
  return many || sameAnswer(ours, helm);
}

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

export const registryTargets: readonly Target[] = [
  {
    name: 'oci-reference',
    seeds: [
      'oci://localhost:5000/charts/web:1.0.0+ci',
      `reg.example/a/b@${DIGEST}`,
      `reg.example/a:1@${DIGEST}`,
      'x/y',
    ],
    words: ['oci://', ':', '@', '/', '+', '__', DIGEST],
    shape: REFERENCE,
    run: (input) => {
      const reference = parseReference(textOf(input));
      try {
        const part = referencePart(reference);
        if (!SAFE_PART.test(part)) finding(`${JSON.stringify(part)} would stand in a URL`);
      } catch (error) {
        if (!isTyped(error)) throw error;
      }
      const { registry, repository, tag, digest = '' } = reference;
      return { registry, repository, tag: tag ?? '', digest, text: referenceText(reference) };
    },
    question: (input) => ({ call: 'oci-reference', args: [base64(input)] }),
    same: sameWords,
  },
  {
    name: 'oci-manifest',
    seeds: [
      `{"schemaVersion":2,"config":{"mediaType":"a","digest":"${DIGEST}","size":2},"layers":[{"mediaType":"b","size":1,"annotations":{"k":"v"}}]}`,
      '{"artifactType":"x","config":null,"layers":[null]}',
    ],
    words: [
      '"config":',
      '"layers":',
      '"size":',
      '"digest":',
      '"mediaType":',
      '"annotations":',
      '"urls":',
      'null',
      '[',
      '{',
      '1e3',
    ],
    shape: jsonOf(
      'config',
      'layers',
      'size',
      'digest',
      'mediaType',
      'annotations',
      'artifactType',
      'Size',
      'manifests',
      'ſize',
    ),
    run: (input) => {
      try {
        for (const { digest } of successors(readManifest(input, INDEX))) isDigest(digest);
      } catch (error) {
        if (!isTyped(error)) throw error;
      }
      return plainManifest(readManifest(input, MANIFEST));
    },
    // Of keys that stand twice the last counts; Go merges what they hold.
    question: (input) => (hasTwins(input) ? undefined : { call: 'oci-manifest', args: [base64(input)] }),
    same: sameWords,
  },
  {
    name: 'oci-challenge',
    seeds: [
      'Bearer realm="https://x/token",service="x",scope="repository:a:pull"',
      'Basic realm="x"',
      'bearer a = b , c="d\\"e"',
    ],
    words: ['Bearer ', 'realm=', '"', ',', '=', '\\', ' \t', 'scope=', '\\u00e9', '\\x41'],
    shape: fc
      .array(
        fc.constantFrom(
          'Bearer ',
          'bearer',
          ' ',
          '\t',
          'realm',
          '=',
          '"https://x"',
          '"a\\"b"',
          '"\\x"',
          '""',
          ',',
          'x',
          '"',
          '\\',
        ),
        { maxLength: 10 },
      )
      .map((parts) => parts.join('')),
    run: (input) => {
      const { scheme, params } = parseChallenge(textOf(input));
      for (const scope of scopesToAsk([{ repository: 'a/b', actions: ['pull'] }], params.get('scope') ?? '')) {
        if (!/^repository:(?:[a-z0-9._/-]+\/)?a\/b:pull$/.test(scope)) finding(`asks for ${scope}`);
      }
      return { scheme, params: Object.fromEntries(params) };
    },
    question: (input) => ({ call: 'oci-challenge', args: [base64(input)] }),
    same: sameChallenge,
  },
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
  {
    name: 'docker-config',
    seeds: [
      '{"auths":{"localhost:5000":{"auth":"YTpi"}},"credsStore":"x","credHelpers":{"a":"b"},"other":{"a":[1,2]}}',
      '{"auths":{"https://localhost:5000/v1/":{"username":"a","password":"b"}}}',
      '{"auths":{"localhost:5000":{"identitytoken":"t"}}}',
    ],
    words: [
      '"auths":',
      '"localhost:5000":',
      '"auth":',
      '"YTpi"',
      '"credsStore":',
      '"username":',
      '"Auth":',
      'null',
      '{',
      '}',
      ',',
    ],
    shape: jsonOf(
      'auths',
      'localhost:5000',
      'http://localhost:5000',
      'auth',
      'username',
      'password',
      'identitytoken',
      'registrytoken',
      'Auth',
      'credsStore',
      'credHelpers',
    ).map((text) => `{"auths":{"localhost:5000":${text}},"x":${text}}`),
    run: (input) => {
      const config = parseDockerConfig(textOf(input), 'PATH');
      const credential = credentialIn(config, 'localhost:5000');
      checkConfig(config);
      const { username = '', password = '', refreshToken = '', accessToken = '' } = credential ?? {};
      return { username, password, refreshToken, accessToken };
    },
    // What is no object at all is refused in other words.
    question: (input) => (/^\s*\{/.test(textOf(input)) ? { call: 'docker-config', args: [base64(input)] } : undefined),
    same: sameWords,
  },
];

/** What is written can be read, and has the credential, and nothing else has changed. */
function checkConfig(config: ReturnType<typeof parseDockerConfig>): void {
  const credential = { username: 'u', password: 'p:q', refreshToken: '', accessToken: '' };
  const written = parseDockerConfig(withCredential(config, 'reg.example', credential), 'PATH');
  const back = credentialIn(written, 'reg.example');
  if (back?.username !== 'u' || back.password !== 'p:q') finding('a written credential does not come back');
  const removed = parseDockerConfig(withoutCredential(written, 'reg.example') ?? '', 'PATH');
  for (const key of config.auths.keys()) {
    if (key !== 'reg.example' && !removed.auths.has(key)) finding(`${key} is lost`);
  }
}

/** Whether an object of a JSON text has a key twice. */
function hasTwins(input: Uint8Array): boolean {
  const text = Buffer.from(input).toString();
  const keys = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const inner = Object.values(value).reduce((sum: number, one) => sum + keys(one), 0);
    return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
  };
  try {
    return keys(JSON.parse(text)) < (text.match(/"\s*:/g) ?? []).length;
  } catch {
    return false;
  }
}
