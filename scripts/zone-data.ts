/**
 * Writes src/go/zone-data.ts from a folder of compiled time zones (TZif files, as zic makes them with its default
 * "slim" output): `node scripts/zone-data.ts FOLDER VERSION`. The tz database is in the public domain.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Parsed {
  readonly types: string;
  readonly transitions: string;
  readonly extend: string;
}

/** The second, 64-bit block of a TZif file (RFC 8536) in the form that go/zone.ts reads. */
function parse(file: string): Parsed {
  const bytes = readFileSync(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const counts = (at: number) => [0, 1, 2, 3, 4, 5].map((i) => view.getUint32(at + 20 + 4 * i)) as Counts;
  const first = counts(0);
  const start = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0];
  const [utcs, stds, leaps, times, typeCount, chars] = counts(start);
  const whenAt = start + 44;
  const indexAt = whenAt + times * 8;
  const typeAt = indexAt + times;
  const charAt = typeAt + typeCount * 6;
  const footerAt = charAt + chars + leaps * 12 + stds + utcs;
  const names = bytes.toString('latin1', charAt, charAt + chars);
  const types = Array.from({ length: typeCount }, (_, i) => {
    const at = typeAt + i * 6;
    const name = names.slice(bytes[at + 5], names.indexOf('\0', bytes[at + 5]));
    return `${name},${view.getInt32(at)}${bytes[at + 4] ? ',1' : ''}`;
  });
  let transitions = '';
  let before = 0n;
  for (let i = 0; i < times; i++) {
    const when = view.getBigInt64(whenAt + i * 8);
    const delta = when - before;
    const index = bytes[indexAt + i] as number;
    if (index > 25) throw new Error(`${file}: more local time types than letters`);
    const letter = String.fromCharCode(65 + index);
    transitions += letter + (delta % 900n === 0n ? (delta / 900n).toString(36) : `~${delta.toString(36)}`);
    before = when;
  }
  return { types: types.join(';'), transitions, extend: bytes.toString('latin1', footerAt).trim() };
}

type Counts = [number, number, number, number, number, number];

function walk(folder: string, prefix: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path, `${prefix}${name}/`) : [prefix + name];
  });
}

const [folder, version] = process.argv.slice(2);
if (folder === undefined || version === undefined) throw new Error('usage: zone-data.ts FOLDER VERSION');
const zones = new Map<string, string[]>();
for (const name of walk(folder, '').sort()) {
  const { types, transitions, extend } = parse(join(folder, name));
  const rules = `${types}|${transitions}|${extend}`;
  zones.set(rules, [...(zones.get(rules) ?? []), name]);
}
const lines = [...zones].map(([rules, names]) => `${names.join(' ')}|${rules}`);
writeFileSync(
  new URL('../src/go/zone-data.ts', import.meta.url),
  `/** The tz database, release ${version}, made by scripts/zone-data.ts; go/zone.ts says how to read it. */
export const ZONE_DATA = \`
${lines.join('\n')}
\`;
`,
);
