/** What registries say, and the file of their credentials. */
import fc from 'fast-check';
import { parseChallenge } from '../../../src/sources/oci/challenge.ts';
import { isDigest } from '../../../src/sources/oci/digest.ts';
import {
  credentialIn,
  parseDockerConfig,
  withCredential,
  withoutCredential,
} from '../../../src/sources/oci/docker-config.ts';
import { INDEX, MANIFEST, type Manifest, readManifest, successors } from '../../../src/sources/oci/manifest.ts';
import { parseReference, referencePart, referenceText } from '../../../src/sources/oci/reference.ts';
import { scopesToAsk } from '../../../src/sources/oci/scope.ts';
import { sameAnswer, sameWords } from '../compare.ts';
import { type Answer, base64, finding, isTyped, type Target, textOf } from '../target.ts';

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

const PARAMETER = fc
  .tuple(
    fc.constantFrom('realm', 'service', 'scope', 'a', ''),
    fc.constantFrom('=', ' = ', '=\t', ''),
    fc.constantFrom('"https://x"', '"a\\"b"', '"\\x"', '"\\u00e9"', '""', 'x', '"', '', 'a b'),
  )
  .map((parts) => parts.join(''));
const CHALLENGE = fc
  .tuple(
    fc.constantFrom('Bearer ', 'bearer', 'BEARER\t', 'Basic '),
    fc.array(PARAMETER),
    fc.constantFrom(',', ' , ', ' '),
  )
  .map(([scheme, parameters, between]) => scheme + parameters.join(between));

/** Of a challenge no more than 16 parameters are read. */
function sameChallenge(ours: Answer, helm: Answer): boolean {
  const many = 'ok' in ours && Object.keys((ours.ok as { params: object }).params).length >= 16;
  return many || sameAnswer(ours, helm);
}

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
    shape: CHALLENGE,
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
    // What is no object at all is refused in other words; of keys that stand twice the last counts.
    question: (input) =>
      /^\s*\{/.test(textOf(input)) && !hasTwins(input) ? { call: 'docker-config', args: [base64(input)] } : undefined,
    // A literal that the file ends in is told of as json.Unmarshal does.
    same: (ours, helm) =>
      ('err' in ours && 'err' in helm && ours.err.includes("invalid character ' ' in")) || sameWords(ours, helm),
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
