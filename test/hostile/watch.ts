/** What a process did to files and whom it spoke to, by strace: the kernel's word, whatever the program says. */
import { isAbsolute, join, resolve } from 'node:path';

/** The calls to be written down: what changes files or opens them, and what speaks to others. */
export const TRACED =
  'openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,symlink,symlinkat,link,linkat,' +
  'chmod,fchmodat,chown,fchownat,truncate,mknod,mknodat,connect,sendto,sendmsg,listen';

/** What was seen of a run. */
export interface Seen {
  /** Internet addresses with ports, `127.0.0.1:5000`. */
  readonly peers: readonly string[];
  /** Paths that were changed, or opened to be. */
  readonly changed: readonly string[];
  readonly opened: readonly string[];
  /** Sockets on which it waits for others, as strace has them. */
  readonly listens: readonly string[];
}

/**
 * Reads what `strace -y` wrote, one call a line, of processes that all started in `cwd`. What was opened counts by the
 * name that was given, and by the path that it led to.
 *
 * @example
 * readTrace('7 openat(AT_FDCWD</work>, "passwd", O_RDONLY) = 3</etc/passwd>\n', '/work').opened
 * // ['/work/passwd', '/etc/passwd']
 */
export function readTrace(text: string, cwd: string): Seen {
  const seen = { peers: new Set<string>(), changed: new Set<string>(), opened: new Set<string>() };
  const listens = new Set<string>();
  /** What open files are, by thread and number: a path of /proc/self/fd goes by them, and is used by who opened it. */
  const files = new Map<string, string>();
  const fullIn =
    (thread: string) =>
    (path: string): string => {
      const [, number = '', inner = ''] = /^\/proc\/self\/fd\/(\d+)(.*)$/.exec(path) ?? [];
      const known = files.get(`${thread} ${number}`);
      if (known !== undefined) return resolve(`${known}${inner}`);
      return isAbsolute(path) ? resolve(path) : join(cwd, path);
    };
  for (const line of text.split('\n')) {
    const [, thread = '', name = '', rest = ''] = /^(\d+) +(?:(\w+)\(|<\.\.\. )(.*)/.exec(line) ?? [];
    if (name === 'listen' && / = 0$/.test(rest)) listens.add(rest);
    else if (/^(?:connect|send)/.test(name)) addTo(seen.peers, peerOf(rest));
    else if (name !== '') readPaths(name, rest, fullIn(thread), seen);
    const [, number, path] = / = (\d+)<(\/.*)>$/.exec(rest) ?? [];
    if (number !== undefined && path !== undefined) files.set(`${thread} ${number}`, path);
  }
  const list = (set: ReadonlySet<string>): string[] => [...set];
  return {
    peers: list(seen.peers),
    changed: list(seen.changed),
    opened: list(seen.opened),
    listens: list(listens),
  };
}

function addTo(set: Set<string>, one: string | undefined): void {
  if (one !== undefined) set.add(one);
}

/** Adds the paths of a call to those that were opened or changed. */
function readPaths(
  name: string,
  rest: string,
  full: (path: string) => string,
  seen: { readonly changed: Set<string>; readonly opened: Set<string> },
): void {
  const paths = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path);
  const path = paths[0];
  if (path === undefined || path === '') return;
  const [, led] = / = \d+<(\/.*)>$/.exec(rest) ?? [];
  if (/^(?:open|openat)$/.test(name) && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(rest)) {
    // A path that was not there was not opened.
    if (/= -1 E/.test(rest)) return;
    seen.opened.add(full(path));
    addTo(seen.opened, led);
  } else if (!/= -1 E(?:NOENT|EXIST|NOTDIR|ACCES|PERM|ROFS|LOOP|ISDIR)/.test(rest)) {
    for (const one of name.startsWith('symlink') ? paths.slice(1) : paths) seen.changed.add(full(one));
    addTo(seen.changed, led);
  }
}

function peerOf(rest: string): string | undefined {
  const v4 = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)/.exec(rest);
  if (v4) return `${v4[2]}:${v4[1]}`;
  const v6 = /sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]*)"/.exec(rest);
  return v6 ? `[${v6[2]}]:${v6[1]}` : undefined;
}
