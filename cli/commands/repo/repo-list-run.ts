import { record } from '../../../src/go/record.ts';
import { readableRepositories } from '../../../src/node/repositories/repositories.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';

/** What `pintle repo list` does. Go: helm pkg/cmd/repo_list.go */
export function runRepoList({ flags, io, settings }: Call): number {
  const format = flags.string('output') as Format;
  const repositories = readableRepositories(settings.repositoryConfig);
  if (repositories.length === 0 && format === 'table') {
    io.stderr.write('no repositories to show\n');
    return 0;
  }
  print(io.stdout, format, {
    data: repositories.map(({ name, url }) =>
      record([
        ['name', name],
        ['url', url],
      ]),
    ),
    table: () => {
      const rows = repositories.map(({ name, url }) => [name, url]);
      return table(flags.bool('no-headers') ? rows : [['NAME', 'URL'], ...rows]);
    },
  });
  return 0;
}
