import { objectsIn, own, textOf } from '../../../src/cluster/json.ts';
import { NO_FILES } from '../../complete/completers.ts';
import type { Call, Completions } from '../../types.ts';
import { pathOf, sandboxWorld, typeOf } from './sandbox-world.ts';

/** A type, and then names of its objects. */
export async function completeObjects(call: Call, args: readonly string[], typed: string): Promise<Completions> {
  const world = sandboxWorld(call);
  const [word] = args;
  if (word === undefined) {
    const names = (await world.types()).map((type) => type.plural);
    return { words: names.filter((name) => name.startsWith(typed)), directive: NO_FILES };
  }
  const type = await typeOf(world, word);
  const list = await world.ask({ method: 'GET', path: pathOf(type, world.namespace) });
  const names = objectsIn(own(list, 'items')).map((item) => textOf(own(own(item, 'metadata'), 'name')));
  return { words: names.filter((name) => name.startsWith(typed) && !args.includes(name)), directive: NO_FILES };
}
