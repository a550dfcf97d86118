/** The table of docs/security.md: what became of each row. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Row } from './frame.ts';
import type { HelmVerdict } from './helm.ts';
import type { Count } from './results.ts';

export interface Table {
  readonly rows: readonly Row[];
  readonly programs: readonly string[];
  /** By row and program, one text for each input: what was wrong, or nothing. */
  readonly verdicts: ReadonlyMap<string, readonly string[]>;
  /** By row, what Helm made of its inputs. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<HelmVerdict, number>>;
  /** By row and program, what other suites say. */
  readonly counts: ReadonlyMap<string, Count>;
}

/** Rows of other suites. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  D1: 'indexes that name other hosts',
  D2: 'redirects, with passwords stored',
  D3: 'realms inside the network',
  D4: 'realms of strangers',
  D5: 'challenges that ask for too much',
  D6: 'manifests and blobs that are not what they say',
  D7: 'manifests of other kinds',
  D8: 'answers without end',
  D9: 'indexes that contradict themselves, names that are paths',
  D10: 'credential helpers and hosts',
  D11: 'signatures that prove nothing',
  F1: 'signals at each call',
  F2: 'the end of the process at each call',
  F3: 'operations at once',
  F4: 'conflicts',
  F5: 'broken answers',
  F6: 'broken watches',
  F7: 'refusals by the cluster',
  F8: 'records at the limit',
  F9: 'broken records',
  F10: 'ground that has changed',
  F11: 'what never ends',
  F12: 'clocks, credentials, versions',
};

const BEGIN = '<!-- results: begin -->';
const END = '<!-- results: end -->';

function cellOf({ verdicts, counts }: Table, id: string, program: string): string {
  const kept = counts.get(`${id} ${program}`);
  const all = verdicts.get(`${id} ${program}`);
  const bad = all?.filter((fault) => fault !== '').length ?? kept?.failed ?? 0;
  const size = all?.length ?? (kept ? kept.passed + kept.failed : 0);
  if (size === 0) return 'not tried';
  return bad === 0 ? `${size} as they should` : `${bad} of ${size} not`;
}

function helmCell({ answers }: Table, id: string): string {
  const counts = answers.get(id);
  if (counts === undefined) return 'not tried';
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

function lines(table: Table): string[] {
  const { rows, programs, verdicts, counts } = table;
  const tried = rows
    .filter(({ id }) => programs.some((program) => verdicts.has(`${id} ${program}`)))
    .map(({ id, title }) => [id, title] as const);
  const elsewhere = Object.entries(ELSEWHERE).filter(([id]) =>
    programs.some((program) => counts.has(`${id} ${program}`)),
  );
  const body = [...tried, ...elsewhere]
    .sort(([a], [b]) => a.charCodeAt(0) - b.charCodeAt(0) || Number(a.slice(1)) - Number(b.slice(1)))
    .map(([id, title]) => [id, title, ...programs.map((program) => cellOf(table, id, program)), helmCell(table, id)]);
  const head = ['Row', 'Input', ...programs, 'Helm 4.2.4'];
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
}

export function showTable(table: Table): void {
  for (const line of lines(table)) console.log(line);
}

/** Puts the table between its marks in a document. */
export function writeTable(path: string, table: Table): void {
  const text = readFileSync(path, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  writeFileSync(path, `${before}${BEGIN}\n\n${lines(table).join('\n')}\n\n${END}${after}`);
}
