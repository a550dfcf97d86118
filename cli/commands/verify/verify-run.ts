import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PintleError } from '../../../src/errors.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import { verifyChartFile } from '../../../src/node/trust/keyring.ts';
import { verificationLines } from '../../../src/provenance/verification.ts';
import { accessOf, keyringOf } from '../../flags/access.ts';
import type { Call } from '../../types.ts';

const COSIGN_FLAGS = ['cosign-key', 'trusted-root', 'certificate-identity', 'certificate-oidc-issuer'] as const;

/** What `pintle verify` does. */
export async function runVerify(call: Call): Promise<number> {
  const { args, flags, io } = call;
  const [path = ''] = args;
  const given = COSIGN_FLAGS.filter((name) => flags.string(name) !== '');
  const lines = path.startsWith('oci://') ? await verifyStored(path, given, call) : await verifyFile(path, given, call);
  io.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

async function verifyFile(path: string, given: readonly string[], call: Call): Promise<string[]> {
  const [name] = given;
  if (name !== undefined) {
    throw new PintleError('USAGE', `--${name} is for charts in registries`, {
      hint: 'name the chart as oci://REGISTRY/CHART:VERSION, or leave the flag out',
    });
  }
  return verificationLines(await verifyChartFile(path, keyringOf(call), { cwd: call.io.cwd() }));
}

/** Checks the cosign signatures of a chart in a registry. */
async function verifyStored(reference: string, given: readonly string[], call: Call): Promise<string[]> {
  checkPolicy(given);
  const { flags } = call;
  const [{ verifyCosign }, { openRegistry }, { worldOf }] = await Promise.all([
    import('../../../src/node/trust/cosign.ts'),
    import('../../../src/node/download/getters.ts'),
    import('../../world.ts'),
  ]);
  const key = flags.string('cosign-key');
  const root = flags.string('trusted-root');
  const policy = {
    ...(key === '' ? {} : { key: readFile(key, call) }),
    ...(root === '' ? {} : { trustedRoot: readFile(root, call) }),
    identity: flags.string('certificate-identity'),
    issuer: flags.string('certificate-oidc-issuer'),
  };
  const registry = await openRegistry(accessOf(call), worldOf(call));
  const { ref } = await registry.locate(reference, '');
  const { digest, key: keyDigest, signer } = await verifyCosign(await registry.signatures(ref), policy);
  return [
    ...(signer ? [`Signed by: ${signer.identity}`, `Vouched for by: ${signer.issuer}`] : []),
    ...(keyDigest ? [`Using Key With Digest: ${keyDigest}`] : []),
    `Chart Manifest Verified: ${digest}`,
  ];
}

function checkPolicy(given: readonly string[]): void {
  const [, root, identity, issuer] = COSIGN_FLAGS.map((name) => given.includes(name));
  if (given.includes('cosign-key')) {
    if (!identity && !issuer) return;
    throw new PintleError(
      'USAGE',
      'signatures of a key have no certificate: choose --cosign-key or --certificate-identity',
    );
  }
  if (root && identity && issuer) return;
  throw new PintleError(
    'USAGE',
    'charts in registries are checked with --cosign-key, or with --trusted-root, --certificate-identity and --certificate-oidc-issuer',
    { hint: 'for a provenance file, pull the chart with --prov and name the archive' },
  );
}

function readFile(path: string, { io }: Call): Uint8Array {
  try {
    return readFileSync(resolve(io.cwd(), path));
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
}
