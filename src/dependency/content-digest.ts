import { tarFiles } from '../chart/pack.ts';
import type { Chart } from '../chart/types.ts';
import { encodeBytes } from '../go/bytes.ts';
import { compareStrings } from '../go/value.ts';
import type { Digests } from '../host.ts';
import { digestOf } from '../sources/oci/digest.ts';

/**
 * The digest of what a chart is, whether it lies in a folder, in an archive made here or in one made by Helm.
 *
 * Its files are those that packing puts into an archive: Chart.yaml and Chart.lock written anew, what .helmignore
 * names left out, archives in charts/ unpacked. The digest is the SHA-256 of a text with one line for each, sorted by
 * path: the SHA-256 of its content in hex, two blanks, its path with the chart's name in front, a line feed; where the
 * path has a backslash or a line feed, these are written `\\` and `\n`, and the line begins with a backslash. Neither
 * times nor permissions count, nor in which order archives hold their files, nor how they were
 * compressed. So this prints the digest of an archive, without its `sha256:`:
 *
 *     tar xzf web-1.0.0.tgz && find web -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
 */
export function contentDigest(chart: Chart, digests: Digests): string {
  const files = tarFiles(chart, new Date(0)).map(({ name, data }) => ({ name, data }));
  files.sort((a, b) => compareStrings(a.name, b.name));
  const lines = files.map(({ name, data }) => {
    const path = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    const mark = path === name ? '' : '\\';
    return `${mark}${digestOf(data, digests).slice('sha256:'.length)}  ${path}\n`;
  });
  return digestOf(encodeBytes(lines.join('')), digests);
}
