import { isList, type Json, objectsIn, own, parseJson, textOf } from '../../../src/cluster/json.ts';
import type { ApiCall } from '../../../src/cluster/types.ts';
import { PintleError } from '../../../src/errors.ts';
import { openSandbox } from '../../../src/node/sandbox.ts';
import type { Call } from '../../types.ts';

/** A type of objects, with all names that one may write for it. */
export interface ObjectType {
  /** `api/v1`, `apis/apps/v1`. */
  readonly path: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
}

/** The embedded cluster, asked as any client would. */
export interface SandboxWorld {
  readonly namespace: string;
  /** Types that can be listed, the most common first. */
  types(): Promise<readonly ObjectType[]>;
  /** @throws PintleError API_FAILED with the server's words */
  ask(call: ApiCall): Promise<Json>;
}

/** The folder of the embedded cluster: what `--sandbox` says, or the default. */
export function sandboxFolder({ settings }: Call): string {
  return settings.sandbox || `${settings.folders.data}/sandbox`;
}

export function sandboxWorld(call: Call): SandboxWorld {
  const { transport } = openSandbox(sandboxFolder(call), call.host);
  const ask = async (request: ApiCall): Promise<Json> => {
    const answer = await transport.send(request);
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    const value = parseJson(Buffer.concat(chunks).toString('utf8'));
    if (answer.status < 400) return value;
    throw new PintleError('API_FAILED', String(own(value, 'message') ?? 'the request failed'));
  };
  let types: Promise<readonly ObjectType[]> | undefined;
  return {
    namespace: call.settings.namespace || 'default',
    ask,
    types: () => (types ??= readTypes(ask)),
  };
}

async function readTypes(ask: (call: ApiCall) => Promise<Json>): Promise<readonly ObjectType[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const types: ObjectType[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = await ask({ method: 'GET', path, headers: { accept } });
    for (const group of objectsIn(own(answer, 'items'))) {
      const [version] = objectsIn(own(group, 'versions'));
      const name = textOf(own(own(group, 'metadata'), 'name'));
      const root = name ? `apis/${name}` : 'api';
      for (const one of objectsIn(own(version, 'resources'))) {
        const verbs = own(one, 'verbs');
        if (!isList(verbs) || !verbs.includes('list')) continue;
        const shorts = own(one, 'shortNames');
        types.push({
          path: `${root}/${textOf(own(version, 'version'))}`,
          group: name,
          kind: textOf(own(own(one, 'responseKind'), 'kind')),
          plural: textOf(own(one, 'resource')),
          singular: textOf(own(one, 'singularResource')),
          shortNames: isList(shorts) ? shorts.map(textOf) : [],
          namespaced: own(one, 'scope') === 'Namespaced',
        });
      }
    }
  }
  return types;
}

/** The type that a word means. @throws PintleError NOT_FOUND */
export async function typeOf(world: SandboxWorld, word: string): Promise<ObjectType> {
  const [name = '', ...rest] = word.toLowerCase().split('.');
  const group = rest.join('.');
  const found = (await world.types()).find((type) => {
    if (group !== '' && type.group !== group) return false;
    return [type.plural, type.singular, type.kind.toLowerCase(), ...type.shortNames].includes(name);
  });
  if (found) return found;
  throw new PintleError('NOT_FOUND', `the embedded cluster has no type of objects "${word}"`, {
    hint: "'pintle sandbox get' without a type shows what is there",
  });
}

/** The path of a type's objects, or of one. */
export function pathOf(type: ObjectType, namespace: string, name = ''): string {
  const place = type.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === '' ? '' : `/${encodeURIComponent(name)}`;
  return `/${type.path}${place}/${type.plural}${object}`;
}
