import { durationString, parseDuration } from '../../src/go/duration.ts';
import { GoError } from '../../src/go/error.ts';
import { parseFloat64, parseInteger, parseUnsigned } from '../../src/go/number.ts';
import { quote } from '../../src/go/quote.ts';
import { readRecord } from './csv.ts';

export type FlagValue = string | boolean | number | bigint | readonly string[] | ReadonlyMap<string, string>;

/** How the text of a flag becomes its value: one of pflag's types, with its errors. */
export interface FlagType {
  /** The name that usage lines show after the flag, as pflag's `UnquoteUsage` has it. */
  readonly label: string;
  /** May be given again to add to the value. */
  readonly repeats?: boolean;
  /** The new value. `before` is the current one, `undefined` while it is the default. */
  parse(text: string, before: FlagValue | undefined): FlagValue;
  /** The default as help shows it; empty for a zero value. */
  show(value: FlagValue): string;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

/** Go: strconv.ParseBool; `undefined` where it gives an error. */
export function parseBool(text: string): boolean | undefined {
  return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
}

export const bool: FlagType = {
  label: '',
  parse(text) {
    const value = parseBool(text);
    if (value === undefined) throw new GoError(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
    return value;
  },
  show: (value) => (value === true ? 'true' : ''),
};

export const string: FlagType = {
  label: 'string',
  parse: (text) => text,
  show: (value) => (value === '' ? '' : quote(String(value))),
};

export const int: FlagType = {
  label: 'int',
  parse: (text) => Number(parseInteger(text, 0, 64)),
  show: (value) => (value === 0 ? '' : String(value)),
};

export const uint: FlagType = {
  label: 'uint',
  parse: (text) => Number(parseUnsigned(text, 0, 64)),
  show: (value) => (value === 0 ? '' : String(value)),
};

export const float32: FlagType = {
  label: 'float32',
  parse(text) {
    const value = parseFloat64(text);
    const single = Math.fround(value);
    if (Number.isFinite(single) || !Number.isFinite(value)) return single;
    throw new GoError(`strconv.ParseFloat: parsing ${quote(text)}: value out of range`);
  },
  show: (value) => (value === 0 ? '' : String(value)),
};

export const duration: FlagType = {
  label: 'duration',
  parse: (text) => parseDuration(text),
  show: (value) => durationString(value as bigint),
};

function showList(value: FlagValue): string {
  const list = value as readonly string[];
  return list.length === 0 ? '' : `[${list.join(',')}]`;
}

/** Repeatable, and each value is a line of CSV. */
export const stringSlice: FlagType = {
  label: 'strings',
  repeats: true,
  parse: (text, before) => [...((before as readonly string[]) ?? []), ...readRecord(text)],
  show: showList,
};

/** Repeatable, each value as it is. */
export const stringArray: FlagType = {
  label: 'stringArray',
  repeats: true,
  parse: (text, before) => [...((before as readonly string[]) ?? []), text],
  show: showList,
};

/** `a=1,b=2`, repeatable. Go: pflag string_to_string.go */
export const stringToString: FlagType = {
  label: 'stringToString',
  repeats: true,
  parse(text, before) {
    const signs = text.split('=').length - 1;
    if (signs === 0) throw new GoError(`${text} must be formatted as key=value`);
    const pairs = signs === 1 ? [text.replace(/^"+|"+$/g, '')] : readRecord(text);
    const out = new Map(before as ReadonlyMap<string, string> | undefined);
    for (const pair of pairs) {
      const at = pair.indexOf('=');
      if (at < 0) throw new GoError(`${pair} must be formatted as key=value`);
      out.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return out;
  },
  show: () => '',
};

/** One of a few words; anything else is the error that `fail` gives. */
export function choice(label: string, words: readonly string[], fail: (text: string) => string): FlagType {
  return {
    label,
    parse(text) {
      if (!words.includes(text)) throw new GoError(fail(text));
      return text;
    },
    show: (value) => String(value),
  };
}
