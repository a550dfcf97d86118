/** Registries that lie. Rows D2, D6, D7 and D8 of the table of hostile inputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveOf } from '../../../test/registry/client-script.ts';
import { encodeBytes } from '../../go/bytes.ts';
import type { HttpRequest, HttpResponse } from '../../host.ts';
import { nodeDigests } from '../../node/http/digests.ts';
import { memoryAnswer, memoryRegistry } from '../../testing/memory-registry.ts';
import { createHttpClient } from '../http/client.ts';
import { digestOf } from './digest.ts';
import { CHART_CONFIG, CHART_LAYER, DOCKER_MANIFEST, INDEX, MANIFEST } from './manifest.ts';
import { createRegistry, type Registry } from './registry.ts';

type Intercept = (request: HttpRequest) => HttpResponse | undefined;

interface Bench {
  readonly registry: Registry;
  readonly requests: readonly HttpRequest[];
}

function bench(intercept?: Intercept, url = 'https://r.example.com'): Bench {
  const memory = memoryRegistry({ url, ...(intercept === undefined ? {} : { intercept }) });
  const http = createHttpClient(memory.transport, { userAgent: 'test', sleep: async () => {} });
  const credentials = async (): Promise<{ username: string; password: string }> => ({
    username: 'me',
    password: 'canary',
  });
  const registry = createRegistry({ http, digests: nodeDigests, credentials, plainHttp: url.startsWith('http:') });
  return { registry, requests: memory.requests };
}

const REF = 'r.example.com/c/web:1.0.0';

interface Parts {
  readonly config?: object | undefined;
  readonly layers?: readonly object[];
  readonly mediaType?: string;
  readonly type?: string;
  readonly body?: string;
}

const archive = await archiveOf('web', '1.0.0');
const config = encodeBytes('{"name":"web"}');

function descriptor(mediaType: string, bytes: Uint8Array): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digestOf(bytes, nodeDigests), size: bytes.length };
}

const CONFIG = descriptor(CHART_CONFIG, config);
const LAYER = descriptor(CHART_LAYER, archive);

/** Serves one manifest and its blobs, each of which `blobs` may replace. */
function serving(parts: Parts, blobs: Readonly<Record<string, HttpResponse>> = {}): Intercept {
  const manifest = { schemaVersion: 2, config: CONFIG, layers: [LAYER], ...parts };
  const body = parts.body ?? JSON.stringify(manifest);
  return ({ url }) => {
    if (url.includes('/manifests/')) return memoryAnswer(200, body, { 'content-type': parts.type ?? MANIFEST });
    const digest = url.slice(url.lastIndexOf('/') + 1);
    if (blobs[digest]) return blobs[digest];
    if (digest === CONFIG.digest) return memoryAnswer(200, config);
    return digest === LAYER.digest ? memoryAnswer(200, archive) : undefined;
  };
}

test('what is served whole is taken', async () => {
  const pulled = await bench(serving({})).registry.pullChart(REF);
  assert.deepEqual(pulled.chart, archive);
});

const PUSH = 'failed to perform "Push" on destination: ';
const FETCH = 'failed to perform "Fetch" on source: ';
const BLOB = `GET "https://r.example.com/v2/c/web/blobs/${LAYER.digest}"`;

