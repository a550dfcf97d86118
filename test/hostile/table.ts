/** The table of docs/security.md: what became of each row. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Row } from './frame.ts';

export interface Table {
  readonly rows: readonly Row[];
  readonly programs: readonly string[];
  /** By row and program, one text for each input: what was wrong, or nothing. */
  readonly verdicts: ReadonlyMap<string, readonly string[]>;
}

const BEGIN = '<!-- results: begin -->';
const END = '<!-- results: end -->';

function lines({ rows, programs, verdicts }: Table): string[] {
  const head = ['Row', 'Input', 'Inputs tried', ...programs];
  const tried = rows.filter(({ id }) => programs.some((program) => verdicts.has(`${id} ${program}`)));
  const body = tried.map(({ id, title, cases }) => {
    const cells = programs.map((program) => {
      const all = verdicts.get(`${id} ${program}`) ?? [];
      const bad = all.filter((fault) => fault !== '').length;
      return bad === 0 ? `${all.length} as they should` : `${bad} of ${all.length} not`;
    });
    return [id, title, String(cases.length), ...cells];
  });
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
