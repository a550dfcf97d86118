/** Label selectors: `a=b, c!=d, e in (f, g), !h`. Go: k8s.io/apimachinery pkg/labels selector.go */
import { PintleError } from '../errors.ts';
import { byteLength } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';
import { compareStrings } from '../go/value.ts';

type Operator = 'exists' | '!' | '=' | '==' | '!=' | 'in' | 'notin' | 'gt' | 'lt';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** What labels have to be like. */
export type Selector = readonly Requirement[];

const parsed = new Map<string, Selector>();

/** Whether labels are as a selector's text wants them. @throws PintleError USAGE with Go's text */
export function matchesSelector(text: string, labels: ReadonlyMap<string, string>): boolean {
  let selector = parsed.get(text);
  if (selector === undefined) {
    selector = parseSelector(text);
    parsed.clear();
    parsed.set(text, selector);
  }
  return selector.every((requirement) => matches(requirement, labels));
}

function matches({ key, operator, values }: Requirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(key);
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return value !== undefined && compares(operator, value, values[0] as string);
  }
}

function compares(operator: 'gt' | 'lt', value: string, than: string): boolean {
  if (!isInt64(value)) return false;
  const difference = BigInt(unsigned(value)) - BigInt(unsigned(than));
  return operator === 'gt' ? difference > 0n : difference < 0n;
}

/** Go: strconv.ParseInt takes a plus sign, BigInt does not. */
function unsigned(text: string): string {
  return text.startsWith('+') ? text.slice(1) : text;
}

function isInt64(text: string): boolean {
  if (!/^[+-]?\d{1,40}$/.test(text)) return false;
  const value = BigInt(unsigned(text));
  return BigInt.asIntN(64, value) === value;
}

interface Token {
  readonly kind: 'word' | 'end' | 'error' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '(';
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const SPECIAL = '=!(),><';
const BLANK = ' \t\r\n';

/** Go: Lexer. A NUL ends a word, and the text where no word stands before it. */
function lex(text: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at] as string;
    if (BLANK.includes(c)) {
      at++;
      continue;
    }
    if (c === '\0') break;
    const start = at;
    if (SPECIAL.includes(c)) {
      at = symbolEnd(text, start);
      out.push(symbol(text.slice(start, at)));
      if (text[at] === '\0') at++;
      continue;
    }
    while (at < text.length && !`${SPECIAL}${BLANK}\0`.includes(text[at] as string)) at++;
    const word = text.slice(start, at);
    if (text[at] === '\0') at++;
    out.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
  }
  out.push({ kind: 'end', text: '' });
  return out;
}

/** The longest symbol counts. Go: scanSpecialSymbol */
function symbolEnd(text: string, start: number): number {
  let at = start;
  let known = false;
  while (at < text.length && SPECIAL.includes(text[at] as string)) {
    if (SYMBOLS.has(text.slice(start, at + 1))) known = true;
    else if (known) break;
    at++;
  }
  return at;
}

function symbol(text: string): Token {
  return SYMBOLS.has(text)
    ? { kind: text as Token['kind'], text }
    : { kind: 'error', text: `error expected: keyword found '${text}'` };
}

function fail(message: string): never {
  throw new PintleError('USAGE', message, { hint: 'write it as in: a=b,c!=d,e in (f,g),!h' });
}

