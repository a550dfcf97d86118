import { record } from '../../../src/go/record.ts';
import type { Value } from '../../../src/go/value.ts';
import { appVersionOf, chartTitle } from '../../../src/release/read/get.ts';
import { releaseHistory } from '../../../src/release/read/history.ts';
import type { Release } from '../../../src/release/types.ts';
import { reading } from '../../reading.ts';
import { ansicTime } from '../../release-output.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';

const HEADERS = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'];

/** What `pintle history` does. Go: helm pkg/cmd/history.go */
export async function runHistory(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const max = flags.number('max');
  const found = await reading(call, ({ store }) => releaseHistory(store, args[0] as string, { max }));
  const releases = found.map(({ release }) => release);
  print(io.stdout, flags.string('output') as Format, {
    data: releases.map(element),
    table: () =>
      table([
        HEADERS,
        ...releases.map((release) => [
          String(release.version),
          ansicTime(release.info.lastDeployed),
          release.info.status,
          chartTitle(release),
          appVersionOf(release),
          release.info.description,
        ]),
      ]),
  });
  return 0;
}

function element(release: Release): Value {
  const { version, info } = release;
  return record([
    ['revision', version],
    ...(info.lastDeployed === '' ? [] : [['updated', info.lastDeployed] as const]),
    ['status', info.status],
    ['chart', chartTitle(release)],
    ['app_version', appVersionOf(release)],
    ['description', info.description],
  ]);
}
