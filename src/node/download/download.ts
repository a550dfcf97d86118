/** From a chart's reference to its bytes. Go: helm pkg/downloader/chart_downloader.go, pkg/action/install.go */
import { PintleError } from '../../errors.ts';
import { extName } from '../../go/path.ts';
import { quote } from '../../go/quote.ts';
import type { Verification } from '../../provenance/verification.ts';
import { isOci } from '../../sources/oci/reference.ts';
import type { BlobSource, PulledChart } from '../../sources/oci/registry.ts';
import { readKeyring } from '../trust/keyring.ts';
import type { World } from '../world.ts';
import type { ChartLocation } from './chart-location.ts';
import { type ContentCache, openContentCache } from './content-cache.ts';
import { archiveName, compareToIndex, indexDigest } from './download-check.ts';
import { getUrl, openRegistry, withoutPassword } from './getters.ts';
import { registryLines } from './registry-lines.ts';
import { type ResolvedChart, resolveChart } from './resolve-chart.ts';

export type { ChartLocation, VerifyStrategy } from './chart-location.ts';

/** A chart that came from elsewhere, and is in the content cache now. */
export interface Downloaded {
  readonly bytes: Uint8Array;
  /** Where it is in the content cache. */
  readonly path: string;
  /** What to call it on disk: `NAME-VERSION.tgz`. */
  readonly fileName: string;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  readonly provenance?: Uint8Array;
  readonly verification?: Verification;
  /** The URL that it came from, without a password. */
  readonly source: string;
}

/**
 * Fetches a chart that is not a path: `repo/chart` of a repository that was added, a URL, an `oci://` reference, or
 * a name in `location.repo`. What is in the content cache already is not fetched again.
 *
 * @throws PintleError with Helm's text; DIGEST_MISMATCH where the archive is not what the index says
 */
export async function downloadChart(reference: string, location: ChartLocation, world: World): Promise<Downloaded> {
  return downloadResolved(await resolveChart(reference, location, world), reference, location, world);
}

/** The second half of {@link downloadChart}, for a chart whose place is known. */
export async function downloadResolved(
  resolved: ResolvedChart,
  reference: string,
  location: Pick<ChartLocation, 'verify' | 'keyring' | 'repo'>,
  world: World,
): Promise<Downloaded> {
  const cache = openContentCache(world.settings.contentCache);
  const source = isOci(resolved.url) ? registrySource(resolved, cache, world) : urlSource(resolved, cache, world);
  const fileName = archiveName(resolved.url);
  const { bytes, digest } = await source.chart();
  if (resolved.version !== undefined) compareToIndex(bytes, resolved.version, withoutPassword(resolved.url), world.log);
  const chart: Downloaded = {
    bytes,
    path: cache.path(digest, '.chart'),
    fileName,
    digest: `sha256:${digest}`,
    source: withoutPassword(resolved.url),
  };
  if ((location.verify ?? 'never') === 'never') return chart;
  return withProvenance(
    chart,
    withoutPassword(location.repo ? resolved.url : reference),
    location,
    source,
    cache,
    world,
  );
}

/** Gives a chart, from the cache where that has it, and what signs it. */
interface Source {
  chart(): Promise<{ readonly bytes: Uint8Array; readonly digest: string }>;
  provenance(): Promise<Uint8Array>;
}

const ACCEPT = 'application/gzip,application/octet-stream';

function urlSource({ url, options, version }: ResolvedChart, cache: ContentCache, world: World): Source {
  return {
    async chart() {
      const fetch = (): Promise<Uint8Array> => getUrl(url, { ...options, accept: ACCEPT }, world);
      const digest = version?.digest ? indexDigest(version.digest) : undefined;
      if (digest !== undefined) {
        const kept = cache.get(digest, '.chart');
        if (kept !== undefined) world.log.log('DEBUG', 'found chart in cache', { id: version?.digest });
        return { digest, bytes: kept ?? (await checked(cache, digest, url, fetch)) };
      }
      const bytes = await fetch();
      return { bytes, digest: cache.putChart(bytes).digest };
    },
    provenance: () => getUrl(`${url}.prov`, options, world),
  };
}

