/**
 * F10: releases whose ground has changed: the revision to go back to is pruned, a kind is no longer served, hooks cannot
 * be deleted, objects were edited or deleted by hand, or are to be kept. The record has to say what is so, what is not
 * affected has to be handled, and the same command has to work once what was wrong is right again.
 *
 *     node test/e2e/faults/leftovers.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Of the objects that somebody changes one each is taken, in turn; with `--all` every one, in each way. Rollbacks that
 * fail at each object are in refusals.ts. Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handCases } from './by-hand.ts';
import { goneKindCases } from './gone-kinds.ts';
import { hookCases } from './kept-hooks.ts';
import { keepCases } from './kept-objects.ts';
import { readOptions, runCases } from './report.ts';
import { openScene } from './scene.ts';

const options = readOptions();
const scene = await openScene('leftovers');
const home = mkdtempSync(join(tmpdir(), 'pintle-leftovers-'));
let ok = false;
try {
  const cases = [
    ...(await handCases(scene, options.all)),
    ...goneKindCases(scene, home),
    ...hookCases(scene),
    ...keepCases(scene),
  ];
  ok = await runCases(cases, options, 'F10');
} finally {
  await scene.close();
  rmSync(home, { recursive: true, force: true });
}
process.exit(ok ? 0 : 1);
