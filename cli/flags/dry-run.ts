import { PintleError } from '../../src/errors.ts';
import { quote } from '../../src/go/quote.ts';
import type { Call } from '../types.ts';
import { parseBool } from './flag-types.ts';

export type DryRun = 'none' | 'client' | 'server';

/** The value that a bare `--dry-run` gets. */
export const BARE_DRY_RUN = 'unset';

/** What `--dry-run` says. `template` is always one. Go: helm pkg/cmd/helpers.go cmdGetDryRunFlagStrategy */
export function dryRunOf({ flags, log }: Call, isTemplate: boolean): DryRun {
  const value = flags.string('dry-run');
  if (value === BARE_DRY_RUN) {
    log.log('WARN', "--dry-run is deprecated and should be replaced with '--dry-run=client'");
    return 'client';
  }
  if (value === 'client' || value === 'server') return value;
  const on = value === 'none' ? false : parseBool(value);
  if (on === undefined) throw invalid(value, '"none", "server", or "client"');
  if (isTemplate && !on) throw invalid(value, '"server" or "client"');
  if (value === 'none') return 'none';
  const meant = on ? 'client' : 'none';
  log.log('WARN', `boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=${meant}'`);
  return meant;
}

function invalid(value: string, allowed: string): PintleError {
  return new PintleError('USAGE', `invalid dry-run value (${quote(value)}). Must be ${allowed}`);
}
