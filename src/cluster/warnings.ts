/**
 * The texts of a `Warning` header, of those with code 299, which Kubernetes uses. Go: util/net ParseWarningHeaders
 *
 * @example warningsOf('299 - "v1 ComponentStatus is deprecated"') // ['v1 ComponentStatus is deprecated']
 */
export function warningsOf(header: string | undefined): readonly string[] {
  const out: string[] = [];
  if (header === undefined || header.length > 16 << 10) return out;
  for (const [, code, text = ''] of header.matchAll(/(\d{3}) [^\s",]+ "((?:[^"\\]|\\.)*)"/g)) {
    if (code === '299') out.push(text.replace(/\\(.)/g, '$1'));
  }
  return out;
}

/** Texts that are remembered. */
const MAX_TEXTS = 1000;

/** Tells of each warning in headers once: a list or a watch that is asked for again would say it again. */
export function warnOnce(tell: (text: string) => void): (header: string | undefined) => void {
  const told = new Set<string>();
  return (header) => {
    for (const text of warningsOf(header)) {
      if (told.has(text) || told.size > MAX_TEXTS) continue;
      told.add(text);
      tell(text);
    }
  };
}
