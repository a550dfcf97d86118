import { record } from '../../../src/go/record.ts';
import type { Value } from '../../../src/go/value.ts';
import { appVersionOf, chartTitle } from '../../../src/release/read/get.ts';
import { listReleases } from '../../../src/release/read/list.ts';
import type { Release, ReleaseStatus } from '../../../src/release/types.ts';
import { reading } from '../../reading.ts';
import { paintOf, updatedText } from '../../release-output.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call, Flags } from '../../types.ts';

const HEADERS = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];

/** What `pintle list` does. Go: helm pkg/cmd/list.go */
export async function runList(call: Call): Promise<number> {
  const { flags, io } = call;
  const found = await reading(call, async ({ store, storeOf }) =>
    listReleases(flags.bool('all-namespaces') ? await storeOf('') : store, {
      filter: flags.string('filter'),
      selector: flags.string('selector'),
      statuses: statusesOf(flags),
      byDate: flags.bool('date'),
      reverse: flags.bool('reverse'),
      max: flags.number('max'),
      offset: flags.number('offset'),
    }),
  );
  const releases = found.map(({ release }) => release);
  const format = flags.string('output') as Format;
  if (flags.bool('short')) {
    const names = releases.map(({ name }) => name);
    if (format === 'table') io.stdout.write(names.map((name) => `${name}\n`).join(''));
    else print(io.stdout, format, { data: names, table: () => '' });
    return 0;
  }
  await printReleases(call, format, releases);
  return 0;
}

async function printReleases(call: Call, format: Format, releases: readonly Release[]): Promise<void> {
  const { flags, io } = call;
  const layout = flags.string('time-format');
  const updated = await updatedText(call);
  const rows = releases.map((release) => [
    release.name,
    release.namespace,
    String(release.version),
    updated(release.info.lastDeployed, layout),
    release.info.status,
    chartTitle(release),
    appVersionOf(release),
  ]);
  if (format !== 'table') return print(io.stdout, format, { data: rows.map(element), table: () => '' });
  const paint = paintOf(call);
  const headers = flags.bool('no-headers') ? [] : [HEADERS.map(paint.header)];
  const painted = rows.map(([name = '', namespace = '', revision = '', time = '', status = '', ...rest]) => [
    name,
    paint.namespace(namespace),
    revision,
    time,
    paint.status(status),
    ...rest,
  ]);
  io.stdout.write(paint.done(`${table([...headers, ...painted])}\n`));
}

function element(row: readonly string[]): Value {
  return record(
    ['name', 'namespace', 'revision', 'updated', 'status', 'chart', 'app_version'].map((key, i) => [
      key,
      row[i] as string,
    ]),
  );
}

/** Go: List.SetStateMask */
function statusesOf(flags: Flags): ReleaseStatus[] {
  const pending: ReleaseStatus[] = ['pending-install', 'pending-upgrade', 'pending-rollback'];
  const single: ReleaseStatus[] = ['deployed', 'uninstalled', 'uninstalling', 'failed', 'superseded'];
  return [...single.filter((status) => flags.bool(status)), ...(flags.bool('pending') ? pending : [])];
}
