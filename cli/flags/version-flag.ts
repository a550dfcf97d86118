import type { Call } from '../types.ts';

/** The lines about the version that is wanted, which Helm writes with --debug. */
export function logVersion({ flags, log }: Call, message: string): void {
  log.log('DEBUG', message, { version: flags.string('version') });
  if (flags.string('version') === '' && flags.bool('devel')) log.log('DEBUG', 'setting version to >0.0.0-0');
}
