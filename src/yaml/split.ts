import { GoError } from '../go/error.ts';
import { trimSpace } from '../go/space.ts';

/** A `---` with more than a comment behind it. */
export class SeparatorError extends GoError {
  override name = 'SeparatorError';
}

/**
 * The documents of a YAML stream as Kubernetes' libraries cut it: at every line that starts with `---`, which
 * stays with the document only where nothing came before it. Lines end in `\n` afterwards.
 * Go: k8s.io/apimachinery/pkg/util/yaml YAMLReader
 *
 * @throws SeparatorError when the loop gets to such a line.
 */
export function* splitDocuments(text: string): Generator<string, void, undefined> {
  const source = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  let start = 0;
  let at = nextSeparator(source, 0);
  while (at >= 0) {
    const newline = source.indexOf('\n', at);
    const end = newline < 0 ? source.length : newline + 1;
    const rest = trimSpace(source.slice(at + 3, end));
    if (rest !== '' && !rest.startsWith('#')) throw new SeparatorError(`invalid Yaml document separator: ${rest}`);
    if (at > start) {
      yield source.slice(start, at);
      start = end;
    }
    at = nextSeparator(source, end);
  }
  if (start < source.length) yield source.endsWith('\n') ? source.slice(start) : `${source.slice(start)}\n`;
}

/** The next line that starts with `---`. `from` is the start of a line. */
function nextSeparator(source: string, from: number): number {
  if (source.startsWith('---', from)) return from;
  const found = source.indexOf('\n---', from);
  return found < 0 ? -1 : found + 1;
}
