/** Node's file errors in Go's words. Go: fs.PathError, syscall.Errno */

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENXIO: 'no such device or address',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
  EXDEV: 'invalid cross-device link',
};

/** The code of a file error, e.g. `ENOENT`; empty for any other error. */
export function osErrorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/**
 * The text that Go has for a failed file operation.
 *
 * @example osErrorText('open', '/x', error) === 'open /x: no such file or directory'
 */
export function osErrorText(operation: string, path: string, error: unknown): string {
  const code = osErrorCode(error);
  // Node opens and reads in one call, Go fails on reading.
  const verb = operation === 'open' && code === 'EISDIR' ? 'read' : operation;
  return `${verb} ${path}: ${Object.hasOwn(REASONS, code) ? REASONS[code] : String((error as Error).message)}`;
}
