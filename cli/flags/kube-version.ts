import { PintleError } from '../../src/errors.ts';
import { type KubeVersion, parseKubeVersion } from '../../src/render/capabilities.ts';

/** What `--kube-version` says; nothing where it is not given. */
export function kubeVersionOf(text: string): KubeVersion | undefined {
  if (text === '') return undefined;
  try {
    return parseKubeVersion(text);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `invalid kube version '${text}': ${error.message}`, {
      hint: 'write it as MAJOR.MINOR or MAJOR.MINOR.PATCH, e.g. 1.34',
      cause: error,
    });
  }
}
