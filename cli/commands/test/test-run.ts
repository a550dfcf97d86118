import { PintleError } from '../../../src/errors.ts';
import { decodeBytes } from '../../../src/go/bytes.ts';
import { testRelease } from '../../../src/release/actions/test-release.ts';
import type { ReleaseContext } from '../../../src/release/options.ts';
import { readTestLogs } from '../../../src/release/test-logs.ts';
import type { Release } from '../../../src/release/types.ts';
import { millisecondsOf } from '../../flags/timeout.ts';
import { printRelease } from '../../print-release.ts';
import { changing } from '../../release-work.ts';
import type { Output } from '../../terminal/io.ts';
import type { Call } from '../../types.ts';

const INCLUDE = 'name=';
const EXCLUDE = /^![ \t\n\v\f\r]?name=/;

/** What `pintle test` does. Go: helm pkg/cmd/release_testing.go */
export async function runTest(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const [name = ''] = args;
  const filters = flags.list('filter');
  const options = {
    name,
    timeout: millisecondsOf(flags, 'timeout'),
    include: filters.filter((f) => f.startsWith(INCLUDE)).map((f) => f.slice(INCLUDE.length)),
    exclude: filters.filter((f) => EXCLUDE.test(f)).map((f) => f.replace(EXCLUDE, '')),
  };
  const began = performance.now();
  let logFault: PintleError | undefined;
  const show = async (release: Release, context: ReleaseContext): Promise<void> => {
    printRelease(release, call, { hideNotes: true, inFull: call.settings.debug });
    if (!flags.bool('logs')) return;
    io.stdout.write('\n');
    try {
      await readTestLogs(release, options, context, (piece) => write(piece, io.stdout), began);
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      logFault = error;
    }
  };
  try {
    await changing(call, { name }, (context) =>
      testRelease({ ...options, beforeCleanup: (release) => show(release, context) }, context),
    );
  } catch (error) {
    if (!(error instanceof PintleError) || logFault === undefined) throw error;
    throw error.withMessage(`${error.message}\n${logFault.message}`);
  }
  if (logFault !== undefined) throw logFault;
  return 0;
}

/** What pods write goes as it is into a pipe; a terminal gets it as text, whose control characters are made visible. */
function write(piece: string | Uint8Array, output: Output): void {
  output.write(typeof piece === 'string' || !output.isTerminal ? piece : decodeBytes(piece));
}