test('D6: blobs that are not what they should be', async () => {
  const other = encodeBytes('x'.repeat(archive.length));
  const short = archive.subarray(0, archive.length - 1);
  const long = new Uint8Array([...archive, 0]);
  const undeclared = (bytes: Uint8Array): HttpResponse => {
    const answer = memoryAnswer(200, bytes);
    return { ...answer, headers: new Map() };
  };
  const size = archive.length;
  const cases: readonly (readonly [string, HttpResponse, string | RegExp])[] = [
    ['other bytes', memoryAnswer(200, other), `${PUSH}mismatched digest`],
    [
      'short',
      undeclared(short),
      `${PUSH}read failed: expected content size of ${size}, got ${size - 1}, for digest ${LAYER.digest}: unexpected EOF`,
    ],
    ['long', undeclared(long), `${PUSH}trailing data`],
    ['short and said so', memoryAnswer(200, short), `${FETCH}${BLOB}: mismatch Content-Length`],
    ['long and said so', memoryAnswer(200, long), `${FETCH}${BLOB}: mismatch Content-Length`],
    [
      'length too long',
      memoryAnswer(200, archive, { 'content-length': '99999999999' }),
      `${FETCH}${BLOB}: mismatch Content-Length`,
    ],
    ['cut off', memoryAnswer(200, short, { 'content-length': String(size) }), /unexpected EOF$/],
    ['empty', undeclared(new Uint8Array(0)), /got 0, for digest/],
    ['gone', memoryAnswer(404), `${FETCH}${LAYER.digest}: not found`],
    ['server error', memoryAnswer(418), `${FETCH}${BLOB}: response status code 418: I'm a teapot`],
    [
      'another digest said',
      memoryAnswer(200, archive, { 'docker-content-digest': CONFIG.digest }),
      `${FETCH}${BLOB}: invalid response; digest mismatch in Docker-Content-Digest: received "${CONFIG.digest}" when expecting "${LAYER.digest}"`,
    ],
    [
      'no digest said',
      memoryAnswer(200, archive, { 'docker-content-digest': '../x' }),
      `${FETCH}${BLOB}: invalid response header: \`Docker-Content-Digest: ../x\``,
    ],
  ];
  for (const [name, answer, message] of cases) {
    const kept: string[] = [];
    const { registry } = bench(serving({}, { [LAYER.digest]: answer }));
    const blob = async (_: unknown, fetch: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const bytes = await fetch();
      kept.push(name);
      return bytes;
    };
    await assert.rejects(registry.pullChart(REF, { blob }), { name: 'PintleError', message }, name);
    assert.deepEqual(kept, []);
  }
});

test('D6: a body without end is left when it is too long', async () => {
  let given = 0;
  const endless: HttpResponse = {
    status: 200,
    statusText: 'OK',
    headers: new Map(),
    body: (async function* () {
      for (;;) {
        given += 1000;
        yield new Uint8Array(1000);
      }
    })(),
  };
  const { registry } = bench(serving({}, { [LAYER.digest]: endless }));
  await assert.rejects(registry.pullChart(REF), { message: `${PUSH}trailing data` });
  assert.ok(given < archive.length + 3000);
});

test('D6: descriptors that no blob has', async () => {
  const sizes: readonly (readonly [string, RegExp])[] = [
    ['4611686018427387904', /: invalid descriptor size$/],
    ['-1', /: invalid descriptor size$/],
    ['1000000000', /: invalid descriptor size$/],
    [
      '9223372036854775808',
      /cannot unmarshal number 9223372036854775808 into Go struct field Descriptor.layers.size of type int64$/,
    ],
    ['1.5', /cannot unmarshal number 1.5 into/],
    ['1e3', /cannot unmarshal number 1e3 into/],
    ['"5"', /cannot unmarshal string into Go struct field Descriptor.layers.size of type int64$/],
  ];
  for (const [size, message] of sizes) {
    const body = JSON.stringify({ config: CONFIG, layers: [LAYER] }).replace(/(.*)"size":\d+/, `$1"size":${size}`);
    const { registry, requests } = bench(serving({ body }));
    await assert.rejects(registry.pullChart(REF), { name: 'PintleError', message }, size);
    assert.ok(!requests.some(({ url }) => url.includes(LAYER.digest)), size);
  }
  for (const digest of [
    '',
    'sha256:../x',
    'sha256:../../x',
    'md5:abc',
    `sha256:${'A'.repeat(64)}`,
    `${LAYER.digest}/..`,
    'x y',
  ]) {
    const { registry, requests } = bench(serving({ layers: [{ ...LAYER, digest }] }));
    const blob = async (): Promise<never> => assert.fail('the cache was asked');
    await assert.rejects(registry.pullChart(REF, { blob }), { code: 'DIGEST_MISMATCH' }, digest);
    assert.ok(
      requests.every(({ url }) => url.includes('/manifests/') || url.includes(CONFIG.digest)),
      digest,
    );
  }
});

