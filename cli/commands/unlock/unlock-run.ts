import { unlock } from '../../../src/release/actions/unlock.ts';
import { changing } from '../../release-work.ts';
import type { Call } from '../../types.ts';

/** What `pintle unlock` does. */
export async function runUnlock(call: Call): Promise<number> {
  const { args, io } = call;
  const [name = ''] = args;
  const freed = await changing(call, { name }, (context) => unlock(name, context));
  io.stdout.write(
    freed === undefined
      ? `release "${name}" is free: no operation is under way\n`
      : `release "${name}" is free: revision ${freed.version} is marked as ${freed.info.status}\n`,
  );
  return 0;
}