async function checked(
  cache: ContentCache,
  digest: string,
  url: string,
  fetch: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await cache.getOrFetch(digest, '.chart', fetch);
  } catch (error) {
    if (!(error instanceof PintleError) || error.code !== 'DIGEST_MISMATCH') throw error;
    const { expected, found } = error.data;
    const shown = withoutPassword(url);
    const text = `${shown} is not the chart that the repository's index lists: expected ${expected}, got ${found}`;
    throw new PintleError('DIGEST_MISMATCH', text, {
      hint: "update the index with pintle repo update; if that does not help, the archive was changed after it was listed, and nothing but its author's word says which is right",
      data: { ...error.data, url: shown },
      cause: error,
    });
  }
}

function registrySource({ url, registry, options }: ResolvedChart, cache: ContentCache, world: World): Source {
  const pull = async (prov: false | 'only', blob?: BlobSource): Promise<PulledChart> => {
    const client = registry ?? (await openRegistry(options, world));
    const pulled = await client.pullChart(url, { prov, ...(blob && { blob }) });
    for (const line of [...pulled.notices, ...registryLines('Pulled', pulled.ref, pulled.manifest.digest)])
      world.out(line);
    return pulled;
  };
  return {
    async chart() {
      const { chart = NOTHING, chartDescriptor } = await pull(false, ({ digest }, fetch) =>
        digest.startsWith(SHA256) ? cache.getOrFetch(digest.slice(SHA256.length), '.chart', fetch) : fetch(),
      );
      const known = chartDescriptor?.digest ?? '';
      const digest = known.startsWith(SHA256) ? known.slice(SHA256.length) : cache.putChart(chart).digest;
      return { bytes: chart, digest };
    },
    provenance: async () => (await pull('only')).prov ?? NOTHING,
  };
}

const NOTHING = new Uint8Array(0);
const SHA256 = 'sha256:';

async function withProvenance(
  chart: Downloaded,
  reference: string,
  location: Pick<ChartLocation, 'verify' | 'keyring'>,
  source: Source,
  cache: ContentCache,
  world: World,
): Promise<Downloaded> {
  const digest = chart.digest.slice('sha256:'.length);
  const kept = cache.get(digest, '.prov');
  if (kept !== undefined) {
    try {
      return await withVerified(chart, kept, location);
    } catch (error) {
      // What somebody has put there counts for nothing; the repository's own file does.
      if (!(error instanceof PintleError) || error.code !== 'PROVENANCE_INVALID') throw error;
    }
  }
  let provenance: Uint8Array;
  try {
    provenance = await source.provenance();
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    if (location.verify === 'always') throw missingProvenance(`${chart.source}.prov`, error);
    world.out(`WARNING: Verification not found for ${reference}: ${error.message}`);
    return chart;
  }
  const verified = await withVerified(chart, provenance, location);
  cache.putProvenance(digest, provenance);
  return verified;
}

function missingProvenance(url: string, cause: PintleError): PintleError {
  return new PintleError('PROVENANCE_INVALID', `failed to fetch provenance ${quote(url)}`, {
    hint: `${cause.message}; without --verify the chart is taken unsigned`,
    data: { url },
    cause,
  });
}

/** Go: VerifyChart */
async function withVerified(
  chart: Downloaded,
  provenance: Uint8Array,
  location: Pick<ChartLocation, 'verify' | 'keyring'>,
): Promise<Downloaded> {
  if (location.verify === 'later') return { ...chart, provenance };
  const { fileName, bytes } = chart;
  if (extName(fileName).toLowerCase() !== '.tgz') {
    throw new PintleError('PROVENANCE_INVALID', 'chart must be a tgz file');
  }
  const { verifyProvenance } = await import('../../provenance/verify.ts');
  const keyring = loadKeyring(location.keyring ?? '');
  return { ...chart, provenance, verification: await verifyProvenance({ name: fileName, bytes }, provenance, keyring) };
}

function loadKeyring(path: string): Uint8Array {
  try {
    return readKeyring(path);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `failed to load keyring: ${error.message}`, { cause: error });
  }
}
