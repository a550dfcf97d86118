/**
 * What the library asks of a registry, one step after another. The same steps run against the registry in memory (with
 * the other unit tests) and against real ones (with the exchange suite), so that the one in memory is known to behave.
 */
import assert from 'node:assert/strict';
import { loadChartFiles } from '../../src/chart/load.ts';
import { packChart } from '../../src/chart/pack.ts';
import { pushChart } from '../../src/chart/push-chart.ts';
import type { Chart } from '../../src/chart/types.ts';
import type { PintleError } from '../../src/errors.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import type { TlsOptions } from '../../src/host.ts';
import { nodeDigests } from '../../src/node/http/digests.ts';
import { nodeInflate } from '../../src/node/inflate.ts';
import type { HttpClient } from '../../src/sources/http/client.ts';
import { type Credential, createRegistry, type Registry } from '../../src/sources/oci/registry.ts';

export interface ScriptOptions {
  readonly http: HttpClient;
  /** Host and port. */
  readonly host: string;
  readonly plainHttp: boolean;
  readonly credential?: Credential;
  readonly tls?: TlsOptions;
  /** A name that nothing else in the registry has. */
  readonly slug: string;
}

const CREATED = '2026-01-02T03:04:05Z';

/** A small chart's archive. */
export async function archiveOf(name: string, version: string, more = ''): Promise<Uint8Array> {
  const yaml = `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`;
  const files = [{ name: 'Chart.yaml', data: encodeBytes(yaml) }];
  const chart = (await loadChartFiles(files, { inflate: nodeInflate })) as Chart;
  const clock = { now: () => ({ milliseconds: 0, nanoseconds: 0 }), timeZone: 'UTC' };
  return packChart(chart, { clock, times: 'kept' }).bytes;
}

export function registryFor(options: ScriptOptions): Registry {
  const { http, plainHttp, credential, tls } = options;
  return createRegistry({
    http,
    plainHttp,
    digests: nodeDigests,
    credentials: async () => credential,
    ...(tls === undefined ? {} : { tls }),
  });
}

/** Runs all steps; throws at the first that goes wrong. */
export async function runClientScript(options: ScriptOptions): Promise<void> {
  const registry = registryFor(options);
  const { host, slug } = options;
  const place = `${host}/${slug}/charts`;
  await registry.ping(host);
  await missing(registry, place);
  await pushAndPull(registry, place);
  await versions(registry, place);
  await blobs(registry, host, slug);
}

async function missing(registry: Registry, place: string): Promise<void> {
  const ref = `${place}/none:1.0.0`;
  await assert.rejects(registry.resolve(ref), { code: 'NOT_FOUND', message: `${ref}: not found` });
  const text = `failed to perform "FetchReference" on source: ${ref}: not found`;
  await assert.rejects(registry.pullChart(ref), { code: 'NOT_FOUND', message: text });
  await assert.rejects(registry.tags(`${place}/none`), (error: PintleError) => {
    assert.equal(error.code, 'NOT_FOUND');
    assert.match(error.message, /^GET ".*\/tags\/list": response status code 404: name unknown: /);
    return true;
  });
}

async function pushAndPull(registry: Registry, place: string): Promise<void> {
  const archive = await archiveOf('web', '1.0.0');
  const prov = encodeBytes('who signed it\n');
  const push = { inflate: nodeInflate, created: CREATED };
  const ref = `${place}/web:1.0.0`;
  const bare = await pushChart(registry, archive, ref, push);
  assert.equal(bare.ref, ref);
  assert.deepEqual(await registry.resolve(`oci://${ref}`), bare.manifest);
  const pulled = await registry.pullChart(ref);
  assert.deepEqual(pulled.chart, archive);
  assert.equal(pulled.manifest.digest, bare.manifest.digest);
  assert.equal(pulled.prov, undefined);
  const layer = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
  await assert.rejects(registry.pullChart(ref, { prov: 'only' }), {
    message: `manifest does not contain a layer with mediatype ${layer}`,
  });

  const signed = await pushChart(registry, archive, ref, { ...push, prov });
  assert.notEqual(signed.manifest.digest, bare.manifest.digest);
  assert.equal(signed.chart.digest, bare.chart.digest);
  const both = await registry.pullChart(ref, { prov: true });
  assert.deepEqual([both.chart, both.prov], [archive, prov]);
  assert.deepEqual((await registry.pullChart(ref, { prov: 'only' })).prov, prov);
  assert.equal((await registry.pullChart(ref, { prov: 'only' })).chart, undefined);

  // What the tag was moved away from is still there under its digest.
  const old = await registry.pullChart(`${place}/web@${bare.manifest.digest}`);
  assert.deepEqual(old.chart, archive);
  assert.equal(old.ref, `${place}/web@${bare.manifest.digest}`);
  assert.deepEqual(await pushChart(registry, archive, ref, push), bare);
}

