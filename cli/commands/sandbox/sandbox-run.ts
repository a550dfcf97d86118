import { type Json, objectsIn, own, textOf, toValue } from '../../../src/cluster/json.ts';
import { PintleError } from '../../../src/errors.ts';
import { deleteSandbox } from '../../../src/node/sandbox.ts';
import { type Format, print, table } from '../../terminal/output.ts';
import type { Call } from '../../types.ts';
import { type ObjectType, pathOf, type SandboxWorld, sandboxFolder, sandboxWorld, typeOf } from './sandbox-world.ts';

/** Types that say nothing of what was installed, unless one asks for them. */
const QUIET = new Set(['endpoints', 'endpointslices', 'events', 'controllerrevisions']);

/** What every namespace has. */
const ALWAYS = new Set(['configmaps/kube-root-ca.crt', 'serviceaccounts/default', 'services/kubernetes']);

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** What `pintle sandbox get` does. */
export async function runSandboxGet(call: Call): Promise<number> {
  const world = sandboxWorld(call);
  const { flags, io } = call;
  const namespace = flags.bool('all-namespaces') ? '' : world.namespace;
  const [typeWord, ...names] = call.args;
  const format = flags.string('output') as Format;
  const labelSelector = flags.string('selector') || undefined;
  if (typeWord === undefined) return showAll(call, world, namespace, labelSelector);
  const type = await typeOf(world, typeWord);
  if (names.length === 0) {
    const query = { labelSelector };
    const list = await world.ask({ method: 'GET', path: pathOf(type, namespace), query });
    const shown = await world.ask({ method: 'GET', path: pathOf(type, namespace), query, headers: { accept: TABLE } });
    if (format === 'table' && objectsIn(own(shown, 'rows')).length === 0) {
      io.stderr.write(namespace ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n');
      return 0;
    }
    print(io.stdout, format, {
      data: toValue(list),
      table: () => tableText(shown, namespace === '' && type.namespaced),
    });
    return 0;
  }
  for (const name of names) {
    const path = pathOf(type, namespace || world.namespace, name);
    const object = await world.ask({ method: 'GET', path });
    const shown = await world.ask({ method: 'GET', path, headers: { accept: TABLE } });
    if (format === 'yaml' && name !== names[0]) io.stdout.write('---\n');
    print(io.stdout, format, { data: toValue(withoutManagers(object)), table: () => tableText(shown, false) });
  }
  return 0;
}

async function showAll(
  call: Call,
  world: SandboxWorld,
  namespace: string,
  labelSelector: string | undefined,
): Promise<number> {
  const { io, flags } = call;
  const format = flags.string('output') as Format;
  const items: Json[] = [];
  const tables: string[] = [];
  for (const type of await world.types()) {
    if (!type.namespaced || QUIET.has(type.plural)) continue;
    const request = { method: 'GET', path: pathOf(type, namespace), query: { labelSelector } } as const;
    const shown = await world.ask({ ...request, headers: { accept: TABLE } });
    const rows = objectsIn(own(shown, 'rows')).filter((row) => !isAlways(type, row));
    if (rows.length === 0) continue;
    tables.push(
      `==> ${type.plural}${type.group ? `.${type.group}` : ''}\n${tableText({ ...(shown as object), rows } as Json, namespace === '')}`,
    );
    if (format === 'table') continue;
    const list = objectsIn(own(await world.ask(request), 'items'));
    const apiVersion = type.path.replace(/^apis?\//, '');
    items.push(...list.map((item) => ({ apiVersion, kind: type.kind, ...(item as object) }) as Json));
  }
  if (format === 'table' && tables.length === 0) {
    io.stderr.write(namespace ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n');
    return 0;
  }
  const data = toValue({ apiVersion: 'v1', kind: 'List', items: items.map(withoutManagers) });
  print(io.stdout, format, { data, table: () => tables.join('\n\n') });
  return 0;
}

function isAlways(type: ObjectType, row: Json): boolean {
  return ALWAYS.has(`${type.plural}/${textOf(own(own(own(row, 'object'), 'metadata'), 'name'))}`);
}

/** Who wrote which field is of interest to few, and long. */
function withoutManagers(value: Json): Json {
  const items = own(value, 'items');
  if (items !== undefined) return { ...(value as object), items: objectsIn(items).map(withoutManagers) } as Json;
  const { managedFields: _, ...metadata } = (own(value, 'metadata') ?? {}) as Record<string, Json>;
  return { ...(value as object), metadata } as Json;
}

function tableText(shown: Json, withNamespace: boolean): string {
  const columns = objectsIn(own(shown, 'columnDefinitions'));
  const kept = columns.flatMap((column, i) => (own(column, 'priority') === 0 ? [i] : []));
  const head = kept.map((i) => textOf(own(columns[i], 'name')).toUpperCase());
  const rows = objectsIn(own(shown, 'rows')).map((row) => {
    const cells = own(row, 'cells') as readonly Json[];
    const namespace = textOf(own(own(own(row, 'object'), 'metadata'), 'namespace'));
    const line = kept.map((i) => (cells[i] === null ? '' : String(cells[i])));
    return withNamespace ? [namespace, ...line] : line;
  });
  return table([withNamespace ? ['NAMESPACE', ...head] : head, ...rows]);
}

/** What `pintle sandbox delete` does. */
export async function runSandboxDelete(call: Call): Promise<number> {
  const world = sandboxWorld(call);
  const [typeWord = '', ...names] = call.args;
  const type = await typeOf(world, typeWord);
  if (names.length === 0) throw new PintleError('USAGE', 'name what is to be deleted');
  const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' });
  for (const name of names) {
    await world.ask({ method: 'DELETE', path: pathOf(type, world.namespace, name), body });
    const kind = `${type.singular}${type.group ? `.${type.group}` : ''}`;
    call.io.stdout.write(`${kind} "${name}" deleted\n`);
  }
  return 0;
}

/** What `pintle sandbox reset` does. */
export async function runSandboxReset(call: Call): Promise<number> {
  await deleteSandbox(sandboxFolder(call));
  call.io.stdout.write('the embedded cluster is empty\n');
  return 0;
}