test('D6: a manifest that is not what was asked for', async () => {
  const body = JSON.stringify({ config: CONFIG, layers: [LAYER] });
  const real = digestOf(encodeBytes(body), nodeDigests);
  const pinned = `r.example.com/c/web@${CONFIG.digest}`;
  await assert.rejects(bench(serving({ body })).registry.pullChart(pinned), {
    message: 'failed to perform "FetchReference" on source: mismatched digest',
  });
  const said = (digest: string): Intercept => {
    const serve = serving({ body });
    return (request) => {
      const answer = serve(request);
      if (answer === undefined || !request.url.includes('/manifests/')) return answer;
      return { ...answer, headers: new Map([...answer.headers, ['docker-content-digest', digest]]) };
    };
  };
  assert.equal((await bench(said(real)).registry.pullChart(REF)).manifest.digest, real);
  for (const digest of [CONFIG.digest, 'sha256:x', '../../x']) {
    await assert.rejects(bench(said(digest)).registry.pullChart(REF), { code: 'DIGEST_MISMATCH' }, digest);
  }
  // A moved tag does not move what is pinned.
  await assert.rejects(bench(said(real)).registry.resolve(pinned), { code: 'DIGEST_MISMATCH' });
});

test('D6: manifests that cannot be read', async () => {
  const source = 'failed to perform "FetchReference" on source: ';
  const cases: readonly (readonly [Parts, string | RegExp])[] = [
    [{ body: '' }, /unexpected end of JSON input$/],
    [{ body: '{' }, /unexpected end of JSON input$/],
    [{ body: '[]' }, /cannot unmarshal array into Go value of type v1.Manifest$/],
    [{ body: '{"config":[]}' }, /cannot unmarshal array into Go struct field Manifest.config of type v1.Descriptor$/],
    [
      { body: '{"layers":{}}' },
      /cannot unmarshal object into Go struct field Manifest.layers of type \[\]v1.Descriptor$/,
    ],
    [{ body: '{"layers":[1]}' }, /cannot unmarshal number into Go struct field Manifest.layers of type v1.Descriptor$/],
    [{ body: '['.repeat(100_000) }, /exceeded max depth$/],
    [
      { type: '' },
      `${source}GET "https://r.example.com/v2/c/web/manifests/1.0.0": invalid response \`Content-Type\` header; mime: no media type`,
    ],
    [{ body: ' '.repeat(5_000_000) }, /larger than 4194304 bytes/],
  ];
  for (const [parts, message] of cases) {
    await assert.rejects(bench(serving(parts)).registry.pullChart(REF), { name: 'PintleError', message });
  }
});

test('D7: what is no chart', async () => {
  const image = descriptor('application/vnd.oci.image.layer.v1.tar+gzip', archive);
  const imageConfig = descriptor('application/vnd.oci.image.config.v1+json', config);
  const least = 'manifest does not contain minimum number of descriptors (2), descriptors found: ';
  const cases: readonly (readonly [string, Parts, string | RegExp])[] = [
    ['an image', { config: imageConfig, layers: [image] }, `${least}1`],
    ['no config', { config: imageConfig }, `could not load config with mediatype ${CHART_CONFIG}`],
    ['no layers', { layers: [] }, `manifest does not contain a layer with mediatype ${CHART_LAYER}`],
    ['a layer of another kind', { layers: [image] }, `manifest does not contain a layer with mediatype ${CHART_LAYER}`],
    ['empty', { body: '{}' }, `${least}1`],
    ['null', { body: 'null' }, `${least}1`],
    ['two layers', { layers: [LAYER, { ...LAYER, size: 1 }] }, /has 2 layers with mediatype/],
    [
      'old and new',
      { layers: [LAYER, { ...LAYER, mediaType: 'application/tar+gzip' }] },
      /has 2 layers with mediatype/,
    ],
    [
      'Docker',
      { type: DOCKER_MANIFEST },
      /^unable to retrieve blob with digest sha256:\w+: sha256:\w+: application\/vnd.docker.*: not found$/,
    ],
    ['unknown kind', { type: 'text/html' }, `${least}0`],
    ['a config of 1 GB', { config: { ...CONFIG, size: 1 << 30 } }, `${PUSH}invalid descriptor size`],
    [
      'too many layers',
      { layers: Array.from({ length: 1500 }, (_, i) => ({ ...image, size: i })) },
      /more manifests or layers/,
    ],
  ];
  for (const [name, parts, message] of cases) {
    await assert.rejects(bench(serving(parts)).registry.pullChart(REF), { name: 'PintleError', message }, name);
  }
  const bad = encodeBytes('not json');
  const badConfig = descriptor(CHART_CONFIG, bad);
  const served = serving({ config: badConfig }, { [badConfig.digest]: memoryAnswer(200, bad) });
  await assert.rejects(bench(served).registry.pullChart(REF), {
    message: "invalid character 'o' in literal null (expecting 'u')",
  });
});

