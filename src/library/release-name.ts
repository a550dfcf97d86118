import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';

const PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const MAX_LENGTH = 53;

/**
 * Checks the name of a release. Go: helm pkg/chart/common/util ValidateReleaseName
 *
 * @throws PintleError NAME_INVALID
 */
export function validateReleaseName(name: string): void {
  if (name === '') throw new PintleError('NAME_INVALID', 'release name "": no name provided');
  if (name.length <= MAX_LENGTH && isSubdomain(name)) return;
  const rule = `must match regex ${PATTERN} and the length must not be longer than ${MAX_LENGTH}`;
  throw new PintleError('NAME_INVALID', `release name ${quote(name)}: invalid release name, ${rule}`);
}

function isSubdomain(name: string): boolean {
  return name.split('.').every((label) => /^[a-z0-9-]+$/.test(label) && !label.startsWith('-') && !label.endsWith('-'));
}
