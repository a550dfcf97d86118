/** What a process did to files and whom it spoke to, by strace: the kernel's word, whatever the program says. */
import { isAbsolute, join, resolve } from 'node:path';

/** The calls to be written down: what changes files or opens them, and what speaks to others. */
export const TRACED =
  'openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,symlink,symlinkat,link,linkat,' +
  'chmod,fchmodat,chown,fchownat,truncate,mknod,mknodat,connect,sendto,sendmsg';

/** What was seen of a run. */
export interface Seen {
  /** Internet addresses with ports, `127.0.0.1:5000`. */
  readonly peers: readonly string[];
  /** Paths that were changed, or opened to be. */
  readonly changed: readonly string[];
  readonly opened: readonly string[];
}

/**
 * Reads what strace wrote, one call a line, of processes that all started in `cwd`.
 *
 * @example
 * readTrace('7 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3\n', '/work').opened // ['/etc/passwd']
 */
export function readTrace(text: string, cwd: string): Seen {
  const peers = new Set<string>();
  const changed = new Set<string>();
  const opened = new Set<string>();
  for (const line of text.split('\n')) {
    const call = /^\d+ +(\w+)\((.*)/.exec(line);
    if (!call) continue;
    const [, name = '', rest = ''] = call;
    if (/^(?:connect|send)/.test(name)) {
      const peer = peerOf(rest);
      if (peer !== undefined) peers.add(peer);
      continue;
    }
    const paths = [...rest.matchAll(/(?:(\d+)<[^>]*>, )?"((?:[^"\\]|\\.)*)"/g)].map(([, , path = '']) => path);
    const path = paths[0];
    if (path === undefined || path === '') continue;
    const isRead = /^(?:open|openat)$/.test(name) && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(rest);
    const full = (one: string): string => (isAbsolute(one) ? resolve(one) : join(cwd, one));
    if (isRead) {
      // A path that was not there was not opened.
      if (!/= -1 E/.test(rest)) opened.add(full(path));
    } else if (!/= -1 E(?:NOENT|EXIST|NOTDIR|ACCES|PERM|ROFS|LOOP|ISDIR)/.test(rest)) {
      for (const one of name.startsWith('symlink') ? paths.slice(1) : paths) changed.add(full(one));
    }
  }
  return { peers: [...peers], changed: [...changed], opened: [...opened] };
}

function peerOf(rest: string): string | undefined {
  const v4 = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)/.exec(rest);
  if (v4) return `${v4[2]}:${v4[1]}`;
  const v6 = /sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]*)"/.exec(rest);
  return v6 ? `[${v6[2]}]:${v6[1]}` : undefined;
}
