/**
 * What an action on a release is doing, for who waits for it: drawn at the bottom of a terminal while it lasts and
 * gone when it is done, or as a line for each change. Standard output is not touched, and a pipe gets nothing that
 * was not asked for.
 */
import { visible } from '../../src/error-frame.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import type { ObjectProgress, ReleaseEvent } from '../../src/release/options.ts';
import type { Io, Output } from './io.ts';
import { textWidth } from './output.ts';
import { cut, pad } from './progress.ts';

export interface ReleaseProgressOptions {
  /** What `--color` and `NO_COLOR` say about standard error. */
  readonly color: boolean;
  /** A line for each change in place of the drawing: for `--debug`, and where one asks for it. */
  readonly lines: boolean;
}

export interface ReleaseProgress {
  /** For `onEvent` of an action. */
  event(event: ReleaseEvent): void;
  /** Writes something else to the terminal: what is drawn makes room for it. */
  above<T>(write: () => T): T;
  /** Takes away what is drawn; to be called when the action is over, however it ended. */
  end(): void;
}

/** Milliseconds between two drawings; an action that is over before the first is never shown. */
const INTERVAL = 150;

/** Shows an action; undefined where nobody looks, so that nothing needs to be found out for it. */
export function releaseProgress(
  io: Pick<Io, 'stderr' | 'env'>,
  { color, lines }: ReleaseProgressOptions,
  now: () => number = Date.now,
): ReleaseProgress | undefined {
  if (lines) return { event: lineWriter(io.stderr), above: (write) => write(), end() {} };
  if (!io.stderr.isTerminal || io.env['TERM'] === 'dumb') return undefined;
  return drawing(io.stderr, color, now);
}

/** What there is to draw. */
interface Scene {
  /** What is going on. */
  title: string;
  /** When that began, in milliseconds. */
  since: number;
  objects: readonly ObjectProgress[];
}

function drawing(output: Output, color: boolean, now: () => number): ReleaseProgress {
  const scene: Scene = { title: '', since: now(), objects: [] };
  let drawn = '';
  let timer: ReturnType<typeof setInterval> | undefined;

  const erase = (): void => {
    const rows = drawn.split('\n').length - 1;
    if (rows > 0) output.write(encodeBytes(`\x1b[${rows}A\r\x1b[J`));
    drawn = '';
  };
  const draw = (): void => {
    const rows = sceneRows(scene, { columns: output.columns ?? 80, now: now(), color });
    const text = rows.map((row) => `${row}\n`).join('');
    if (text === drawn) return;
    erase();
    if (text !== '') output.write(encodeBytes(text));
    drawn = text;
  };
  return {
    event(event) {
      const title = titleOf(event, scene.title);
      if (title !== scene.title) Object.assign(scene, { title, since: now(), objects: [] });
      if (event.type === 'waiting') scene.objects = event.objects;
      timer ??= setInterval(draw, INTERVAL).unref();
    },
    above(write) {
      erase();
      return write();
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      erase();
    },
  };
}

/** What is going on after an event, when before it was `title`. */
function titleOf(event: ReleaseEvent, title: string): string {
  switch (event.type) {
    case 'record':
      return event.status.startsWith('pending-') ? `revision ${event.version}` : title;
    case 'crd':
      return `definition ${event.name}`;
    case 'hook':
      return event.phase === 'Running' ? `${event.event} hook ${event.kind}/${event.name}` : '';
    case 'object':
      return event.action === 'deleted' ? REMOVING : APPLYING;
    case 'waiting':
      // Of hooks alone one waits for what one is doing.
      return title.includes(' hook ') ? title : '';
    case 'waited':
      return '';
    case 'undo':
      return `undoing, because ${event.why}`;
  }
}

const APPLYING = 'applying objects';
const REMOVING = 'removing objects';

export interface SceneStyle {
  readonly columns: number;
  /** The time, in milliseconds. */
  readonly now: number;
  readonly color: boolean;
}

/** Rows beyond these are counted, not shown. */
const MOST_ROWS = 12;

/** Rows about one object. */
const MOST_NOTES = 3;

/**
 * The rows to draw, none wider than the terminal.
 *
 * @example ['waiting for 1 of 3 objects  4s', '  Deployment/web  Available: 0/1', '    pod web-1: Unschedulable: …']
 */
