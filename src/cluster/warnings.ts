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
