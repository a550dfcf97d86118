/**
 * F12: clocks that are an hour off, credentials that expire at every call, servers of another version, and discovery
 * that fails in part. Leases are told right, credentials are renewed once, and only who uses what is not served fails.
 *
 *     node test/e2e/faults/clocks.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Without `--all` credentials expire at every fifth call. Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { parseArgs } from 'node:util';
import { inTurns, openPlace, Tally } from './behind-proxy.ts';
import { clockCases } from './clock-cases.ts';
import { credentialCases } from './credential-cases.ts';
import { servedCases } from './served-cases.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    all: { type: 'boolean', default: false },
  },
});
const place = await openPlace('time-c');
const tally = new Tally('F12');
const pattern = new RegExp(options.only);
const stride = options.all ? 1 : 5;
try {
  const clocks = clockCases(place).filter(({ name }) => pattern.test(name));
  // These mostly wait for leases to end.
  const waiting = clocks.map(async ({ name, run }) => tally.report(name, await run()));
  const cases = [...servedCases(place), ...(await credentialCases(place, stride))];
  await inTurns(
    Number(options.jobs),
    cases
      .filter(({ name }) => pattern.test(name))
      .map(
        ({ name, run }) =>
          async () =>
            tally.report(name, await run()),
      ),
  );
  await Promise.all(waiting);
} finally {
  await place.close();
}
process.exit(tally.end(options.only === '' ? 'clocks' : undefined));
