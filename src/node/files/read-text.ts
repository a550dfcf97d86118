import { readFileSync } from 'node:fs';
import { GoError } from '../../go/error.ts';
import { osErrorText } from './os-error.ts';

/** A file as text. Throws GoError as os.ReadFile fails: `open x: no such file or directory`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GoError(osErrorText('open', file, error));
  }
}
