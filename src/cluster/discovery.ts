import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import { isNotFound } from './api-error.ts';
import {
  type ApiGroup,
  type ApiResource,
  type GroupsDocument,
  groupsText,
  readGroups,
  readResources,
  resourcesText,
} from './discovery-documents.ts';
import { isPassing } from './fault.ts';
import { type Json, own, parseJson } from './json.ts';
import { DISCOVERY_QUERY, groupVersionPath, splitGroupVersion } from './paths.ts';
import type { ApiClient, Discovery, ResourceMapping, ServerVersion } from './types.ts';

/** Where answers are kept between runs, in the layout of kubectl's cache: `apps/v1/serverresources.json`. */
export interface DiscoveryCache {
  /** Undefined where there is none, or one that is too old. */
  read(name: string): Promise<string | undefined>;
  /** Never fails: a cache that cannot be written is no fault. */
  write(name: string, text: string): Promise<void>;
}

/** Go: client-go discovery acceptDiscoveryFormats */
const ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** What is known of a server. */
interface Served {
  readonly groups: readonly ApiGroup[];
  /** By group version. */
  readonly resources: Map<string, readonly ApiResource[]>;
  /** Group versions that could not be read, with the reason. */
  readonly failures: Map<string, string>;
  /** The same where it is the server that could not read them, of which Helm does not warn. */
  readonly stale: ReadonlyMap<string, string>;
}

/**
 * What the API serves, from aggregated discovery where the server has it (two requests), else group by group. A group
 * that cannot be read is missed only by those who ask for its kinds.
 */
export function createDiscovery(client: Pick<ApiClient, 'json'>, cache?: DiscoveryCache): Discovery {
  return new ServerDiscovery(client, cache);
}

class ServerDiscovery implements Discovery {
  private readonly client: Pick<ApiClient, 'json'>;
  private readonly disk: DiscoveryCache | undefined;
  private useDisk = true;
  private serverVersion: Promise<ServerVersion> | undefined;
  private all: Promise<Served> | undefined;
  /** Single group versions: read from the disk, or anew. */
  private readonly single = new Map<string, Promise<readonly ApiResource[] | undefined>>();

  constructor(client: Pick<ApiClient, 'json'>, disk: DiscoveryCache | undefined) {
    this.client = client;
    this.disk = disk;
  }

  version(signal?: AbortSignal): Promise<ServerVersion> {
    this.serverVersion ??= this.askVersion(signal).catch((error: unknown) => {
      this.serverVersion = undefined;
      throw error;
    });
    return this.serverVersion;
  }

  private async askVersion(signal: AbortSignal | undefined): Promise<ServerVersion> {
    const answer = await this.ask('/version', {}, signal);
    const field = (name: string): string => {
      const value = own(answer, name);
      return typeof value === 'string' ? value : '';
    };
    return { major: field('major'), minor: field('minor'), gitVersion: field('gitVersion') };
  }

