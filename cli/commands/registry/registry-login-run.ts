/** Go: helm pkg/cmd/registry_login.go, pkg/registry Client.Login */
import { PintleError } from '../../../src/errors.ts';
import { decodeBytes } from '../../../src/go/bytes.ts';
import { quote } from '../../../src/go/quote.ts';
import { storeCredential, trustedTokenHosts } from '../../../src/node/credentials/credentials.ts';
import { readTlsOptions } from '../../../src/node/http/tls.ts';
import { registryHost } from '../../../src/sources/oci/reference.ts';
import { type Credential, createRegistry, type Registry } from '../../../src/sources/oci/registry.ts';
import { readLine } from '../../terminal/prompt.ts';
import type { Call } from '../../types.ts';
import { worldOf } from '../../world.ts';

/** What `pintle registry login` does. */
export async function runLogin(call: Call): Promise<number> {
  const { args, settings, io, log } = call;
  const [host = ''] = args;
  const credential = readCredential(call);
  if (host.includes('/')) {
    const text = 'registry login currently only supports registry hostname, not a repository path';
    log.log('WARN', text, { host, suggested: host.split('/', 1)[0] });
  }
  const registry = await registryOf(call, host, credential);
  try {
    // A password grant first, which gives less away; not every token server knows it.
    await registry.ping(host, { forceOAuth2: true }).catch((error: unknown) => {
      if (!(error instanceof PintleError) || error.code === 'NAME_INVALID') throw error;
      return registry.ping(host);
    });
  } catch (error) {
    if (!(error instanceof PintleError) || error.code === 'NAME_INVALID') throw error;
    const { code, hint, data } = error;
    throw new PintleError(code, `authenticating to ${quote(host)}: ${error.message}`, {
      cause: error,
      data,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  await storeCredential(settings, io.env, host, credential, io.platform);
  io.stdout.write('Login Succeeded\n');
  return 0;
}

async function registryOf(call: Call, host: string, credential: Credential): Promise<Registry> {
  const { http, digests, env, log } = worldOf(call);
  const { flags } = call;
  const tls = readTlsOptions({
    certFile: flags.string('cert-file'),
    keyFile: flags.string('key-file'),
    caFile: flags.string('ca-file'),
    insecureSkipVerify: flags.bool('insecure'),
  });
  return createRegistry({
    http,
    digests,
    log,
    // For this registry, and for no other that it may lead to.
    credentials: async (asked) => (asked === registryHost(host) ? credential : undefined),
    plainHttp: flags.bool('plain-http'),
    trustedTokenHosts: trustedTokenHosts(env),
    ...(tls === undefined ? {} : { tls }),
  });
}

/** Go: getUsernamePassword */
function readCredential({ flags, io, log }: Call): Credential {
  let username = flags.string('username');
  let password = flags.string('password');
  if (flags.bool('password-stdin')) {
    password = decodeBytes(io.stdin()).replace(/\n$/, '').replace(/\r$/, '');
  } else if (password !== '') {
    log.log('WARN', 'using --password via the CLI is insecure. Use --password-stdin');
  } else {
    if (username === '') username = readLine(io, 'Username: ').trim();
    const what = username === '' ? 'Token' : 'Password';
    password = readLine(io, `${what}: `, { silent: true });
    if (password === '') throw new PintleError('USAGE', `${what.toLowerCase()} required`);
  }
  return { username, password };
}