test('D7: urls of layers are never followed', async () => {
  const layer = { ...LAYER, urls: ['https://stranger.net/x', 'http://169.254.169.254/'] };
  const { registry, requests } = bench(serving({ layers: [layer] }));
  assert.deepEqual((await registry.pullChart(REF)).chart, archive);
  assert.ok(requests.every(({ url }) => url.startsWith('https://r.example.com/')));
  const foreign = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
  const away = bench(serving({ layers: [{ ...layer, mediaType: foreign }] }));
  await assert.rejects(away.registry.pullChart(REF), { name: 'PintleError' });
  assert.ok(!away.requests.some(({ url }) => url.includes(LAYER.digest)));
});

test('D7: indexes', async () => {
  const chart = JSON.stringify({ config: CONFIG, layers: [LAYER] });
  const leaf = descriptor(MANIFEST, encodeBytes(chart));
  /** An index over one manifest, `depth` indexes deep. */
  const nested = (depth: number): { texts: Map<string, readonly [string, string]>; top: string } => {
    const texts = new Map<string, readonly [string, string]>([[leaf.digest, [chart, MANIFEST]]]);
    let below = leaf;
    let top = '';
    for (let i = 0; i < depth; i++) {
      top = JSON.stringify({ schemaVersion: 2, manifests: [below] });
      below = descriptor(INDEX, encodeBytes(top));
      texts.set(below.digest, [top, INDEX]);
    }
    return { texts, top };
  };
  const serve = (depth: number): Intercept => {
    const { texts, top } = nested(depth);
    const blobs = serving({});
    return (request) => {
      if (!request.url.includes('/manifests/')) return blobs(request);
      const [text, type] = texts.get(request.url.slice(request.url.lastIndexOf('/') + 1)) ?? [top, INDEX];
      return memoryAnswer(200, text, { 'content-type': type });
    };
  };
  assert.deepEqual((await bench(serve(1)).registry.pullChart(REF)).chart, archive);
  const deep = bench(serve(1000));
  await assert.rejects(deep.registry.pullChart(REF), { message: /more manifests or layers/ });
  assert.ok(deep.requests.length < 10);
  const wide = JSON.stringify({ manifests: Array.from({ length: 1000 }, (_, i) => ({ ...leaf, size: i + 1 })) });
  const many = bench((request) =>
    request.url.endsWith('/1.0.0')
      ? memoryAnswer(200, wide, { 'content-type': INDEX })
      : memoryAnswer(200, '{}', { 'content-type': MANIFEST }),
  );
  await assert.rejects(many.registry.pullChart(REF), { name: 'PintleError' });
  assert.ok(many.requests.length < 50);
});