  private ask(path: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Json> {
    return this.client.json({ method: 'GET', path, query: DISCOVERY_QUERY, headers, ...(signal && { signal }) });
  }

  async mapping(apiVersion: string, kind: string): Promise<ResourceMapping> {
    const known = await this.known(apiVersion);
    const found = known && findKind(known, apiVersion, kind);
    if (found !== undefined) return found;
    const served = await this.all;
    const reason = served?.failures.get(apiVersion) ?? served?.stale.get(apiVersion);
    if (reason !== undefined) throw noMatch(apiVersion, kind, reason);
    const fresh = await this.refresh(apiVersion);
    const late = fresh.resources && findKind(fresh.resources, apiVersion, kind);
    if (late !== undefined) return late;
    throw noMatch(apiVersion, kind, fresh.reason);
  }

  /** What is at hand without asking for this group version alone. */
  private async known(apiVersion: string): Promise<readonly ApiResource[] | undefined> {
    const single = await this.single.get(apiVersion);
    if (single !== undefined) return single;
    if (this.all === undefined) {
      const text = await this.readDisk(fileOf(apiVersion));
      const resources = text && readResources(text);
      if (resources && resources.length > 0) {
        this.single.set(apiVersion, Promise.resolve(resources));
        return resources;
      }
    }
    return (await this.served()).resources.get(apiVersion);
  }

  /** Asks for one group version: what was read before may be older than a CRD. */
  private async refresh(
    apiVersion: string,
  ): Promise<{ readonly resources?: readonly ApiResource[]; readonly reason?: string }> {
    if (!isPlainName(apiVersion)) return {};
    try {
      const resources = readResources(await this.ask(groupVersionPath(apiVersion)));
      if (resources.length > 0) {
        this.single.set(apiVersion, Promise.resolve(resources));
        await this.writeDisk(fileOf(apiVersion), resourcesText(apiVersion, resources));
      }
      return { resources };
    } catch (fault) {
      if (isNotFound(fault)) return {};
      if (fault instanceof PintleError && fault.code === 'API_FAILED' && isPassing(fault))
        return { reason: fault.message };
      throw fault;
    }
  }

  async apiVersions(): Promise<readonly string[]> {
    const { groups, resources } = await this.served();
    const out = new Set<string>();
    for (const { groupVersions } of groups) for (const groupVersion of groupVersions) out.add(groupVersion);
    for (const [groupVersion, list] of resources) {
      for (const { kind } of list) if (kind !== '') out.add(`${groupVersion}/${kind}`);
    }
    return [...out];
  }

  async resources(): Promise<readonly ResourceMapping[]> {
    const { resources } = await this.served();
    const out: ResourceMapping[] = [];
    for (const [groupVersion, list] of resources) {
      for (const resource of list) {
        if (resource.name.includes('/') || !resource.verbs.includes('list')) continue;
        out.push(mappingOf(groupVersion, resource));
      }
    }
    return out;
  }

  async failures(): Promise<ReadonlyMap<string, string>> {
    return (await this.served()).failures;
  }

  invalidate(): void {
    this.useDisk = false;
    this.all = undefined;
    this.single.clear();
    this.serverVersion = undefined;
  }

  private served(): Promise<Served> {
    this.all ??= this.askAll().catch((error: unknown) => {
      this.all = undefined;
      throw error;
    });
    return this.all;
  }

  private async askAll(): Promise<Served> {
    const kept = await this.keptAll();
    if (kept !== undefined) return kept;
    const { groups, resources, stale } = await this.askGroups();
    const served: Served = { groups, resources: new Map(resources), failures: new Map(), stale };
    if (resources === undefined) await this.askEach(served);
    const files = [...served.resources].filter(([, list]) => list.length > 0);
    await Promise.all([
      this.writeDisk('servergroups.json', groupsText(groups)),
      ...files.map(([gv, list]) => this.writeDisk(fileOf(gv), resourcesText(gv, list))),
    ]);
    return served;
  }

  /** What is on disk, if it is all there: for a part of it to be missing the server is asked, which takes two requests. */
  private async keptAll(): Promise<Served | undefined> {
    const text = await this.readDisk('servergroups.json');
    if (text === undefined) return undefined;
    const { groups } = readGroups(text);
    const groupVersions = groups.flatMap((group) => group.groupVersions);
    if (groupVersions.length === 0) return undefined;
    const lists = await Promise.all(groupVersions.map((gv) => this.readDisk(fileOf(gv))));
    const resources = new Map<string, readonly ApiResource[]>();
    for (const [i, gv] of groupVersions.entries()) {
      const list = lists[i];
      if (list === undefined) return undefined;
      resources.set(gv, readResources(list));
    }
    return { groups, resources, failures: new Map(), stale: new Map() };
  }

  /** Go: DiscoveryClient.GroupsAndMaybeResources */
  private async askGroups(): Promise<GroupsDocument> {
    const first = this.askDocument('/api').catch((error: unknown) => {
      // Servers that have aggregated APIs only.
      if (isNotFound(error)) return readGroups({ kind: 'APIGroupDiscoveryList' });
      throw error;
    });
    const second = this.askDocument('/apis');
    // The fault of the core group counts first; the other one's is not to go unheard.
    second.catch(() => {});
    const core = await first;
    const named = await second;
    const both = core.resources !== undefined && named.resources !== undefined;
    return {
      groups: [...core.groups, ...named.groups],
      resources: both ? new Map([...(core.resources ?? []), ...(named.resources ?? [])]) : undefined,
      stale: new Map([...core.stale, ...named.stale]),
    };
  }

  private async askDocument(path: string): Promise<GroupsDocument> {
    return readGroups(await this.ask(path, { accept: ACCEPT }));
  }

  /** Go: fetchGroupVersionResources */
  private async askEach(served: Served): Promise<void> {
    const groupVersions = served.groups.flatMap((group) => group.groupVersions);
    const lists = await Promise.all(
      groupVersions.map(async (groupVersion) => {
        try {
          return readResources(await this.ask(groupVersionPath(groupVersion)));
        } catch (error) {
          if (!(error instanceof PintleError) || error.code !== 'API_FAILED') throw error;
          served.failures.set(groupVersion, error.message);
          return undefined;
        }
      }),
    );
    for (const [i, groupVersion] of groupVersions.entries()) {
      const list = lists[i];
      if (list !== undefined) served.resources.set(groupVersion, list);
    }
  }

  private async readDisk(name: string): Promise<Json | undefined> {
    if (!this.useDisk || this.disk === undefined || !isPlainName(name)) return undefined;
    const text = await this.disk.read(name);
    if (text === undefined) return undefined;
    try {
      return parseJson(text);
    } catch {
      // A file that another program is writing, or that was cut off: as good as none.
      return undefined;
    }
  }

  private async writeDisk(name: string, text: string): Promise<void> {
    if (this.disk !== undefined && isPlainName(name)) await this.disk.write(name, text);
  }
}

/** kubectl's name for the file. */
function fileOf(groupVersion: string): string {
  return `${groupVersion}/serverresources.json`;
}

/** Names of groups come from servers and manifests; none may lead out of the cache's folder. */
function isPlainName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*(\/[a-z0-9][a-z0-9.-]*){0,2}$/i.test(name);
}

/** Go: restmapper.NewDiscoveryRESTMapper, which knows kinds in lower case, and their lists, too */
function findKind(resources: readonly ApiResource[], apiVersion: string, kind: string): ResourceMapping | undefined {
  const main = resources.filter(({ name }) => !name.includes('/'));
  const found = main.find((r) => r.kind === kind) ?? main.find((r) => r.kind.toLowerCase() === kind);
  if (found !== undefined) return mappingOf(apiVersion, found, kind);
  const item = main.find((r) => `${r.kind}List` === kind);
  // A guess that no server answers to, but it is Helm's.
  return item && mappingOf(apiVersion, { ...item, name: `${kind.toLowerCase()}s` }, kind);
}

function mappingOf(groupVersion: string, resource: ApiResource, kind: string = resource.kind): ResourceMapping {
  return { ...splitGroupVersion(groupVersion), kind, resource: resource.name, namespaced: resource.namespaced };
}

/** Go: meta.NoKindMatchError */
function noMatch(apiVersion: string, kind: string, reason: string | undefined): PintleError {
  return new PintleError('API_FAILED', `no matches for kind ${quote(kind)} in version ${quote(apiVersion)}`, {
    ...(reason !== undefined && { hint: `the server of ${apiVersion} does not answer now: ${reason}` }),
    data: { noMatch: true, apiVersion, kind },
  });
}
