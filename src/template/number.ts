import { GoError } from '../go/error.ts';
import { parseFloat64, parseInteger, parseUnsigned } from '../go/number.ts';
import { quote, unquoteChar } from '../go/quote.ts';
import { narrow } from '../go/value.ts';
import type { NumberNode } from './node.ts';

/** A number under every kind that can hold it. Go: parse/node.go NumberNode. */
export interface NumberValue {
  readonly int: number | bigint | undefined;
  readonly uint: number | bigint | undefined;
  readonly float: number | undefined;
  /** Real and imaginary part. */
  readonly complex: readonly [number, number] | undefined;
}

const NONE: NumberValue = { int: undefined, uint: undefined, float: undefined, complex: undefined };

/**
 * Reads a number under every kind that can hold it. Go: parse/node.go newNumber.
 *
 * @throws GoError for what is none
 */
export function readNumber({ text, kind }: Pick<NumberNode, 'text' | 'kind'>): NumberValue {
  if (kind === 'charConstant') return readChar(text);
  if (kind === 'complex') return simplify(...readComplex(text));
  if (text.endsWith('i')) {
    const imaginary = attempt(() => parseFloat64(text.slice(0, -1)));
    if (imaginary !== undefined) return simplify(0, imaginary);
  }
  return readInteger(text) ?? readFloat(text);
}

function readChar(text: string): NumberValue {
  const { rune, end } = unquoteChar(text, 1, "'");
  if (text.slice(end) !== "'") throw new GoError(`malformed character constant: ${text}`);
  return { ...NONE, int: rune, uint: rune, float: rune };
}

/** Plain decimals, which need no bigint and no second look. */
const SHORT = /^(?:0|-?[1-9][0-9]{0,14})$/;

function readInteger(text: string): NumberValue | undefined {
  if (SHORT.test(text)) {
    const n = Number(text);
    return { ...NONE, int: n, uint: n < 0 ? undefined : n, float: n };
  }
  const unsigned = attempt(() => parseUnsigned(text, 0, 64));
  const int = attempt(() => parseInteger(text, 0, 64));
  // Go: -0 is no unsigned number to strconv, and counts as one all the same.
  const uint = unsigned ?? (int === 0 ? 0 : undefined);
  if (int === undefined && uint === undefined) return undefined;
  return { ...NONE, int, uint, float: Number(int ?? uint) };
}

function readFloat(text: string): NumberValue {
  const float = attempt(() => parseFloat64(text));
  if (float === undefined) throw new GoError(`illegal number syntax: ${quote(text)}`);
  // Without a point or an exponent it was meant for an integer.
  if (!/[.eEpP]/.test(text)) throw new GoError(`integer overflow: ${quote(text)}`);
  return { ...NONE, float, int: asInt(float), uint: asUint(float) };
}

/** Go: parse/node.go simplifyComplex. */
function simplify(re: number, im: number): NumberValue {
  const complex = [re, im] as const;
  return im === 0 ? { complex, float: re, int: asInt(re), uint: asUint(re) } : { ...NONE, complex };
}

function asInt(f: number): number | bigint | undefined {
  return Number.isInteger(f) && f >= -(2 ** 63) && f < 2 ** 63 ? whole(f) : undefined;
}

function asUint(f: number): number | bigint | undefined {
  return Number.isInteger(f) && f >= 0 && f < 2 ** 64 ? whole(f) : undefined;
}

function whole(f: number): number | bigint {
  return f === 0 ? 0 : narrow(BigInt(f));
}

/**
 * What fmt.Sscan takes for a number, wrong or right, but for `1p4`, which the lexer refuses. An `i` may begin `Inf`, and
 * is taken even if it does not. Go: fmt/scan.go floatToken
 */
const FLOAT =
  /[-+]?[iI]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][-+]?[\d_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?[\d_]*)?)/y;

/** Two numbers in a row, the second with a sign and an `i`. Go leaves this to fmt.Sscan: complexTokens. */
function readComplex(text: string): [number, number] {
  const re = floatToken(text, 0);
  const sign = text[re.length];
  const im = floatToken(text, re.length + 1);
  if ((sign !== '+' && sign !== '-') || text[re.length + 1 + im.length] !== 'i') {
    throw new GoError('syntax error scanning complex number');
  }
  return [parseFloat64(re), parseFloat64(sign + im)];
}

function floatToken(text: string, at: number): string {
  FLOAT.lastIndex = at;
  return FLOAT.exec(text)?.[0] ?? '';
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (err) {
    if (err instanceof GoError) return undefined;
    throw err;
  }
}
