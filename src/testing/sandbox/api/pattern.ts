/** Patterns of schemas: a user's, so RE2 and never the machine's own. */
import { matchPattern } from '../../../go/regexp.ts';

export function matchesPattern(pattern: string, value: string): boolean {
  try {
    return matchPattern(pattern, value);
  } catch {
    return true; // The server refuses such a definition; an object is not to blame for it.
  }
}
