import { PintleError } from '../errors.ts';
import { codeOf } from './api-error.ts';
import { isObject, type Json, type JsonObject, own } from './json.ts';
import { DISCOVERY_QUERY, splitGroupVersion } from './paths.ts';
import { schemaName, typeSchema } from './schema.ts';
import type { ApiClient, Schemas, TypeSchema } from './types.ts';

/**
 * Schemas of a cluster's types from its OpenAPI documents: v3, one for each group version, else v2. Nothing is asked
 * before the first question.
 */
export function createSchemas(client: Pick<ApiClient, 'json' | 'stream'>): Schemas {
  return new OpenApi(client);
}

class OpenApi implements Schemas {
  private readonly client: Pick<ApiClient, 'json' | 'stream'>;
  private index: Promise<JsonObject | undefined> | undefined;
  private version2: Promise<Json> | undefined;
  private reachable2: Promise<void> | undefined;
  /** Schemas by group version. */
  private readonly schemas = new Map<string, Promise<Json | undefined>>();
  private readonly types = new Map<string, Promise<TypeSchema | undefined>>();

  constructor(client: Pick<ApiClient, 'json' | 'stream'>) {
    this.client = client;
  }

  prepare(): void {
    this.readIndex().catch(() => {});
  }

  typeOf(apiVersion: string, kind: string): Promise<TypeSchema | undefined> {
    return kept(this.types, `${apiVersion} ${kind}`, async () => {
      const { group, version } = splitGroupVersion(apiVersion);
      const schemas = await kept(this.schemas, apiVersion, () => this.readSchemas(apiVersion));
      const name = schemaName(schemas, group, version, kind);
      if (name !== undefined) return typeSchema(schemas, name);
      // A CRD that is newer than the index.
      const fresh = await this.refreshed(apiVersion);
      const late = schemaName(fresh, group, version, kind);
      return late === undefined ? undefined : typeSchema(fresh, late);
    }).then((type) => {
      if (type === undefined) this.types.delete(`${apiVersion} ${kind}`);
      return type;
    });
  }

  private async refreshed(apiVersion: string): Promise<Json | undefined> {
    const before = pathOf(await this.readIndex(), apiVersion);
    this.index = undefined;
    const path = pathOf(await this.readIndex(), apiVersion);
    if (path === undefined || path === before) return undefined;
    this.schemas.delete(apiVersion);
    return kept(this.schemas, apiVersion, () => this.readSchemas(apiVersion));
  }

  private async readSchemas(apiVersion: string): Promise<Json | undefined> {
    const index = await this.readIndex();
    if (index === undefined) return own(await this.readVersion2(), 'definitions');
    const path = pathOf(index, apiVersion);
    if (path === undefined) return undefined;
    const document = await this.client.json(callOf(path));
    return own(own(document, 'components'), 'schemas');
  }

  /** Where the documents are; undefined on servers that have OpenAPI v2 only. */
  private readIndex(): Promise<JsonObject | undefined> {
    this.index ??= this.askIndex().catch((error: unknown) => {
      this.index = undefined;
      throw error;
    });
    return this.index;
  }

  private async askIndex(): Promise<JsonObject | undefined> {
    try {
      const paths = own(
        await this.client.json({ method: 'GET', path: '/openapi/v3', query: DISCOVERY_QUERY }),
        'paths',
      );
      return isObject(paths) ? paths : {};
    } catch (error) {
      if ([403, 404, 406].includes(codeOf(error))) return undefined;
      throw error;
    }
  }

  private readVersion2(): Promise<Json> {
    this.version2 ??= this.client
      .json({ method: 'GET', path: '/openapi/v2', query: DISCOVERY_QUERY })
      .catch((error: unknown) => {
        this.version2 = undefined;
        throw error;
      });
    return this.version2;
  }

  /**
   * Helm asks the server's OpenAPI whether it validates fields itself, as every server since 1.25 does; what can fail
   * is reading it. Go: kubectl's paramVerifyingSchema, with the older document behind the newer one
   */
  async check(apiVersion: string, kind: string): Promise<void> {
    checkKind(apiVersion, kind);
    try {
      if ((await this.readIndex()) !== undefined) return;
    } catch (error) {
      if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    }
    try {
      this.reachable2 ??= this.askVersion2();
      await this.reachable2;
    } catch (error) {
      this.reachable2 = undefined;
      if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
      throw new PintleError(error.code, `${INVALID}failed to download openapi: ${error.message}`, {
        hint: 'go on without validation with --disable-openapi-validation',
        data: error.data,
        cause: error,
      });
    }
  }

  /** Whether there is one; its megabytes are not read. */
  private async askVersion2(): Promise<void> {
    const { body } = await this.client.stream({ method: 'GET', path: '/openapi/v2', query: DISCOVERY_QUERY });
    await body[Symbol.asyncIterator]().return?.();
  }
}

const INVALID = 'error validating "": error validating data: ';

/** Go: kubectl validation getObjectKind */
function checkKind(apiVersion: string, kind: string): void {
  const faults: string[] = [];
  if (apiVersion === '') faults.push('apiVersion not set');
  else if (apiVersion.split('/').length > 2) faults.push(`unexpected GroupVersion string: ${apiVersion}`);
  if (kind === '') faults.push('kind not set');
  const [first, second] = faults;
  if (first === undefined) return;
  throw new PintleError('MANIFEST_INVALID', INVALID + (second === undefined ? first : `[${faults.join(', ')}]`));
}

/** The path of a group version's document: `/openapi/v3/apis/apps/v1?hash=…`. */
function pathOf(index: JsonObject | undefined, apiVersion: string): string | undefined {
  const entry = own(index, `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`);
  const path = own(entry, 'serverRelativeURL');
  return typeof path === 'string' && /^\/(?!\/)/.test(path) ? path : undefined;
}

function callOf(location: string): { method: 'GET'; path: string; query: Record<string, string> } {
  const [path = '', query = ''] = location.split('?', 2);
  return { method: 'GET', path, query: { ...Object.fromEntries(new URLSearchParams(query)), ...DISCOVERY_QUERY } };
}

/** One promise for each key; a failed one is asked for again. */
function kept<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make().catch((error: unknown) => {
    map.delete(key);
    throw error;
  });
  map.set(key, made);
  return made;
}
