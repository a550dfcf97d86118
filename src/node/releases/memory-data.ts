/** What the memory driver starts with. Go: helm pkg/cmd/root.go loadReleasesInMemory */
import { readFileSync } from 'node:fs';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { releaseOf } from '../../release/codec.ts';
import type { Release } from '../../release/types.ts';
import { yamlToValue } from '../../yaml/decode.ts';
import { osErrorText } from '../files/os-error.ts';

/**
 * The releases in the files of `HELM_MEMORY_DRIVER_DATA`, which are parted by colons: lists of releases in YAML, with
 * the fields that records have.
 *
 * @throws PintleError STORE_FAILED
 */
export function readMemoryData(paths: string): readonly Release[] {
  if (paths === '') return [];
  return paths.split(':').flatMap(readFile);
}

/** Go: sigs.k8s.io/yaml Unmarshal into a []*release.Release */
const NO_LIST =
  'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []*v1.Release';

function readFile(path: string): readonly Release[] {
  let text: string;
  try {
    text = decodeBytes(readFileSync(path));
  } catch (error) {
    throw new PintleError('STORE_FAILED', `Unable to read memory driver data${osErrorText('open', path, error)}`, {
      hint: 'HELM_MEMORY_DRIVER_DATA names files with lists of releases',
      data: { beforeStart: true },
      cause: error,
    });
  }
  try {
    const list = yamlToValue(text);
    if (list === null || list === undefined) return [];
    if (!Array.isArray(list)) throw new GoError(NO_LIST);
    return list.filter((item) => item !== null).map(releaseOf);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('STORE_FAILED', `Unable to unmarshal memory driver data: ${error.message}`, {
      hint: `${path} has to be a list of releases, with the names of fields that records have`,
      data: { beforeStart: true },
      cause: error,
    });
  }
}
