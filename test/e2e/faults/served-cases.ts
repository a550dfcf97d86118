/** Servers of other versions, and discovery that fails in part. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Break, Made, ProxiedCall } from '../client/breaking-proxy.ts';
import { historyOf, listOf, type NamedCase, type Place, run, runBehind, WAITS_CHART } from './behind-proxy.ts';

type Fields = Record<string, unknown>;

/** What answers become, by their path. */
type Change = (call: ProxiedCall) => Break | undefined;

function status(code: number, reason: string, message: string): Break {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code });
  return { kind: 'answer', when: 'before', answer: { status: code, body } };
}

/** Changes an answer that is JSON. */
function json(change: (body: Fields) => Fields): Break {
  return {
    kind: 'rewrite',
    rewrite: (answer: Made) =>
      answer.body.startsWith('{') ? { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) } : answer,
  };
}

const isDiscovery = ({ path }: ProxiedCall): boolean => /^\/(api|apis)$/.test(path);

function version(minor: string): Change {
  return ({ path }) =>
    path === '/version' ? json((body) => ({ ...body, minor, gitVersion: `v1.${minor}.0` })) : undefined;
}

/** Fields and groups that this version of Pintle has never heard of. */
const newer: Change = (call) => {
  if (call.path === '/version') return version('37')(call);
  if (isDiscovery(call)) {
    const group = {
      metadata: { name: 'next.k8s.io' },
      novel: true,
      versions: [
        { version: 'v2', resources: [{ resource: 'whats', scope: 'Galaxy', responseKind: null, novel: [{}] }] },
      ],
    };
    return json((body) => ({
      ...body,
      novel: {},
      ...('items' in body && { items: [...(body['items'] as Fields[]), group] }),
    }));
  }
  if (call.isWatch || call.path.startsWith('/openapi')) return undefined;
  return json((body) => ({
    ...body,
    novel: { from: 'the future' },
    metadata: { ...(body['metadata'] as Fields), novel: 1 },
  }));
};

/** Discovery as it was before it came in one piece, and schemas as they were. */
const older: Change = (call) => {
  if (call.path === '/version') return version('35')(call);
  if (isDiscovery(call)) return { kind: 'accept', accept: 'application/json' };
  return call.path.startsWith('/openapi/v3')
    ? status(404, 'NotFound', 'the server could not find the requested resource')
    : undefined;
};

const GROUP = 'metrics.k8s.io';

/** An API that another server serves, which is down. */
const stale: Change = (call) => {
  const group = { metadata: { name: GROUP }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] };
  if (call.path === '/apis') return json((body) => ({ ...body, items: [...(body['items'] as Fields[]), group] }));
  return call.path.includes(GROUP) ? status(503, 'ServiceUnavailable', 'service unavailable') : undefined;
};

/** The same where each group is asked for. */
const staleOne: Change = (call) => {
  if (call.path.includes(GROUP)) return status(503, 'ServiceUnavailable', 'service unavailable');
  if (call.path === '/api') return { kind: 'accept', accept: 'application/json' };
  if (call.path !== '/apis') return undefined;
  const name = { groupVersion: `${GROUP}/v1beta1`, version: 'v1beta1' };
  return json((body) => {
    const items = (body['groups'] ?? body['items']) as Fields[];
    const groups = items.map((item) => ('metadata' in item ? groupOf(item) : item));
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [...groups, { name: GROUP, versions: [name], preferredVersion: name }],
    };
  });
};

function groupOf(item: Fields): Fields {
  const { name } = item['metadata'] as { name: string };
  const versions = (item['versions'] as { version: string }[]).map(({ version: v }) => ({
    groupVersion: `${name}/${v}`,
    version: v,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

const SERVERS: Readonly<Record<string, Change>> = {
  'a version before': version('35'),
  'a version after': version('37+'),
  newer,
  older,
  'one API down': stale,
  'one API down, asked one by one': staleOne,
};

/** Each operation on each server, and charts that need what is not served. */
export function servedCases(place: Place): readonly NamedCase[] {
  const cases = Object.entries(SERVERS).map(([name, change], i) => ({
    name: `server: ${name}`,
    run: () => lifeOn(place, `s${i}`, change),
  }));
  const down = (['one API down', 'one API down, asked one by one'] as const).map((name, i) => ({
    name: `kind that is used: ${name}`,
    run: () => kindDown(place, `d${i}`, SERVERS[name] as Change),
  }));
  const core = { name: 'kind that is used: apps down', run: () => appsDown(place, 'd9') };
  return [...cases, ...down, core];
}

async function lifeOn(place: Place, release: string, change: Change): Promise<string | undefined> {
  for (const args of [
    ['install', release, WAITS_CHART, '--wait', '--wait-for-jobs'],
    ['upgrade', release, WAITS_CHART, '--set', 'step=2', '--wait'],
    ['test', release],
    ['rollback', release, '1', '--wait'],
    ['uninstall', release, '--wait'],
  ]) {
    const { exit, stderr } = await runBehind(place, args, change);
    if (exit !== 0) return `${args[0]}: exit ${exit}, ${stderr}`;
  }
  const left = (await listOf(place, 'apis/apps/v1', 'deployments')).filter((item) =>
    JSON.stringify(item).includes(`"${release}"`),
  );
  return left.length === 0 ? undefined : 'the Deployment is there';
}

/** A chart with a kind of an API that is down fails before anything is made; what has nothing to do with it goes on. */
async function kindDown(place: Place, release: string, change: Change): Promise<string | undefined> {
  const chart = join(place.home, release);
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: down\nversion: 0.1.0\n');
  const own = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${release}}\n`;
  writeFileSync(
    join(chart, 'templates', 'a.yaml'),
    `${own}---\napiVersion: ${GROUP}/v1beta1\nkind: PodMetrics\nmetadata: {name: a}\n`,
  );
  const failed = await runBehind(place, ['install', release, chart], change, { env: { PINTLE_COMPAT_ERRORS: '' } });
  if (failed.exit === 0 || !/no matches for kind "PodMetrics" in version "metrics.k8s.io\/v1beta1"/.test(failed.stderr))
    return `install: ${failed.stderr}`;
  if (!/service unavailable|unable to handle|stale|not answer/i.test(failed.stderr))
    return `does not say why: ${failed.stderr}`;
  if ((await historyOf(place, release)).length > 0) return 'recorded';
  return undefined;
}

/** The API that everything needs is down: a clear error, and nothing changes. */
async function appsDown(place: Place, release: string): Promise<string | undefined> {
  await run(place, 'install', release, WAITS_CHART, '--no-hooks', '--wait');
  const change: Change = (call) => {
    if (call.path.startsWith('/apis/apps')) return status(503, 'ServiceUnavailable', 'service unavailable');
    return isDiscovery(call) ? { kind: 'accept', accept: 'application/json' } : undefined;
  };
  for (const args of [
    ['upgrade', release, WAITS_CHART, '--set', 'step=2'],
    ['install', `${release}-2`, WAITS_CHART],
  ]) {
    const { exit, stderr } = await runBehind(place, args, change);
    if (exit === 0 || !/Deployment|apps\/v1/.test(stderr)) return `${args[0]}: exit ${exit}, ${stderr}`;
  }
  const history = await historyOf(place, release);
  if (history.length !== 1 || history[0]?.status !== 'deployed') return JSON.stringify(history);
  const { exit, stderr } = await run(place, 'upgrade', release, WAITS_CHART, '--set', 'step=2', '--no-hooks', '--wait');
  return exit === 0 ? undefined : `afterwards: ${stderr}`;
}
