import { toByteString } from './byte-string.ts';
import { compileTree } from './glob-compile.ts';
import { startSearch } from './glob-match.ts';
import { GlobSyntaxError, parseGlob } from './glob-syntax.ts';

/**
 * The test that a glob stands for, `/` being the separator; undefined for a malformed pattern. `*` and `?` stop at
 * slashes, `**` does not; `[a-c]`, `[!abc]` and `{one,two}` are known. Go: gobwas/glob v0.2.3 Compile, faults included.
 */
export function compileGlob(pattern: string): ((name: string) => boolean) | undefined {
  startSearch();
  const matcher = tryCompile(pattern);
  if (!matcher) return undefined;
  return (name) => {
    startSearch();
    return matcher.match(toByteString(name));
  };
}

function tryCompile(pattern: string): ReturnType<typeof compileTree> | undefined {
  try {
    return compileTree(parseGlob(toByteString(pattern)));
  } catch (error) {
    if (error instanceof GlobSyntaxError) return undefined;
    throw error;
  }
}
