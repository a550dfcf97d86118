/** GET with `watch`: a stream of what changes. Go: apiserver/pkg/storage/cacher */
import { type Json, type KubeObject, printJson } from '../../../cluster/json.ts';
import { apiVersionOf } from '../api/convert.ts';
import { bytesOf } from '../server/answer.ts';
import { Refusal } from '../server/refusal.ts';
import type { Request } from '../server/request.ts';
import { type Change, revisionOf } from '../store/store.ts';
import { tableOf, wantsTable } from '../tables/table.ts';
import type { World } from '../world.ts';
import { matcherOf } from './read.ts';
import { served } from './write.ts';

/** How long a watch lasts where nobody says it, in milliseconds. */
const LASTS = 1_800_000;

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Json;
}

/** @param onOpen called when the stream is read, and its answer when it ends; so that time goes on for who watches */
export function watchObjects(world: World, request: Request, onOpen: () => () => void): AsyncIterable<Uint8Array> {
  const first = firstEvents(world, request);
  return stream(world, request, first, onOpen);
}

/** What a watch begins with: what there is, or what changed since a revision. @throws Refusal 410 */
function firstEvents(world: World, request: Request): Event[] {
  const { resource, query, namespace } = request;
  const matches = matcherOf(request);
  const from = query['resourceVersion'] ?? '';
  const isInitial = query['sendInitialEvents'] === 'true';
  if (from === '' || from === '0' || isInitial) {
    if (query['sendInitialEvents'] === 'false') return [];
    const objects = world.store.list(resource.storage, namespace).filter(matches);
    const events: Event[] = objects.map((object) => ({ type: 'ADDED', object: shown(world, request, object) }));
    if (isInitial && query['allowWatchBookmarks'] === 'true') events.push(bookmark(world, request, true));
    return events;
  }
  const revision = revisionOf(from);
  if (revision === undefined) {
    throw new Refusal(
      400,
      'BadRequest',
      `Invalid value: "${from}": strconv.ParseUint: parsing "${from}": invalid syntax`,
    );
  }
  const changes = world.store.since(revision);
  if (changes === undefined) return [expired(revision, world.store.revision)];
  return changes.flatMap((change) => eventsOf(world, request, change));
}

function expired(revision: number, now: number): Event {
  const message = `too old resource version: ${revision} (${now})`;
  return { type: 'ERROR', object: new Refusal(410, 'Expired', message).status };
}

function bookmark(world: World, request: Request, isEnd: boolean): Event {
  const { resource } = request;
  const metadata = {
    resourceVersion: `${world.store.revision}`,
    ...(isEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } };
}

function shown(world: World, request: Request, object: KubeObject): Json {
  const version = served(request.resource, object);
  if (!wantsTable(request.headers)) return version as unknown as Json;
  const metadata = { resourceVersion: object.metadata.resourceVersion as string };
  return tableOf(world, request.resource, [version], metadata, request.query['includeObject']);
}

/** A change as a watch with a selector sees it. */
function eventsOf(world: World, request: Request, change: Change): Event[] {
  if (change.storage !== request.resource.storage) return [];
  if (request.namespace !== '' && change.object.metadata.namespace !== request.namespace) return [];
  const matches = matcherOf(request);
  const was = change.before !== undefined && matches(change.before);
  const is = !change.gone && matches(change.object);
  if (!was && !is) return [];
  const type = is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED';
  return [{ type, object: shown(world, request, change.object) }];
}

async function* stream(
  world: World,
  request: Request,
  first: readonly Event[],
  onOpen: () => () => void,
): AsyncGenerator<Uint8Array> {
  const { signal, query } = request;
  const queue: Event[] = [...first];
  let wake: () => void = () => {};
  let isOver = first.some((event) => event.type === 'ERROR');
  const stopListening = world.store.listen((changes) => {
    queue.push(...changes.flatMap((change) => eventsOf(world, request, change)));
    wake();
  });
  const close = onOpen();
  const abort = (): void => wake();
  signal?.addEventListener('abort', abort);
  const lasts = Number(query['timeoutSeconds'] ?? 0) * 1000 || LASTS;
  const timer = setTimeout(() => {
    isOver = true;
    if (query['allowWatchBookmarks'] === 'true') queue.push(bookmark(world, request, false));
    wake();
  }, lasts);
  try {
    for (;;) {
      if (signal?.aborted) throw signal.reason;
      const events = queue.splice(0);
      if (events.length > 0) yield bytesOf(events.map((event) => `${printJson(event as unknown as Json)}\n`).join(''));
      else if (isOver) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    clearTimeout(timer);
    stopListening();
    signal?.removeEventListener('abort', abort);
    close();
  }
}
