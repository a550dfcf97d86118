/** Errors about releases, with Helm's texts. Go: helm pkg/storage/driver/driver.go */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';

export function releaseNotFound(data: Readonly<Record<string, unknown>> = {}): PintleError {
  return new PintleError('RELEASE_NOT_FOUND', 'release: not found', {
    hint: 'pintle list -A shows the releases of all namespaces',
    data,
  });
}

export function releaseExists(key: string): PintleError {
  return new PintleError('RELEASE_EXISTS', 'release: already exists', { data: { key } });
}

export function noDeployedReleases(name: string): PintleError {
  return new PintleError('RELEASE_NOT_FOUND', `${quote(name)} has no deployed releases`, {
    hint: `pintle history ${name} shows what there is`,
    data: { name, noDeployed: true },
  });
}

/** An error with what was being done in front, under another code where one is named. */
export function storeError(error: unknown, prefix: string, code?: PintleError['code']): unknown {
  if (!(error instanceof PintleError)) return error;
  if (code === undefined) return prefix === '' ? error : error.withMessage(prefix + error.message);
  const { hint, data } = error;
  return new PintleError(code, prefix + error.message, { ...(hint !== undefined && { hint }), data, cause: error });
}