test('D2: an upload goes on at the registry or not at all', async () => {
  const artifact = { archive, config, annotations: new Map<string, string>() };
  const pushed = (location: string, url?: string): [Promise<unknown>, readonly HttpRequest[]] => {
    const { registry, requests } = bench(({ method }) => {
      if (method === 'HEAD') return memoryAnswer(404);
      return method === 'POST' ? memoryAnswer(202, '', { location }) : undefined;
    }, url);
    const { host } = new URL(url ?? 'https://r.example.com');
    return [registry.push(`${host}/c/web:1.0.0`, artifact), requests];
  };
  const away: readonly (readonly [string, RegExp | string])[] = [
    [
      'https://stranger.net/up',
      `${PUSH}blob upload Location "stranger.net" is on a different host than the registry "r.example.com"`,
    ],
    ['https://r.example.com:444/up', /on a different host/],
    ['https://sub.r.example.com/up', /on a different host/],
    ['//stranger.net/up', /on a different host/],
    ['http://r.example.com:443/up', /downgrades scheme from https/],
    ['https://r.example.com@stranger.net/up', /on a different host/],
    ['', /no Location header/],
    ['https://a b/', /invalid character " " in host name/],
  ];
  for (const [location, message] of away) {
    const [outcome, requests] = pushed(location);
    await assert.rejects(outcome, { name: 'PintleError', message }, location);
    assert.ok(!requests.some(({ method }) => method === 'PUT'), location);
  }
  for (const location of [
    '/up?a=1',
    'https://r.example.com:443/up?a=1',
    'up?a=1',
    'https://u:p@r.example.com/up?a=1',
  ]) {
    const [outcome, requests] = pushed(location);
    await assert.rejects(outcome, { name: 'PintleError' });
    const put = requests.find(({ method }) => method === 'PUT');
    assert.match(put?.url ?? '', /^https:\/\/r\.example\.com(:443)?\/.*up\?a=1&digest=sha256%3A/, location);
  }
});

test('D2: what is written follows no redirect', async () => {
  const artifact = { archive, config, annotations: new Map<string, string>() };
  const { registry, requests } = bench(({ method }) =>
    method === 'HEAD' ? memoryAnswer(404) : memoryAnswer(307, '', { location: 'https://stranger.net/' }),
  );
  await assert.rejects(registry.push(REF, artifact), { message: /response status code 307: Temporary Redirect$/ });
  assert.ok(requests.every(({ url }) => url.startsWith('https://r.example.com/')));
});

test('D8: lists without end', async () => {
  const page = (tags: readonly string[], link?: string): HttpResponse =>
    memoryAnswer(200, JSON.stringify({ tags }), link === undefined ? {} : { link });
  let pages = 0;
  const endless = bench(() => page(['1.0.0'], `</v2/c/web/tags/list?last=${pages++}>; rel="next"`));
  await assert.rejects(endless.registry.tags('r.example.com/c/web'), { message: /has more than 1000 pages$/ });
  assert.equal(pages, 1000);
  const loop = bench(({ url }) => page([], `<${url}>`));
  await assert.rejects(loop.registry.tags('r.example.com/c/web'), { message: /pages without end/ });
  const wide = bench(({ url }) => {
    const n = Number(new URL(url).searchParams.get('n') ?? 0);
    return page(
      Array.from({ length: 50_000 }, (_, i) => `1.${n}.${i}`),
      `<?n=${n + 1}>`,
    );
  });
  await assert.rejects(wide.registry.tags('r.example.com/c/web'), { message: /has more than 200000 tags$/ });
  const links: readonly (readonly [string, string | RegExp])[] = [
    ['https://stranger.net/x', /missing '<'$/],
    ['<https://stranger.net/x', /missing '>'$/],
    ['<https://stranger.net/x>', /goes on at https:\/\/stranger\.net, which is not the registry/],
    ['<http://r.example.com/x>', /goes on at http:/],
    ['<http://[>', /no URL$/],
  ];
  for (const [link, message] of links) {
    const { registry, requests } = bench(() => page(['1.0.0'], link));
    await assert.rejects(registry.tags('r.example.com/c/web'), { name: 'PintleError', message }, link);
    assert.equal(requests.length, 1);
  }
  const odd: readonly (readonly [string, string | RegExp])[] = [
    [
      '{"tags":{}}',
      /failed to decode response: json: cannot unmarshal object into Go struct field \.tags of type \[\]string$/,
    ],
    ['{"tags":[1]}', /cannot unmarshal number into Go struct field \.tags of type string$/],
    ['<html>', /invalid character '<' looking for beginning of value$/],
  ];
  for (const [body, message] of odd) {
    await assert.rejects(bench(() => memoryAnswer(200, body)).registry.tags('r.example.com/c/web'), { message });
  }
  const none = bench(() => memoryAnswer(200, '{"tags":null}'));
  assert.deepEqual(await none.registry.tags('r.example.com/c/web'), []);
});
