import { defaultKeyring, verifyChartFile } from '../../src/node/keyring.ts';
import { verificationLines } from '../../src/provenance/verification.ts';
import type { Call } from '../types.ts';

/** What `pintle verify` does. */
export async function runVerify(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const [path = ''] = args;
  const keyring = flags.isSet('keyring') ? flags.string('keyring') : defaultKeyring(io.env);
  const verification = await verifyChartFile(path, keyring, { cwd: io.cwd() });
  io.stdout.write(
    verificationLines(verification)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return 0;
}
