import { noMore } from '../../complete/completers.ts';
import { bool, int, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command } from '../../types.ts';

/** `pintle list` */
export const list: Command = {
  use: 'list',
  long: `List the releases of a namespace, or of all of them with -A: of each release its newest revision.

Releases of every status are shown unless flags for some statuses are given, which can be combined. They are sorted
by name; -d sorts by the time of the last change.

Up to 256 releases are shown; --max changes that, 0 shows all. With --offset one goes through more of them page by page.`,
  examples: `
# the releases of a namespace, and of all of them
pintle list -n shop
pintle list -A

# releases whose last change failed or did not come to its end
pintle list -A --failed --pending

# names that match a regular expression
pintle list --filter '^(web|api)-'

# releases with a label
pintle list --selector team=shop`,
  arity: { max: 0 },
  flags: [
    flag('short', bool, false, 'print only names', { short: 'q' }),
    flag('no-headers', bool, false, 'leave out the headers of the table'),
    flag('time-format', string, '', 'how to print times, as a layout of Go: "2006-01-02 15:04:05Z0700"'),
    flag('date', bool, false, 'sort by the time of the last change', { short: 'd' }),
    flag('reverse', bool, false, 'turn the order round', { short: 'r' }),
    flag('uninstalled', bool, false, 'show releases that were uninstalled and whose history was kept'),
    flag('superseded', bool, false, 'show revisions that newer ones took the place of'),
    flag('uninstalling', bool, false, 'show releases that are being uninstalled'),
    flag('deployed', bool, false, 'show releases that are deployed'),
    flag('failed', bool, false, 'show releases whose last change failed'),
    flag('pending', bool, false, 'show releases that are being changed'),
    flag('all-namespaces', bool, false, 'show the releases of all namespaces', { short: 'A' }),
    flag('max', int, 256, 'how many releases to show at most', { short: 'm' }),
    flag('offset', int, 0, 'how many releases to leave out at the beginning'),
    flag('filter', string, '', 'show releases whose names match this regular expression', { short: 'f' }),
    flag('selector', string, '', 'show releases whose labels fit, e.g. key1=value1,key2!=value2', { short: 'l' }),
    OUTPUT_FLAG,
  ],
  complete: noMore,
  run: async (call) => (await import('./list-run.ts')).runList(call),
};
