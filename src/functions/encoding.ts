import { decodeBase32, encodeBase32 } from '../go/base32.ts';
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { type MarshalOptions, marshalJson } from '../go/json.ts';
import { parseJson } from '../go/json-parse.ts';
import type { Value } from '../go/value.ts';
import { chargeText } from './charge.ts';
import { type Func, type FuncTable, type FunctionEnv, fn } from './func.ts';

/** Go: adler32.Checksum */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let i = 0; i < bytes.length; ) {
    // As many bytes as cannot overflow 32 bits between two remainders.
    const end = Math.min(i + 3800, bytes.length);
    for (; i < end; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return b * 65_536 + a;
}

function encoder(encode: (bytes: Uint8Array) => string): Func {
  return fn(['string'], 'string', (env, s) => {
    chargeText(env, 2 * s.length);
    return encode(encodeBytes(s));
  });
}

/** The text, or the text of the error: sprig does not tell them apart. */
function decoder(name: string, decode: (text: string) => Uint8Array | { readonly errorAt: number }): Func {
  return fn(['string'], 'string', (env, s) => {
    chargeText(env, s.length);
    const result = decode(s);
    if (result instanceof Uint8Array) return decodeBytes(result);
    return `illegal ${name} data at input byte ${result.errorAt}`;
  });
}

/** JSON of a value; `must` decides what becomes of an error. */
function toJson(options: MarshalOptions, must: boolean): Func {
  return fn(['any'], 'string', (env, v) => {
    try {
      const text = marshalJson(v, { ...options, budget: env.budget });
      chargeText(env, text.length);
      return text;
    } catch (err) {
      if (must || !(err instanceof GoError) || err.constructor !== GoError) throw err;
      return '';
    }
  });
}

function fromJson(env: FunctionEnv, text: string, must: boolean): Value {
  try {
    const { value, error } = parseJson(text, env.budget);
    if (must && error !== undefined) throw new GoError(error);
    return value;
  } catch (err) {
    if (must || !(err instanceof GoError) || err.constructor !== GoError) throw err;
    return null;
  }
}

const PRETTY: MarshalOptions = { indent: '  ' };
const RAW: MarshalOptions = { escapeHtml: false };

/** sprig: strings.go and defaults.go for encodings, crypto.go for the checksum that is no digest */
export const encoding: FuncTable = {
  adler32sum: fn(['string'], 'string', (_env, s) => String(adler32(encodeBytes(s)))),
  b32dec: decoder('base32', decodeBase32),
  b32enc: encoder(encodeBase32),
  b64dec: decoder('base64', decodeBase64),
  b64enc: encoder(encodeBase64),
  fromJson: fn(['string'], 'interface {}', (env, text) => fromJson(env, text, false)),
  mustFromJson: fn(['string'], 'interface {}', (env, text) => fromJson(env, text, true)),
  mustToJson: toJson({}, true),
  mustToPrettyJson: toJson(PRETTY, true),
  mustToRawJson: toJson(RAW, true),
  toJson: toJson({}, false),
  toPrettyJson: toJson(PRETTY, false),
  // sprig: toRawJson panics where its siblings swallow the error.
  toRawJson: toJson(RAW, true),
};
