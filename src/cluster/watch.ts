import type { Random } from '../host.ts';
import { codeOf, isGone, isUnauthorized } from './api-error.ts';
import { isPassing } from './fault.ts';
import { isObject, type Json, type KubeObject, own, parseJson } from './json.ts';
import { collectionPath, groupVersionOf } from './paths.ts';
import { sleep as realSleep, type Sleep } from './rate-limit.ts';
import type { ApiAnswer, ApiClient, KubeList, ListOptions, ResourceMapping, WatchEvent } from './types.ts';

export interface WatchContext extends Pick<ApiClient, 'list' | 'stream'> {
  readonly random: Random;
  readonly sleep?: Sleep | undefined;
}

/** Seconds after which the server ends a watch, so that a connection that died in silence is found out soon. */
const WATCH_SECONDS = 10;

/** Milliseconds after that in which the end must have come. */
const GRACE = 2_000;

const FIRST_WAIT = 100;
const LONGEST_WAIT = 3_000;

/** Where the server lets one list but not watch. */
const POLL = 2_000;

/** A line of a watch holds one object. */
const MAX_LINE = 64 << 20;

/**
 * Lists, watches from there on, and starts over where the server has forgotten. Ends with the signal, without an
 * error; throws only what will not pass: no right to list, no such kind.
 */
export async function* watchObjects(
  context: WatchContext,
  mapping: ResourceMapping,
  options: ListOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const ended = new AbortController();
  const outer = options.signal;
  const end = (): void => ended.abort(outer?.reason);
  if (outer?.aborted) return;
  outer?.addEventListener('abort', end, { once: true });
  try {
    yield* new Watch(context, mapping, { ...options, signal: ended.signal }).events();
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    outer?.removeEventListener('abort', end);
    ended.abort();
  }
}

/** How one connection of a watch ended. */
type End = 'again' | 'relist' | 'poll';

class Watch {
  private readonly context: WatchContext;
  private readonly mapping: ResourceMapping;
  private readonly options: ListOptions & { readonly signal: AbortSignal };
  private version = '';
  private failures = 0;

  constructor(
    context: WatchContext,
    mapping: ResourceMapping,
    options: ListOptions & { readonly signal: AbortSignal },
  ) {
    this.context = context;
    this.mapping = mapping;
    this.options = options;
  }

  async *events(): AsyncGenerator<WatchEvent, void, undefined> {
    const { signal } = this.options;
    while (!signal.aborted) {
      const list = await this.list();
      if (list === undefined) return;
      this.version = list.resourceVersion;
      yield { type: 'synced', items: list.items };
      let end: End = 'again';
      while (end === 'again' && !signal.aborted) {
        end = yield* this.connection();
        if (signal.aborted) return;
        if (end === 'poll') await this.pause(POLL);
        else if (this.failures > 0) await this.backOff();
      }
    }
  }

  /** Goes on until there is a list; nothing when the signal ended it. */
  private async list(): Promise<KubeList | undefined> {
    for (;;) {
      try {
        const list = await this.context.list(this.mapping, this.options);
        this.failures = 0;
        return list;
      } catch (error) {
        if (this.options.signal.aborted) return undefined;
        if (!isPassing(error)) throw error;
        this.failures++;
        await this.backOff();
        if (this.options.signal.aborted) return undefined;
      }
    }
  }

  private async *connection(): AsyncGenerator<WatchEvent, End, undefined> {
    let answer: ApiAnswer;
    try {
      answer = await this.open();
    } catch (error) {
      return this.refused(error);
    }
    const before = this.version;
    let heard = false;
    try {
      for await (const line of linesOf(answer.body)) {
        const event = parseJson(line);
        heard = true;
        const object = own(event, 'object');
        switch (own(event, 'type')) {
          case 'ADDED':
          case 'MODIFIED':
            yield { type: 'changed', object: this.note(object) };
            break;
          case 'DELETED':
            yield { type: 'deleted', object: this.note(object) };
            break;
          case 'BOOKMARK':
            this.note(object);
            break;
          case 'ERROR':
            return this.failed(object);
        }
      }
    } catch {
      // Cut, silent for too long, or no JSON: whatever was missed comes with the next connection.
      this.failures = heard || this.version !== before ? 1 : this.failures + 1;
      return 'again';
    }
    // Servers that end each watch at once are not to be asked without pause.
    this.failures = heard ? 0 : Math.max(1, this.failures);
    return 'again';
  }

  private open(): Promise<ApiAnswer> {
    const { namespace = '', labelSelector, fieldSelector, signal } = this.options;
    const query = {
      allowWatchBookmarks: 'true',
      fieldSelector: fieldSelector === '' ? undefined : fieldSelector,
      labelSelector: labelSelector === '' ? undefined : labelSelector,
      resourceVersion: this.version,
      timeoutSeconds: String(WATCH_SECONDS),
      watch: 'true',
    };
    const path = collectionPath(this.mapping, namespace);
    const headers = { accept: 'application/json' };
    return this.context.stream({
      method: 'GET',
      path,
      query,
      headers,
      signal,
      idleTimeout: WATCH_SECONDS * 1000 + GRACE,
    });
  }

  /** The server did not begin to watch. */
  private refused(error: unknown): End {
    if (this.options.signal.aborted) return 'again';
    if (isGone(error)) return 'relist';
    const code = codeOf(error);
    if (code === 403 || code === 404 || code === 405) return 'poll';
    if (isUnauthorized(error) || !isPassing(error)) throw error;
    this.failures++;
    return 'again';
  }

  /** The server ended the watch and says why. */
  private failed(status: Json | undefined): End {
    if (own(status, 'code') === 410 || own(status, 'reason') === 'Expired') return 'relist';
    this.failures++;
    // Not from here again, if here is what it cannot do.
    return this.failures > 2 ? 'relist' : 'again';
  }

  private note(object: Json | undefined): KubeObject {
    const version = own(own(object, 'metadata'), 'resourceVersion');
    if (typeof version === 'string' && version !== '') this.version = version;
    const known = isObject(object) ? object : {};
    const { mapping } = this;
    return { apiVersion: groupVersionOf(mapping), kind: mapping.kind, metadata: {}, ...known } as KubeObject;
  }

  private backOff(): Promise<void> {
    const [byte = 0] = this.context.random.bytes(1);
    const wait = Math.min(FIRST_WAIT * 2 ** Math.min(this.failures - 1, 10), LONGEST_WAIT);
    return this.pause(wait * (0.5 + byte / 256));
  }

  private pause(milliseconds: number): Promise<void> {
    return (this.context.sleep ?? realSleep)(milliseconds, this.options.signal);
  }
}

/** The lines of a body; a last one without an end is none. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  for await (const chunk of body) {
    let text = decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = parts.join('') + text.slice(0, end);
      text = text.slice(end + 1);
      parts = [];
      size = 0;
      if (line.trim() !== '') yield line;
    }
    if (text === '') continue;
    parts.push(text);
    size += text.length;
    if (size > MAX_LINE) throw new RangeError('a line of the watch is too long');
  }
}
