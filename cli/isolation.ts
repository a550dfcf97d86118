/** `--isolate`: charts are rendered by this program once more, as a process that can do little else. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isStandalone, ownCommand, ownProgram } from '../src/node/own-program.ts';
import { BARE, isolation, restrictions } from '../src/node/renderer/isolated.ts';

/** `isolated` of the command line's host. Where the program is one executable, there is no permission model to put it under. */
export const isolated: ReturnType<typeof isolation> = isolation((memory) => {
  const program = realpathSync(ownProgram());
  const flags = isStandalone() ? [] : restrictions(memory, [`${dirname(dirname(program))}/`]);
  const { command, args } = ownCommand(program, flags);
  return spawn(command, [...args, '__render'], BARE);
});
