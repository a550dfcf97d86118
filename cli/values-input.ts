/** The user's values as the flags give them. */
import { readFileSync } from 'node:fs';
import { PintleError } from '../src/errors.ts';
import { decodeBytes } from '../src/go/bytes.ts';
import { GoError } from '../src/go/error.ts';
import { parseUrl } from '../src/go/url.ts';
import type { GoMap } from '../src/go/value.ts';
import { osErrorText } from '../src/node/os-error.ts';
import { mergeValues } from '../src/values/merge.ts';
import { notYet } from './not-yet.ts';
import type { Call } from './types.ts';

/** Reads and merges what `-f` and the `--set` flags say. */
export function readValues({ flags, io }: Call): GoMap {
  const read = (path: string): string => readText(path, io.stdin);
  return mergeValues({
    files: flags.list('values').map((name) => ({ name, text: readFile(name, read) })),
    json: flags.list('set-json'),
    set: flags.list('set'),
    string: flags.list('set-string'),
    file: flags.list('set-file'),
    literal: flags.list('set-literal'),
    readFile: read,
  });
}

function readFile(name: string, read: (path: string) => string): string {
  try {
    return read(name);
  } catch (error) {
    if (error instanceof GoError) throw new PintleError('FILE_IO', error.message, { cause: error });
    throw error;
  }
}

/** Go: helm pkg/cli/values readFile */
function readText(path: string, stdin: () => Uint8Array): string {
  if (path.trim() === '-') return decodeBytes(stdin());
  const { scheme } = parseUrl(path);
  if (['http', 'https', 'oci'].includes(scheme)) {
    throw notYet(`cannot read values from ${path}: reading values over the network is not supported yet`, {
      hint: 'download the file and pass its path to --values',
    });
  }
  try {
    return decodeBytes(readFileSync(path));
  } catch (error) {
    throw new GoError(osErrorText('open', path, error));
  }
}
