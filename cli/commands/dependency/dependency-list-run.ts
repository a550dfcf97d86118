import type { GoMap, Value } from '../../../src/go/value.ts';
import { chartFolder } from '../../../src/node/dependencies/chart-folder.ts';
import { listDependencies } from '../../../src/node/dependencies/list.ts';
import { settleCharts } from '../../flags/locked.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';

/** What `pintle dependency list` does. */
export async function runList(call: Call): Promise<number> {
  const { args, flags, io, log } = call;
  await settleCharts(args[0] ?? '.', call);
  const { dependencies, warnings } = listDependencies(chartFolder(args[0] ?? '.', io.cwd()), log);
  const format = flags.string('output') as Format;
  const lines = warnings.map((warning) => `${warning}\n`).join('');
  if (format !== 'table') {
    print(io.stdout, format, { data: (dependencies ?? []).map(toValue), table: () => '' });
    io.stderr.write(lines);
    return 0;
  }
  if (dependencies !== undefined) {
    const rows = dependencies.map(({ name, version, repository, status }) => [name, version, repository, status]);
    const text = table([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...rows], flags.number('max-col-width'));
    io.stdout.write(`${text}\n\n`);
  }
  io.stdout.write(lines);
  return 0;
}

function toValue(dependency: object): GoMap {
  return new Map<string, Value>(Object.entries(dependency));
}
