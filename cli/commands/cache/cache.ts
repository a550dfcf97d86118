import { parseDuration } from '../../../src/go/duration.ts';
import { GoError } from '../../../src/go/error.ts';
import { noMore } from '../../complete/completers.ts';
import { duration, type FlagType } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command } from '../../types.ts';

/** A duration that may also count days, which Go's cannot: `30d`, `1d12h`. */
const age: FlagType = {
  ...duration,
  label: 'age',
  parse(text) {
    const match = /^(\d{1,5})d(.*)$/.exec(text);
    if (match === null) return duration.parse(text, undefined);
    const days = BigInt(match[1] as string) * parseDuration('24h');
    const rest = match[2] === '' ? 0n : duration.parse(match[2] as string, undefined);
    if (typeof rest !== 'bigint') throw new GoError(`invalid age ${text}`);
    return days + rest;
  },
  show: (value) => (value === 0n ? '' : duration.show(value)),
};

const list: Command = {
  use: 'list',
  long: `List the charts and signatures in the content cache, the folder that all commands share for what they
download. Helm uses the same folder.`,
  examples: `
pintle cache list

# how much it is
pintle cache list -o json | jq 'map(.size) | add'`,
  arity: { max: 0 },
  flags: [OUTPUT_FLAG],
  complete: noMore,
  run: async (call) => (await import('./cache-run.ts')).runCacheList(call),
};

const clean: Command = {
  use: 'clean',
  long: `Remove charts and signatures from the content cache: all of them, or those that were not used for some time.
So is what commands keep beside it to start faster: charts that were read before, what is known of their templates,
and compiled code.

What is removed is downloaded or made again when it is needed.`,
  examples: `
pintle cache clean

# what nobody used for a month
pintle cache clean --older-than 30d`,
  arity: { max: 0 },
  flags: [flag('older-than', age, 0n, 'remove only what was last used longer ago, e.g. 12h or 30d')],
  complete: noMore,
  run: async (call) => (await import('./cache-run.ts')).runCacheClean(call),
};

/** `pintle cache` */
export const cache: Command = {
  use: 'cache',
  long: `Look after the content cache, which keeps what was downloaded by its digest: $HELM_CONTENT_CACHE, or
--content-cache.`,
  arity: { max: 0 },
  commands: [
    { name: 'clean', short: 'remove downloaded charts', load: async () => clean },
    { name: 'list', aliases: ['ls'], short: 'list downloaded charts', load: async () => list },
  ],
};
