/** `WWW-Authenticate` headers. Go: oras-go registry/remote/auth/challenge.go */
import { GoError } from '../../go/error.ts';
import { unquote } from '../../go/quote.ts';

export interface Challenge {
  readonly scheme: 'basic' | 'bearer' | 'unknown';
  /** Parameters of a bearer challenge. */
  readonly params: ReadonlyMap<string, string>;
}

/** What a challenge may be long; the rest is not read. */
const MAX_HEADER = 16_384;

/** How many parameters are read. */
const MAX_PARAMS = 16;

const NONE: ReadonlyMap<string, string> = new Map();

/** The first challenge of a header. What does not parse ends the parameters. */
export function parseChallenge(header: string): Challenge {
  let rest = header.slice(0, MAX_HEADER);
  const params = new Map<string, string>();
  const token = (): string => {
    const text = /^[A-Za-z0-9!#$%&'*+.^_`|~-]*/.exec(rest)?.[0] ?? '';
    rest = rest.slice(text.length);
    return text;
  };
  const skip = (): void => {
    rest = rest.replace(/^[ \t]+/, '');
  };
  const scheme = token().toLowerCase();
  if (scheme !== 'bearer') return { scheme: scheme === 'basic' ? 'basic' : 'unknown', params: NONE };
  while (params.size < MAX_PARAMS) {
    skip();
    const key = token();
    skip();
    if (key === '' || !rest.startsWith('=')) break;
    rest = rest.slice(1);
    skip();
    const value = rest.startsWith('"') ? quoted() : token() || undefined;
    if (value === undefined) break;
    params.set(key, value);
    skip();
    if (!rest.startsWith(',')) break;
    rest = rest.slice(1);
  }
  return { scheme, params };

  function quoted(): string | undefined {
    const text = /^"(?:[^"\\\n]|\\[^\n])*"/.exec(rest)?.[0];
    if (text === undefined) return undefined;
    try {
      const value = unquote(text);
      rest = rest.slice(text.length);
      return value;
    } catch (error) {
      if (error instanceof GoError) return undefined;
      throw error;
    }
  }
}
