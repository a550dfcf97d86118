/** Everything that the sandbox serves: Kubernetes' own types and what CustomResourceDefinitions add. */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import type { TypeSchema } from '../../../cluster/types.ts';
import { each, text } from '../edit.ts';
import { type Builtin, builtinTypes } from './builtin.ts';
import { customDefinitions, customServed } from './custom.ts';
import type { Resource } from './resource.ts';
import { type Definitions, viewSchema } from './schema.ts';

/** Versions in which kinds with several are kept. */
const STORED: Readonly<Record<string, string>> = { autoscaling: 'v2' };

export class Registry {
  readonly builtin: Builtin = builtinTypes();
  readonly #builtin = new Map<string, Resource[]>();
  #custom = new Map<string, Resource[]>();
  #customDefinitions = new Map<string, Json>();
  #order: string[] = [];

  constructor() {
    for (const [groupVersion, list] of this.builtin.groupVersions) {
      this.#builtin.set(
        groupVersion,
        list.map((one) => ({
          ...one,
          storage: storageOf(one.group, one.resource),
          storageVersion: STORED[one.group] ?? one.version,
          custom: undefined,
        })),
      );
    }
    this.#order = [...this.#builtin.keys()];
  }

  /** Reads all CustomResourceDefinitions again. */
  readCustom(definitions: Iterable<KubeObject>): void {
    this.#custom = new Map();
    this.#customDefinitions = new Map();
    for (const definition of definitions) {
      for (const resource of customServed(definition)) {
        const groupVersion = `${resource.group}/${resource.version}`;
        this.#custom.set(groupVersion, [...(this.#custom.get(groupVersion) ?? []), resource]);
      }
      for (const [name, schema] of customDefinitions(definition)) this.#customDefinitions.set(name, schema);
    }
    this.#order = [...this.#builtin.keys(), ...[...this.#custom.keys()].filter((gv) => !this.#builtin.has(gv)).sort()];
  }

  /** Group versions in the server's order of preference. */
  get groupVersions(): readonly string[] {
    return this.#order;
  }

  resources(groupVersion: string): readonly Resource[] | undefined {
    const builtin = this.#builtin.get(groupVersion);
    const custom = this.#custom.get(groupVersion);
    return builtin === undefined ? custom : [...builtin, ...(custom ?? [])];
  }

  find(groupVersion: string, resource: string): Resource | undefined {
    return this.resources(groupVersion)?.find((one) => one.resource === resource);
  }

  byKind(groupVersion: string, kind: string): Resource | undefined {
    return this.resources(groupVersion)?.find((one) => one.kind === kind);
  }

  /** The version in which objects of a storage are kept. */
  stored(storage: string): Resource | undefined {
    for (const groupVersion of this.#order) {
      const found = this.resources(groupVersion)?.find((r) => r.storage === storage && r.storageVersion === r.version);
      if (found) return found;
    }
    return undefined;
  }

  /** The groups with their versions, the core group first. */
  groups(): ReadonlyMap<string, readonly string[]> {
    const groups = new Map<string, string[]>();
    for (const groupVersion of this.#order) {
      const [version = '', group = ''] = groupVersion.split('/').reverse();
      groups.set(group, [...(groups.get(group) ?? []), version].sort(byPreference));
    }
    return groups;
  }

  readonly definitions: Definitions = (name) => this.#customDefinitions.get(name) ?? this.builtin.definition(name);

  schemaOf(resource: Resource): TypeSchema | undefined {
    return viewSchema({ $ref: `#/components/schemas/${resource.definition}` }, this.definitions);
  }
}

/** Generally available before beta before alpha, newer first. Go: apimachinery/pkg/version CompareKubeAwareVersionStrings */
function byPreference(a: string, b: string): number {
  const [x, y] = [a, b].map((v) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(v));
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  const rank = (stage: string | undefined): number => (stage === undefined ? 2 : stage === 'beta' ? 1 : 0);
  return rank(y[2]) - rank(x[2]) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}

export function storageOf(group: string, resource: string): string {
  // One kind under two groups: what is written through one is read through the other.
  if (resource === 'events') return 'events';
  return group ? `${resource}.${group}` : resource;
}

/** Whether an object of the kind has a part of the server's own, written through a path of its own. */
export function hasStatus(resource: Resource): boolean {
  if (resource.custom) return resource.custom.hasStatus;
  return resource.subresources.some((sub) => sub.name === 'status');
}

export function servedVersions(definition: KubeObject): readonly string[] {
  return each(own(definition, 'spec'), 'versions')
    .filter((v) => v['served'] !== false)
    .map((v) => text(v['name']));
}