async function versions(registry: Registry, place: string): Promise<void> {
  for (const version of ['1.1.0', '1.2.0-rc.1', '2.0.0+build.7']) {
    const archive = await archiveOf('web', version);
    const pushed = await pushChart(registry, archive, `${place}/web:${version}`, {
      inflate: nodeInflate,
      created: CREATED,
    });
    assert.equal(pushed.ref, `${place}/web:${version.replace('+', '_')}`);
  }
  assert.deepEqual(await registry.tags(`${place}/web`), ['2.0.0+build.7', '1.2.0-rc.1', '1.1.0', '1.0.0']);
  const web = `oci://${place}/web`;
  const { digest } = await registry.resolve(`${place}/web:1.0.0`);
  const located: readonly (readonly [string, string, string])[] = [
    [web, '', '2.0.0+build.7'],
    [web, '^1', '1.1.0'],
    [web, '>1.1.0-0 <2', '1.2.0-rc.1'],
    [web, '1.0.0', '1.0.0'],
    [`${web}:1.1.0`, '', '1.1.0'],
    [`${web}:1.1.0`, '1.1.0', '1.1.0'],
  ];
  for (const [ref, version, want] of located) {
    assert.equal((await registry.locate(ref, version)).ref, `${place}/web:${want}`, `${ref} ${version}`);
  }
  const pinned = `${place}/web@${digest}`;
  assert.deepEqual(await registry.locate(`oci://${pinned}`, ''), { ref: pinned });
  assert.deepEqual(await registry.locate(`oci://${pinned}`, '1.0.0'), { ref: pinned, digest });
  assert.deepEqual(await registry.locate(`oci://${pinned}`, '7.0.0'), { ref: pinned });
  const other = (await registry.resolve(`${place}/web:1.1.0`)).digest;
  await assert.rejects(registry.locate(`oci://${pinned}`, '1.1.0'), {
    message: `chart reference digest mismatch: ${other} is not ${digest}`,
  });
  await assert.rejects(registry.locate(`${web}:1.1.0`, '1.0.0'), {
    message: 'chart reference and version mismatch: 1.0.0 is not 1.1.0',
  });
  await assert.rejects(registry.locate(web, '>9'), {
    message: 'could not locate a version matching provided version string >9',
  });
}

/** Blobs in pieces and from next door. */
async function blobs(registry: Registry, host: string, slug: string): Promise<void> {
  const archive = new Uint8Array(100_000).map((_, i) => (i * i) >> 3);
  const artifact = { archive, config: encodeBytes('{"name":"big"}'), annotations: new Map([['a', 'b<c']]) };
  const pushed = await registry.push(`${host}/${slug}/one/big:1`, artifact, { chunkSize: 30_000 });
  assert.deepEqual((await registry.pullChart(`${host}/${slug}/one/big:1`)).chart, archive);
  const mounted = await registry.push(`${host}/${slug}/two/big:1`, artifact, {
    mountFrom: [`${slug}/three/none`, `${slug}/one/big`],
  });
  assert.equal(mounted.manifest.digest, pushed.manifest.digest);
  assert.deepEqual((await registry.pullChart(`${host}/${slug}/two/big:1`)).chart, archive);
  const nowhere = await registry.push(`${host}/${slug}/four/big:1`, artifact, { mountFrom: [`${slug}/three/none`] });
  assert.equal(nowhere.manifest.digest, pushed.manifest.digest);
}
