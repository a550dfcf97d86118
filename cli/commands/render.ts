import type { Command } from '../types.ts';

/** A process that renders one chart for the one that started it; started by ourselves alone. */
export const render: Command = {
  use: '__render',
  long: '',
  arity: { max: 0 },
  async run() {
    (await import('../../src/node/renderer/serve-job.ts')).serveJob();
    return 0;
  },
};
