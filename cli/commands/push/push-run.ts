/** Go: helm pkg/cmd/push.go, pkg/uploader, pkg/pusher */
import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pushChart } from '../../../src/chart/push-chart.ts';
import { PintleError } from '../../../src/errors.ts';
import { GoError } from '../../../src/go/error.ts';
import { joinPath } from '../../../src/go/path.ts';
import { quote } from '../../../src/go/quote.ts';
import { formatUrl, parseUrl } from '../../../src/go/url.ts';
import { loadArchive } from '../../../src/node/charts/load.ts';
import { openRegistry } from '../../../src/node/download/getters.ts';
import { registryLines } from '../../../src/node/download/registry-lines.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { withoutScheme } from '../../../src/sources/oci/reference.ts';
import type { Registry } from '../../../src/sources/oci/registry.ts';
import { accessOf } from '../../flags/access.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** What `pintle push` does. */
export async function runPush(call: Call): Promise<number> {
  const [chart = '', remote = ''] = call.args;
  const world = worldOf(call);
  const registry = await registryOf(call);
  const href = checkRemote(remote);
  // Errors name the file as the user does.
  const path = call.io.cwd() === process.cwd() ? chart : resolve(call.io.cwd(), chart);
  const stats = statChart(path, chart);
  const { metadata } = loadArchive(path, { log: world.log, format: 'v2' });
  const ref = `${joinPath(withoutScheme(href), metadata.name)}:${metadata.version}`;
  const prov = `${path}.prov`;
  const pushed = await pushChart(registry, readFileSync(path), ref, {
    inflate: nodeInflate,
    created: fileTime(stats),
    ...(existsSync(prov) ? { prov: readFileSync(prov) } : {}),
  });
  for (const line of registryLines('Pushed', pushed.ref, pushed.manifest.digest)) world.out(line);
  return 0;
}

async function registryOf(call: Call): Promise<Registry> {
  const access = accessOf(call);
  const { certFile, keyFile, caFile, insecureSkipTlsVerify } = access;
  const secure = (certFile !== '' && keyFile !== '') || caFile !== '' || insecureSkipTlsVerify;
  try {
    // With settings for TLS, Helm does not look at --plain-http.
    return await openRegistry({ ...access, plainHttp: !secure && access.plainHttp }, worldOf(call));
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `missing registry client: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** Go: ChartUploader.UploadTo */
function checkRemote(remote: string): string {
  let url: ReturnType<typeof parseUrl>;
  try {
    url = parseUrl(remote);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', `invalid chart URL format: ${remote}`, { cause: error, hint: error.message });
  }
  if (url.scheme === '') {
    throw new PintleError('USAGE', 'scheme prefix missing from remote (e.g. "oci://")');
  }
  if (url.scheme !== 'oci') {
    throw new PintleError('USAGE', `scheme ${quote(url.scheme)} not supported`, {
      hint: 'charts are pushed to registries: oci://HOST/PATH',
    });
  }
  return formatUrl(url);
}

/** Go: OCIPusher.push */
function statChart(path: string, shown: string): Stats {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const text = missing ? `${shown}: no such file` : osErrorText('stat', shown, error);
    throw new PintleError('CHART_NOT_FOUND', text, { cause: error });
  }
  if (stats.isDirectory()) {
    throw new PintleError('USAGE', 'cannot push directory, must provide chart archive (.tgz)', {
      hint: `make an archive first: pintle package ${shown}`,
    });
  }
  return stats;
}

/** When the archive was written, on the clocks of this place, as Go's RFC 3339 has it. */
function fileTime({ mtimeMs }: Stats): string {
  const seconds = Math.floor(mtimeMs / 1000) * 1000;
  const ahead = -new Date(seconds).getTimezoneOffset();
  const local = new Date(seconds + ahead * 60_000).toISOString().slice(0, 19);
  if (ahead === 0) return `${local}Z`;
  const digits = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.abs(ahead);
  return `${local}${ahead < 0 ? '-' : '+'}${digits(Math.trunc(minutes / 60))}:${digits(minutes % 60)}`;
}
