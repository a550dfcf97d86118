/** TLS settings from files, as flags and repositories name them. Go: helm internal/tlsutil */
import { readFileSync } from 'node:fs';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { TlsOptions } from '../../host.ts';
import { osErrorText } from '../os-error.ts';

export interface TlsFiles {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

/**
 * Reads the files that are named; nothing where none is and certificates are to be checked.
 *
 * @throws PintleError with Helm's text
 */
export function readTlsOptions(files: TlsFiles): TlsOptions | undefined {
  const { certFile = '', keyFile = '', caFile = '', insecureSkipVerify = false } = files;
  if ((certFile === '' || keyFile === '') && caFile === '' && !insecureSkipVerify) return undefined;
  const cert = certFile && read(certFile, `unable to read cert file: ${quote(certFile)}`);
  const key = keyFile && read(keyFile, `unable to read key file: ${quote(keyFile)}`);
  const ca = caFile && read(caFile, `can't read CA file: ${quote(caFile)}`);
  return {
    ...(cert !== '' && key !== '' && { cert, key }),
    ...(ca !== '' && { ca }),
    ...(insecureSkipVerify && { insecureSkipVerify }),
  };
}

function read(path: string, doing: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const message = `can't create TLS config for client: ${doing}: ${osErrorText('open', path, error)}`;
    throw new PintleError('FILE_IO', message, { cause: error });
  }
}
