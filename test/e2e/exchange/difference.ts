/** The first lines that two texts do not have in common; nothing where they are the same. */
export function firstDifference(want: string, got: string): string | undefined {
  if (want === got) return undefined;
  const [a, b] = [want.split('\n'), got.split('\n')];
  const at = b.findIndex((line, i) => line !== a[i]);
  const row = at < 0 ? b.length : at;
  const show = (sign: string, rows: readonly string[]): string[] =>
    rows.slice(row, row + 5).map((line) => `    ${sign} ${line}`);
  return [`    line ${row + 1}`, ...show('-', a), ...show('+', b)].join('\n');
}

/** The same of texts by name. */
export function mapDifference(want: ReadonlyMap<string, string>, got: ReadonlyMap<string, string>): string | undefined {
  const problems: string[] = [];
  for (const name of new Set([...want.keys(), ...got.keys()])) {
    const [a, b] = [want.get(name), got.get(name)];
    if (a === undefined) problems.push(`    only with Pintle: ${name}`);
    else if (b === undefined) problems.push(`    only with Helm: ${name}`);
    else if (a !== b) problems.push(`    ${name}\n${firstDifference(a, b)}`);
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}
