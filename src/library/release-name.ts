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
  return name
    .split('.')
    .every((label) => label !== '' && !label.startsWith('-') && !label.endsWith('-') && isLabel(label));
}

/** Whether there are small letters, digits and hyphens only. Not a pattern: at each start it would be compiled. */
function isLabel(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isAllowed = (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x2d;
    if (!isAllowed) return false;
  }
  return true;
}
