import type { Command } from '../../types.ts';

/** A process that renders one command line after the other; started by ourselves alone. */
export const templateWorker: Command = {
  use: '__template-worker',
  long: '',
  arity: { max: 0 },
  async run(call) {
    await (await import('./worker-run.ts')).runWorker(call);
    return 0;
  },
};
