/** What must hold of a download before anything is made of it. */
import { METADATA } from '../../chart/metadata.ts';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { baseName } from '../../go/path.ts';
import { parseUrl } from '../../go/url.ts';
import type { Log } from '../../host.ts';
import type { ChartVersion } from '../../repository/types.ts';
import { readArchive } from '../../sources/archive.ts';
import type { SourceFile } from '../../sources/file.ts';
import { shownUrl } from '../../sources/http/fault.ts';
import { unmarshalStruct } from '../../yaml/struct.ts';
import { nodeInflate } from '../inflate.ts';

/**
 * What to call an archive on disk, by its URL alone.
 *
 * @throws PintleError NETWORK_REFUSED where that would be no name in a folder
 * @example archiveName('oci://localhost:5000/charts/web:1.0.0') === 'web-1.0.0.tgz'
 */
export function archiveName(url: string): string {
  const { scheme, path } = parseUrl(url);
  const last = baseName(path);
  const colon = last.lastIndexOf(':');
  const name = scheme === 'oci' ? `${last.slice(0, colon)}-${last.slice(colon + 1)}.tgz` : last;
  if (name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    const shown = shownUrl(parseUrl(url));
    throw new PintleError('NETWORK_REFUSED', `the URL ${shown} ends in no name of a file`, { data: { url: shown } });
  }
  return name;
}

/**
 * The digest of an index entry as 64 digits of hex. Go: stripDigestAlgorithm, encoding/hex
 *
 * @throws PintleError INDEX_INVALID with Helm's text
 */
export function indexDigest(text: string): string {
  const hex = text.slice(text.indexOf(':') + 1);
  const wrong = [...hex].find((char) => !/[0-9a-fA-F]/.test(char));
  const fault = (reason: string): PintleError => new PintleError('INDEX_INVALID', reason, { data: { digest: text } });
  if (wrong !== undefined) throw fault(`unable to decode digest: encoding/hex: invalid byte: ${rune(wrong)}`);
  if (hex.length % 2 === 1) throw fault('unable to decode digest: encoding/hex: odd length hex string');
  if (hex.length !== 64) throw fault(`invalid digest length: ${hex.length / 2}`);
  return hex.toLowerCase();
}

/** The first byte of a character as a rune. Go: fmt %#U */
function rune(char: string): string {
  const byte = new TextEncoder().encode(char)[0] as number;
  return `U+${byte.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCharCode(byte)}'`;
}

/** Helm does not look; an archive with another name or version than it was listed under deserves a word. */
export function compareToIndex(bytes: Uint8Array, listed: ChartVersion, url: string, log: Log): void {
  const found = nameAndVersion(bytes);
  if (found === undefined || (found.name === listed.name && found.version === listed.version)) return;
  log.log('WARN', "the archive is not the chart that the repository's index lists", {
    url,
    listed: `${listed.name}-${listed.version}`,
    found: `${found.name}-${found.version}`,
  });
}

/** Of the chart in an archive; nothing where it cannot be read, which comes to light when it is loaded. */
export function nameAndVersion(bytes: Uint8Array): { readonly name: string; readonly version: string } | undefined {
  try {
    // Nothing to wait for: inflation is synchronous.
    const files = readArchive(bytes, nodeInflate) as SourceFile[];
    const file = files.find(({ name }) => name === 'Chart.yaml');
    const raw = file && unmarshalStruct(METADATA, decodeBytes(file.data));
    return raw && { name: String(raw['name'] ?? ''), version: String(raw['version'] ?? '') };
  } catch (error) {
    if (error instanceof PintleError || error instanceof GoError) return undefined;
    throw error;
  }
}
