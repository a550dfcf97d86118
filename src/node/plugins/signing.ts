import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PluginMetadata } from '../../plugin/metadata.ts';
import { readCleartext } from '../../provenance/cleartext.ts';
import { readSums } from '../../provenance/sums.ts';
import { sha256 } from '../crypto/sha256.ts';
import { osErrorCode } from '../files/os-error.ts';
import { keptArchive } from './store.ts';

export type SigningStatus =
  | 'local dev'
  | 'unsigned'
  | 'invalid provenance'
  | 'mismatched provenance'
  | 'signed'
  | 'unknown';

/**
 * What is known of a plugin's signature without a keyring: that the archive that is kept is the one that its
 * provenance file is about. `folder` is where plugins are kept by default, as in Helm.
 */
export function signingStatus(metadata: PluginMetadata, folder: string): SigningStatus {
  try {
    if (lstatSync(join(folder, metadata.name)).isSymbolicLink()) return 'local dev';
    const archive = keptArchive(folder, metadata);
    const bytes = readIfThere(archive);
    const prov = bytes && readIfThere(`${archive}.prov`);
    if (bytes === undefined || prov === undefined) return 'unsigned';
    const message = readCleartext(prov);
    if (message === undefined) return 'invalid provenance';
    return isAbout(message.plain, basename(archive), bytes) ? 'signed' : 'mismatched provenance';
  } catch {
    return 'unknown'; // Plugins outside that folder, and what cannot be read.
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Go: validateProvenanceHash */
function isAbout(text: string, name: string, bytes: Uint8Array): boolean {
  const digest = `sha256:${sha256(bytes)}`;
  try {
    return [...readSums(text)].some(([file, sum]) => file.includes(name) && sum === digest);
  } catch {
    return false;
  }
}