/** @throws PintleError USAGE with Go's text */
export function parseSelector(text: string): Selector {
  const parser = new Parser(lex(text));
  return parser.run().sort((a, b) => compareStrings(a.key, b.key));
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): Requirement[] {
    const out: Requirement[] = [];
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind === 'end') return out;
      if (kind !== 'word' && kind !== '!') fail(`found '${text}', expected: !, identifier, or 'end of string'`);
      out.push(this.#checked());
      const next = this.#next();
      if (next.kind === 'end') return out;
      if (next.kind !== ',') fail(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.kind !== 'word' && after.kind !== '!') {
        fail(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  /** Where a value may stand, `in` and `notin` are words like others. Go: lookahead */
  #peek(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'word', text: token.text } : token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #checked(): Requirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      throw error.withMessage(`unable to parse requirement: ${error.message}`);
    }
  }

  #requirement(): Requirement {
    let token = this.#next();
    const negated = token.kind === '!';
    if (negated) token = this.#next();
    if (token.kind !== 'word') fail(`found '${token.text}', expected: identifier`);
    const key = token.text;
    checkKey(key);
    if (negated) return { key, operator: '!', values: [] };
    const next = this.#peek().kind;
    if (next === 'end' || next === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#list() : [this.#value()];
    const sorted = [...new Set(values)].sort(compareStrings);
    checkValues(key, operator, sorted);
    return { key, operator, values: sorted };
  }

  #operator(): Operator {
    const { kind, text } = this.#tokens[this.#at++] ?? { kind: 'end', text: '' };
    switch (kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return kind;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        return fail(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #value(): string {
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return '';
    const { kind: found, text } = this.#next();
    return found === 'word' ? text : fail(`found '${text}', expected: identifier`);
  }

  #list(): string[] {
    const open = this.#next();
    if (open.kind !== '(') fail(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#next();
      return [''];
    }
    if (first.kind !== 'word' && first.kind !== ',') {
      fail(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#words();
    if (this.#next().kind !== ')') fail(`found '${first.text}', expected: ')'`);
    return values;
  }

  /** Go: parseIdentifiersList; what is missing between commas is an empty word. */
  #words(): string[] {
    const out: string[] = [];
    for (;;) {
      const { kind, text } = this.#next();
      const next = this.#peek();
      if (kind === 'word') {
        out.push(text);
        if (next.kind === ')') return out;
        if (next.kind !== ',') fail(`found '${next.text}', expected: ',' or ')'`);
      } else if (kind === ',') {
        if (out.length === 0 || next.kind === ',' || next.kind === ')') out.push('');
        if (next.kind === ')') return out;
      } else {
        fail(`found '${text}', expected: ',', or identifier`);
      }
    }
  }
}

const PART = "'MyName',  or 'my.name',  or '123-abc'";
const KEY_RULE = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. ${PART}, regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const DOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Go: content.IsLabelKey */
function checkKey(key: string): void {
  const faults = keyFaults(key);
  if (faults.length > 0) fail(`<nil>: Invalid value: ${quote(key)}: ${faults.join('; ')}`);
}

function keyFaults(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${KEY_RULE.slice('name part '.length).replace("'MyName'", "'MyName'")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const faults: string[] = [];
  const name = parts.at(-1) as string;
  const prefix = parts.length === 2 ? (parts[0] as string) : undefined;
  if (prefix === '') faults.push('prefix part must be non-empty');
  else if (prefix !== undefined) {
    if (byteLength(prefix) > 253) faults.push('prefix part must be no more than 253 bytes');
    if (!isDomain(prefix)) faults.push(`prefix part ${DOMAIN_RULE}`);
  }
  if (name === '') faults.push('name part must be non-empty');
  else if (byteLength(name) > 63) faults.push('name part must be no more than 63 bytes');
  if (!isQualified(name)) faults.push(KEY_RULE);
  return faults;
}

function isDomain(text: string): boolean {
  return text.split('.').every((label) => /^[a-z0-9-]+$/.test(label) && !label.startsWith('-') && !label.endsWith('-'));
}

function isQualified(text: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(text) && /^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text);
}

function checkValues(key: string, operator: Operator, values: readonly string[]): void {
  const faults: string[] = [];
  const [first = ''] = values;
  if ((operator === 'gt' || operator === 'lt') && !isInt64(first)) {
    faults.push(`values[0]: Invalid value: ${quote(first)}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  for (const [i, value] of values.entries()) {
    const own: string[] = [];
    if (byteLength(value) > 63) own.push('must be no more than 63 bytes');
    if (value !== '' && !isQualified(value)) own.push(VALUE_RULE);
    if (own.length > 0) faults.push(`values[${i}][${key}]: Invalid value: ${quote(value)}: ${own.join('; ')}`);
  }
  if (faults.length === 1) fail(faults[0] as string);
  if (faults.length > 1) fail(`[${faults.join(', ')}]`);
}