export function sceneRows({ title, since, objects }: Scene, { columns, now, color }: SceneStyle): string[] {
  // A terminal may break a line that is exactly as wide as it is.
  const room = Math.max(10, columns - 1);
  const paint = (text: string, code: number): string => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const left = objects.filter(({ status }) => status !== 'Current');
  const about = [title, left.length === 0 ? '' : `waiting for ${left.length} of ${counted(objects.length, 'object')}`];
  const head = about.filter((part) => part !== '').join(': ');
  if (head === '') return [];
  const seconds = Math.floor((now - since) / 1000);
  const rows = [cut(`${oneLine(head)}${seconds > 0 ? `  ${elapsed(seconds)}` : ''}`, room)];
  const names = left.map(({ object }) => oneLine(`${object.kind}/${object.name}`));
  const width = Math.min(40, Math.floor(room / 2), Math.max(0, ...names.map(textWidth)));
  let shown = 0;
  for (const state of left.toSorted(byWorst)) {
    const block = objectRows(state, width, room, paint);
    if (shown > 0 && rows.length + block.length > MOST_ROWS) break;
    rows.push(...block);
    shown++;
  }
  if (shown < left.length) rows.push(cut(`  and ${left.length - shown} more`, room));
  return rows;
}

function objectRows(
  { object, status, message, events = [], logLines = [] }: ObjectProgress,
  width: number,
  room: number,
  paint: (text: string, code: number) => string,
): string[] {
  const name = pad(cut(oneLine(`${object.kind}/${object.name}`), width), width);
  const known = status === 'InProgress' ? message : `${status}${message === '' ? '' : `: ${message}`}`;
  const text = status === 'Unknown' && message === '' ? 'not seen yet' : known;
  const rest = cut(oneLine(text), Math.max(1, room - width - 4));
  const rows = [`  ${name}  ${paint(rest, status === 'Failed' ? RED : YELLOW)}`];
  for (const event of events.slice(0, MOST_NOTES)) rows.push(paint(cut(`    ${oneLine(event)}`, room), RED));
  for (const line of logLines.slice(-MOST_NOTES)) rows.push(paint(cut(`    | ${oneLine(line)}`, room), DIM));
  return rows;
}

const RED = 31;
const YELLOW = 33;
const DIM = 2;

/** What has failed first, then what there is something to say about. */
function byWorst(a: ObjectProgress, b: ObjectProgress): number {
  const weight = ({ status, events = [] }: ObjectProgress): number =>
    (status === 'Failed' ? 2 : 0) + (events.length > 0 ? 1 : 0);
  return weight(b) - weight(a);
}

/** Text from a cluster as one harmless line. */
function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ')).trim();
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function elapsed(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** Objects whose last line is remembered. */
const MOST_REMEMBERED = 10_000;

/** Writes a line for each thing that is new. */
function lineWriter(output: Output): (event: ReleaseEvent) => void {
  const said = new Map<string, string>();
  const say: Say = (about, ...lines) => {
    const text = lines.map((line) => `${oneLine(line)}\n`).join('');
    if (said.get(about) === text) return;
    if (said.size >= MOST_REMEMBERED) said.clear();
    said.set(about, text);
    output.write(text);
  };
  return (event) => {
    switch (event.type) {
      case 'waiting':
        for (const state of event.objects) sayObject(state, say);
        break;
      case 'object':
        say('', `${placeOf(event.object)}: ${event.action}`);
        break;
      case 'record':
        say('', `revision ${event.version}: ${event.status}`);
        break;
      case 'crd':
        say('', `definition ${event.name}: applied`);
        break;
      case 'hook':
        say('', `${event.event} hook ${event.kind}/${event.name}: ${event.phase}`);
        break;
      case 'undo':
        say('', `undoing, because ${event.why}`);
        break;
      case 'waited':
        break;
    }
  };
}

/** Writes lines, unless they are the last that were written about the same thing. */
type Say = (about: string, ...lines: readonly string[]) => void;

function sayObject({ object, status, message, events = [], logLines = [] }: ObjectProgress, say: Say): void {
  const place = placeOf(object);
  // Nobody has seen it yet.
  if (status === 'Unknown' && message === '') return;
  const text = status === 'Current' ? 'ready' : `${status}${message === '' ? '' : `: ${message}`}`;
  say(place, `${place}: ${text}`);
  for (const event of events.toReversed()) say(`${place} ${event}`, `${place}: warning: ${event}`);
  if (logLines.length > 0) say(`${place} log`, ...logLines.map((line) => `${place}: log: ${line}`));
}

function placeOf({ kind, namespace, name }: ObjectProgress['object']): string {
  return namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
