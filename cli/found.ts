import { PintleError } from '../src/errors.ts';
import type { Value } from '../src/go/value.ts';
import { type Format, print, table } from './terminal/output.ts';
import type { Call } from './types.ts';

/** How a result is shown. */
export interface FoundView<T> {
  data(result: T): Value;
  row(result: T): readonly string[];
}

/** Prints what a search found, as its flags say. Go: helm pkg/cmd search_repo.go repoSearchWriter */
export function printFound<T>(call: Call, columns: readonly string[], results: readonly T[], view: FoundView<T>): void {
  const { flags, io } = call;
  const format = flags.string('output') as Format;
  if (results.length === 0) {
    if (flags.bool('fail-on-no-result')) throw new PintleError('NOT_FOUND', 'no results found');
    if (format === 'table') {
      io.stdout.write('No results found\n');
      return;
    }
  }
  print(io.stdout, format, {
    data: format === 'table' ? [] : results.map((result) => view.data(result)),
    table: () => table([columns, ...results.map((result) => view.row(result))], flags.number('max-col-width')),
  });
}
