import { BudgetError } from '../../go/budget.ts';
import { formatFloat } from '../../go/number.ts';
import { formatValue } from '../../go/print.ts';
import { quote } from '../../go/quote.ts';
import type { Value } from '../../go/value.ts';
import type { Decimal } from './decimal.ts';
import { decimalToNumber } from './decimal.ts';
import { escapeToken } from './draft.ts';
import { JsonNumber } from './json-value.ts';

/** Where in the values something is: the last token of a JSON pointer, linked to those before it. */
export interface Place {
  readonly parent: Place | undefined;
  readonly token: string;
}

/**
 * Something that a schema forbids. A `group` is several faults of one value, a `reference` those behind a
 * reference; both only hold their causes together. The text is made when it is asked for, since most
 * violations are found while trying alternatives, and nobody reads them.
 */
export interface Violation {
  readonly kind: 'schema' | 'fault' | 'group' | 'reference';
  readonly place: Place | undefined;
  readonly text: () => string;
  readonly causes: readonly Violation[];
}

/** The JSON pointer of a place; empty for the whole. */
export function pointerOf(place: Place | undefined): string {
  const tokens: string[] = [];
  for (let at = place; at !== undefined; at = at.parent) tokens.push(`/${escapeToken(at.token)}`);
  return tokens.reverse().join('');
}

/** How long a message may be: a schema can multiply its own texts by the values that break it. */
const MAX_TEXT = 16 * 1024 * 1024;

/** A violation and its causes as lines, indented by depth. Go: jsonschema ValidationError.Error */
export function formatViolation(violation: Violation): string {
  const lines: string[] = [];
  write(violation, 0, lines, 0);
  return lines.join('\n');
}

/** Adds the lines of a violation, and tells how long all of them are. */
function write(violation: Violation, indent: number, lines: string[], before: number): number {
  let inner = indent;
  let length = before;
  // A reference with one cause says nothing of its own.
  if (violation.kind !== 'reference' || violation.causes.length !== 1) {
    const bullet = indent === 0 ? '' : `${'  '.repeat(indent - 1)}- `;
    const at = violation.kind === 'schema' ? '' : `at ${quoteSingle(pointerOf(violation.place))}: `;
    const line = bullet + at + violation.text();
    length += line.length;
    if (length > MAX_TEXT) throw new BudgetError('characters', MAX_TEXT);
    lines.push(line);
    inner++;
  }
  for (const cause of violation.causes) length = write(cause, inner, lines, length);
  return length;
}

/** A string in single quotes, with Go's escapes. */
export function quoteSingle(s: string): string {
  const inner = quote(s).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Quoted names, with commas between them. */
export function quoteAll(names: readonly string[]): string {
  return names.map(quoteSingle).join(', ');
}

/** A scalar of a schema or of values as messages show it. */
export function display(v: Value): string {
  if (typeof v === 'string') return quoteSingle(v);
  if (Array.isArray(v) || v instanceof Map) return 'value';
  return v instanceof JsonNumber ? v.text : formatValue(v);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as golang.org/x/text prints it in English: `1,234.5`, `1.5×10²¹`. */
export function displayNumber(d: Decimal): string {
  const text = formatFloat(decimalToNumber(d), 'g', -1);
  const e = text.indexOf('e');
  if (e < 0) return groupThousands(text);
  const exponent = text.slice(e + 1).replace('+', '');
  return `${text.slice(0, e)}×10${exponent.replace('-', '⁻').replace(/[0-9]/g, (c) => SUPERSCRIPTS.charAt(Number(c)))}`;
}

/** A count, with commas between thousands. */
export function displayCount(n: number): string {
  return groupThousands(String(n));
}

function groupThousands(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
