import { PintleError } from '../../../src/errors.ts';
import { removeCredential } from '../../../src/node/credentials/credentials.ts';
import { serverAddress } from '../../../src/sources/oci/docker-config.ts';
import type { Call } from '../../types.ts';

/** What `pintle registry logout` does. Go: helm pkg/registry Client.Logout */
export async function runLogout({ args, settings, io }: Call): Promise<number> {
  const [host = ''] = args;
  try {
    await removeCredential(settings, io.env, host, io.platform);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const text = `failed to delete the credential for ${serverAddress(host)}: ${error.message}`;
    throw new PintleError(error.code, text, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
  io.stdout.write(`Removing login credentials for ${host}\n`);
  return 0;
}
