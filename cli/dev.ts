/** Runs the command line from its sources: `node cli/dev.ts ARGUMENTS`, with Node 24. */
import { runProcess } from './main.ts';

await runProcess();
