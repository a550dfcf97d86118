/** F6 of the list of hostile inputs: what can go wrong with a watch, with one of its events, or with its list. */
import type { Break, Lines, Passed } from '../client/breaking-proxy.ts';

/** Where a fault strikes: at a watch as it opens, at an event, or at the list before a watch. */
export type Site = 'watch' | 'event' | 'list';

/** What is passed on of an event, with what came before it in its watch. */
type AtEvent = (line: string, before: readonly string[], watch: WatchState) => Passed;

/** What one watch remembers. */
export interface WatchState {
  /** An event that is passed on after the next one. */
  held?: string | undefined;
  /** From here on, no removal is told. */
  keepsRemovals?: boolean;
}

interface Common {
  readonly name: string;
  /** The connection stays open and says nothing, which takes seconds to be noticed. */
  readonly silent?: boolean;
}

export type WatchFault = Common &
  (
    | { readonly site: 'watch' | 'list'; readonly breaks: Break; readonly always?: boolean }
    | { readonly site: 'event'; readonly at: AtEvent }
  );

function status(code: number, reason: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: reason, reason, code });
}

function errorEvent(code: number, reason: string): string {
  return JSON.stringify({ type: 'ERROR', object: JSON.parse(status(code, reason)) });
}

const says = (code: number, reason: string): Break => ({
  kind: 'answer',
  when: 'before',
  answer: { status: code, body: status(code, reason) },
});

const begins = (lines: readonly string[], end: Passed['end']): Break => ({
  kind: 'lines',
  lines: (): Lines => ({ begin: { lines, end } }),
});

/** An event that tells only how far the watch is, in place of one that tells more. */
function bookmark(line: string): string {
  const { object } = JSON.parse(line) as { object: { kind: string; apiVersion: string; metadata: Json } };
  const { kind, apiVersion, metadata } = object;
  const { resourceVersion } = metadata;
  return JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata: { resourceVersion } } });
}

type Json = Readonly<Record<string, unknown>>;

const isRemoval = (line: string): boolean => line.startsWith('{"type":"DELETED"');

const AT_WATCHES: readonly WatchFault[] = [
  { site: 'watch', name: 'ends at once', breaks: begins([], 'close') },
  { site: 'watch', name: 'each ends', always: true, breaks: { kind: 'watch', after: 300, end: 'close' } },
  { site: 'watch', name: 'reset', breaks: begins([], 'reset') },
  { site: 'watch', name: '410', breaks: says(410, 'Expired') },
  { site: 'watch', name: '410 event', breaks: begins([errorEvent(410, 'Expired')], 'close') },
  { site: 'watch', name: 'not a byte', silent: true, breaks: { kind: 'hang' } },
  { site: 'watch', name: 'no event', silent: true, breaks: begins([], 'silent') },
  { site: 'watch', name: 'junk', breaks: begins(['<html>'], 'close') },
  { site: 'watch', name: 'junk, silent', silent: true, breaks: begins(['{}', '{"type":"X"}'], 'silent') },
  { site: 'watch', name: '500', breaks: says(500, 'InternalError') },
  { site: 'watch', name: '500 event', breaks: begins([errorEvent(500, 'InternalError')], 'close') },
  { site: 'watch', name: '403', breaks: says(403, 'Forbidden') },
  { site: 'watch', name: 'all 403', always: true, breaks: says(403, 'Forbidden') },
  { site: 'watch', name: 'all 410', always: true, breaks: says(410, 'Expired') },
  { site: 'watch', name: 'late', breaks: { kind: 'late', after: 3000 } },
  {
    site: 'watch',
    name: 'bookmarks only',
    silent: true,
    breaks: { kind: 'lines', lines: () => ({ each: (line) => ({ lines: [bookmark(line)] }) }) },
  },
  {
    site: 'watch',
    name: 'missed removals',
    silent: true,
    breaks: {
      kind: 'lines',
      lines: () => ({
        each: (line) => (isRemoval(line) ? { lines: [bookmark(line)], end: 'close' } : { lines: [line] }),
      }),
    },
  },
];

const AT_EVENTS: readonly WatchFault[] = [
  { site: 'event', name: 'swallowed, ends', at: () => ({ lines: [], end: 'close' }) },
  { site: 'event', name: 'swallowed', silent: true, at: () => ({ lines: [] }) },
  { site: 'event', name: 'missed for ever', silent: true, at: (line) => ({ lines: [bookmark(line)], end: 'close' }) },
  { site: 'event', name: 'twice', at: (line) => ({ lines: [line, line] }) },
  { site: 'event', name: 'old ones again', at: (line, before) => ({ lines: [line, ...before] }) },
  {
    site: 'event',
    name: 'after the next',
    silent: true,
    at(line, _, watch) {
      watch.held = line;
      return { lines: [] };
    },
  },
  { site: 'event', name: 'silent after it', silent: true, at: (line) => ({ lines: [line], end: 'silent' }) },
  { site: 'event', name: 'silent before it', silent: true, at: () => ({ lines: [], end: 'silent' }) },
  { site: 'event', name: 'junk in its place', at: () => ({ lines: ['{"type":"MODIFIED",'], end: 'close' }) },
  { site: 'event', name: 'cut', at: () => ({ lines: [], end: 'midline' }) },
  { site: 'event', name: '410 in its place', at: () => ({ lines: [errorEvent(410, 'Expired')], end: 'close' }) },
  { site: 'event', name: 'reset after it', at: (line) => ({ lines: [line], end: 'reset' }) },
];

const AT_LISTS: readonly WatchFault[] = [
  { site: 'list', name: 'late', breaks: { kind: 'late', after: 3000 } },
  { site: 'list', name: 'not a byte', silent: true, breaks: { kind: 'hang' } },
  { site: 'list', name: '500', breaks: says(500, 'InternalError') },
  { site: 'list', name: 'reset', breaks: { kind: 'reset', when: 'after' } },
];

export const FAULTS_AT: Readonly<Record<Site, readonly WatchFault[]>> = {
  watch: AT_WATCHES,
  event: AT_EVENTS,
  list: AT_LISTS,
};
