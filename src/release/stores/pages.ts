/** Objects that hold records, page by page, so that thousands of large ones are never in memory at once. */
import { isGone } from '../../cluster/api-error.ts';
import { dig, isList, type Json, type KubeObject, own } from '../../cluster/json.ts';
import { collectionPath } from '../../cluster/paths.ts';
import type { ApiClient, ResourceMapping } from '../../cluster/types.ts';

/** Objects on the first page, and how many bytes of records a page should have after that. */
const FIRST_PAGE = 64;
const PAGE_BYTES = 8 * 1024 * 1024;
const MIN_PAGE = 8;
const MAX_PAGE = 1000;

export interface PageQuery {
  readonly mapping: ResourceMapping;
  /** Empty: all namespaces. */
  readonly namespace: string;
  readonly labelSelector: string;
  readonly signal?: AbortSignal;
}

/** All that match. Where the server has no next page any more, it starts over, and then all come at once. */
export async function* recordObjects(client: ApiClient, asked: PageQuery): AsyncIterable<KubeObject> {
  const seen = new Set<string>();
  let limit: number | undefined = FIRST_PAGE;
  let next: string | undefined;
  for (;;) {
    let page: Json;
    try {
      page = await readPage(client, asked, limit, next);
    } catch (error) {
      if (!isGone(error) || next === undefined) throw error;
      next = undefined;
      limit = undefined;
      continue;
    }
    const items = own(page, 'items');
    const objects = (isList(items) ? items : []) as readonly KubeObject[];
    for (const object of objects) {
      const { uid = '' } = object.metadata;
      if (uid !== '' && seen.has(uid)) continue;
      seen.add(uid);
      yield object;
    }
    const token = dig(page, 'metadata', 'continue');
    if (typeof token !== 'string' || token === '') return;
    next = token;
    if (limit !== undefined) limit = nextLimit(objects);
  }
}

function readPage(
  client: ApiClient,
  { mapping, namespace, labelSelector, signal }: PageQuery,
  limit: number | undefined,
  next: string | undefined,
): Promise<Json> {
  const query = { labelSelector, limit: limit?.toString(), continue: next };
  return client.json({ method: 'GET', path: collectionPath(mapping, namespace), query, ...(signal && { signal }) });
}

function nextLimit(objects: readonly KubeObject[]): number {
  const bytes = objects.reduce((sum, object) => sum + sizeOf(object), 0);
  const each = Math.max(1, bytes / Math.max(1, objects.length));
  return Math.max(MIN_PAGE, Math.min(MAX_PAGE, Math.floor(PAGE_BYTES / each)));
}

function sizeOf(object: KubeObject): number {
  const text = dig(object, 'data', 'release');
  return typeof text === 'string' ? text.length : 0;
}
