/** What of Go's package go/token templates need. */

/** Whether a name begins with a capital, so that it is seen outside its package. Go: token.IsExported */
export function isExported(name: string): boolean {
  const c = name.charCodeAt(0);
  return c < 128 ? c >= 65 && c <= 90 : /^\p{Lu}/u.test(name);
}
