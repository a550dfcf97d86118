import { PintleError } from '../../errors.ts';
import type { ReleaseContext, TestOptions } from '../options.ts';
import type { Release } from '../types.ts';

/** Runs the tests of a release. Helm: action/release_testing.go. */
export async function testRelease(_options: TestOptions, _context: ReleaseContext): Promise<Release> {
  throw new PintleError('NOT_SUPPORTED', 'testRelease is not there yet');
}
