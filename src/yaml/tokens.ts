/** Token types. Go: yamlh.go yaml_token_type_t. */
export const STREAM_START = 1;
export const STREAM_END = 2;
export const VERSION_DIRECTIVE = 3;
export const TAG_DIRECTIVE = 4;
export const DOCUMENT_START = 5;
export const DOCUMENT_END = 6;
export const BLOCK_SEQUENCE_START = 7;
export const BLOCK_MAPPING_START = 8;
export const BLOCK_END = 9;
export const FLOW_SEQUENCE_START = 10;
export const FLOW_SEQUENCE_END = 11;
export const FLOW_MAPPING_START = 12;
export const FLOW_MAPPING_END = 13;
export const BLOCK_ENTRY = 14;
export const FLOW_ENTRY = 15;
export const KEY = 16;
export const VALUE = 17;
export const ALIAS = 18;
export const ANCHOR = 19;
export const TAG = 20;
/** Scalars: the style is part of the type. */
export const PLAIN = 21;
export const QUOTED = 22;
export const BLOCK = 23;

/** Character classes of ASCII, for the loops over scalars. */
export const BLANK = 1;
export const BREAK = 2;
export const END = 4;
export const COLON = 8;
export const FLOW_INDICATOR = 16;
export const CLASS: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(128);
  table[0] = END;
  table[9] = table[32] = BLANK;
  table[10] = table[13] = BREAK;
  table[58] = COLON;
  for (const c of ',?[]{}') table[c.charCodeAt(0)] = FLOW_INDICATOR;
  return table;
}

/** Line breaks beyond ASCII: NEL, LS, PS. */
export function isWideBreak(c: number): boolean {
  return c === 0x85 || c === 0x2028 || c === 0x2029;
}

export function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

export function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

/** A blank, a line break or the end of the text. */
export function isBlankOrEnd(c: number): boolean {
  return c < 128 ? ((CLASS[c] as number) & (BLANK | BREAK | END)) !== 0 : isWideBreak(c);
}
