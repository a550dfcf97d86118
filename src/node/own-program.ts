/** How this program is called again, by itself or by what it starts. */

/** Whether all of it is one executable, which Bun runs: its own files then have paths that only it can read. */
export function isStandalone(): boolean {
  const script = process.argv[1] ?? '';
  return script.startsWith('/$bunfs/') || (process.platform === 'win32' && /^[A-Z]:[\\/]~BUN[\\/]/.test(script));
}

/** The path of the program, for others to call. */
export function ownProgram(): string {
  return isStandalone() ? process.execPath : (process.argv[1] ?? 'pintle');
}

/**
 * What starts this program again, with arguments to follow.
 *
 * @param program the path that it is called by, where that is known to be another
 * @param flags for Node, which a standalone executable has not
 */
export function ownCommand(
  program: string = ownProgram(),
  flags: readonly string[] = [],
): { readonly command: string; readonly args: readonly string[] } {
  if (isStandalone()) return { command: process.execPath, args: [] };
  return { command: process.execPath, args: [...flags, program] };
}
