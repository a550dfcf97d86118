/** What differs between two runs of the same script, written the same way. */

/** Names that are made for one run. */
export interface RunNames {
  readonly work: string;
  readonly namespace: string;
  /** Where the real cluster is, or empty. */
  readonly server: string;
}

/** By order: a later rule sees what an earlier one wrote. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  // Go: RFC 3339 with and without a fraction, time.String, time.ANSIC
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} [+\w]+( m=\+[\d.]+)?/g, 'TIME'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, 'TIME'],
  [/((created|modified)At("?: ?|=))"?\d+"?/g, '$1STAMP'],
  // Go: klog
  [/[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (?=\w+\.go:)/g, 'TIME '],
  // What Helm's libraries log by themselves: warnings of the server, as Pintle logs them, and what a watch has to tell.
  [/TIME warnings\.go:\d+\] "Warning: (.*)"$/gm, 'level=WARN msg="$1"'],
  [/^(! )?TIME reflector\.go:.*\n/gm, ''],
  [/(["']|Usage: {2})(helm|pintle) /g, '$1PROGRAM '],
  [/(resourceVersion"?: ?)"?\d+"?/g, '$1VERSION'],
  [/\b10\.(96|244)\.\d+\.\d+\b/g, 'IP'],
  // Pods of deployments, daemon sets and jobs; replica sets.
  [/-[0-9a-f]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-HASH-ID'],
  [/(\/|name: |^)(\w[\w-]*)-[0-9a-f]{8,10}\b(?=[\s"]|$)/gm, '$1$2-HASH'],
  [/\b\d{1,3}(,\d{3})+ bytes/g, 'SIZE'],
  // Tables: what stands between two columns depends on the widest cell.
  [/ *\t */g, '\t'],
  [/(?<=\S) {3,}(?=\S)/g, '   '],
  [/ +$/gm, ''],
  // The age of an object in the server's tables.
  [/(?<=\s)\d+(ms|s|m)$/gm, 'AGE'],
];

/** A program's output without what belongs to one run. */
export function normalize(text: string, names: RunNames): string {
  let plain = text.replaceAll(names.work, '$WORK').replaceAll(names.namespace, '$NS');
  if (names.server !== '') plain = plain.replaceAll(names.server, '$SERVER');
  for (const [pattern, into] of RULES) plain = plain.replace(pattern, into);
  return plain.replace(/(?:^==> .*\n(?:.+\n)*\n)+/gm, sortTables);
}

/** Helm prints the tables of a status in the order of a Go map, which is none. */
function sortTables(tables: string): string {
  return tables
    .split(/^(?===> )/m)
    .sort()
    .join('');
}
