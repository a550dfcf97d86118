/** A TOML key in its parts, outermost first. */
export type TomlKey = readonly string[];

const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
]);

/** A basic string with its quotes. Control characters are escaped, everything else stands as it is. */
export function tomlQuote(s: string): string {
  const escaped = (c: string): string => SHORT.get(c) ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${s.replace(/["\\\u0000-\u001f\u007f]/g, escaped)}"`;
}

/** One part of a key, quoted where it must be. */
export function tomlKeyPart(part: string): string {
  return /^[A-Za-z0-9_-]+$/.test(part) ? part : tomlQuote(part);
}

/** The whole key as it stands in a table's header. BurntSushi: Key.String. */
export function tomlKeyString(key: TomlKey): string {
  return key.map(tomlKeyPart).join('.');
}
