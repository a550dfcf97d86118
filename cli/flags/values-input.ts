/** The user's values as the flags give them. */
import { readFileSync } from 'node:fs';
import { PintleError } from '../../src/errors.ts';
import { decodeBytes } from '../../src/go/bytes.ts';
import { GoError } from '../../src/go/error.ts';
import { parseUrl } from '../../src/go/url.ts';
import type { GoMap } from '../../src/go/value.ts';
import { osErrorText } from '../../src/node/files/os-error.ts';
import { mergeValues } from '../../src/values/merge.ts';
import type { Call } from '../types.ts';

/** What is behind a URL: its text, what went wrong, or nothing where there is no way to fetch it. */
type Fetched = { readonly text: string } | { readonly error: Error } | undefined;

/** Thrown through the reading of values, which does not wait, where something has to be fetched first. */
class FetchFirst {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }
}

/** Reads and merges what `-f` and the `--set` flags say. */
export async function readValues(call: Call): Promise<GoMap> {
  const fetched = new Map<string, Fetched>();
  let input: string | undefined;
  const stdin = (): string => {
    input ??= decodeBytes(call.io.stdin());
    return input;
  };
  for (;;) {
    try {
      return mergeFlags(call, (path) => readText(path, stdin, fetched));
    } catch (error) {
      if (!(error instanceof FetchFirst)) throw error;
      fetched.set(error.url, await fetchText(error.url, call));
    }
  }
}

function mergeFlags({ flags }: Call, read: (path: string) => string): GoMap {
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
    if (!(error instanceof GoError)) throw error;
    throw error.cause instanceof PintleError
      ? error.cause
      : new PintleError('FILE_IO', error.message, { cause: error });
  }
}

/** Go: helm pkg/cli/values readFile */
function readText(path: string, stdin: () => string, fetched: ReadonlyMap<string, Fetched>): string {
  if (path.trim() === '-') return stdin();
  if (parseUrl(path).scheme !== '') {
    if (!fetched.has(path)) throw new FetchFirst(path);
    const answer = fetched.get(path);
    if (answer !== undefined && 'text' in answer) return answer.text;
    if (answer !== undefined) throw new GoError(answer.error.message, { cause: answer.error });
  }
  try {
    return decodeBytes(readFileSync(path));
  } catch (error) {
    throw new GoError(osErrorText('open', path, error));
  }
}

async function fetchText(url: string, call: Call): Promise<Fetched> {
  const { fetchValues } = await import('../remote.ts');
  try {
    const bytes = await fetchValues(url, call);
    return bytes && { text: decodeBytes(bytes) };
  } catch (error) {
    if (error instanceof PintleError) return { error };
    throw error;
  }
}
