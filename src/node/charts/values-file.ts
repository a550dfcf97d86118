import { readFile } from 'node:fs/promises';
import { PintleError } from '../../errors.ts';
import { osErrorText } from '../files/os-error.ts';

/**
 * The text of a values file, for `mergeValues`.
 *
 * @throws PintleError FILE_IO
 */
export async function readValuesFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (err) {
    throw new PintleError('FILE_IO', osErrorText('open', path, err), { data: { path }, cause: err });
  }
}
