/**
 * How much of each budget the published charts use: the most of all cases, and the default as a multiple of it, which
 * has to be ten at least.
 *
 *     node test/hostile/budgets.ts
 */
import { join } from 'node:path';
import { main } from '../../cli/main.ts';
import { Budget, DEFAULT_LIMITS, type Limits } from '../../src/go/budget.ts';
import { nodeHost } from '../../src/node/host.ts';
import { capture } from '../capture.ts';
import { conformanceFolder, readCases } from '../conformance/cases.ts';

const HEADROOM = 10;
const KINDS = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
type Use = Record<keyof Limits, number>;

const none = (): Use => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Use;
let use = none();

/** Every budget tells what it has come to. */
function listen(): void {
  const { prototype } = Budget;
  const { step, grow, write, node, depth } = prototype;
  const told = (kind: keyof Limits, count: number): void => {
    if (count > use[kind]) use[kind] = count;
  };
  prototype.step = function (n) {
    step.call(this, n);
    told('steps', this.steps);
  };
  prototype.grow = function (n) {
    grow.call(this, n);
    told('characters', this.characters);
  };
  prototype.write = function (n) {
    write.call(this, n);
    told('output', this.output);
    told('steps', this.steps);
    told('characters', this.characters);
  };
  prototype.node = function (n) {
    node.call(this, n);
    told('nodes', this.nodes);
  };
  prototype.depth = function (n) {
    depth.call(this, n);
    told('depth', n);
  };
}

const folder = conformanceFolder();
if (folder === undefined) throw new Error('the charts are not there: set PINTLE_CONFORMANCE');
listen();
const most = none();
const by = new Map<keyof Limits, string>();
for (const { id, chart, values, skip } of readCases(folder)) {
  if (skip) continue;
  use = none();
  const argv = ['template', 'r', join(folder, 'charts', `${chart}.tgz`), '--include-crds', '--kube-version', '1.34.0'];
  const io = capture();
  await main(values === undefined ? argv : [...argv, '-f', join(folder, values)], io, nodeHost());
  io.taken();
  for (const kind of KINDS) {
    if (use[kind] <= most[kind]) continue;
    most[kind] = use[kind];
    by.set(kind, id);
  }
}
let failed = 0;
for (const kind of KINDS) {
  const times = DEFAULT_LIMITS[kind] / most[kind];
  if (times < HEADROOM) failed++;
  console.log(
    `${kind.padEnd(12)} ${String(most[kind]).padStart(12)} of ${DEFAULT_LIMITS[kind]}, ${times.toFixed(1)} times that: ${by.get(kind)}`,
  );
}
console.log(`${KINDS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
