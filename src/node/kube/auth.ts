/** How a request says who asks. Go: rest.Config.TransportConfig, client-go transport/round_trippers.go */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import type { Log, TlsOptions } from '../../host.ts';
import { basicAuth } from '../../sources/http/origin.ts';
import type { Environment } from '../environment.ts';
import { readText } from '../files/read-text.ts';
import type { ClientConfig } from './client-config.ts';
import type { KubeCluster, KubeUser } from './config.ts';
import type { Authenticator } from './credentials.ts';
import { clusterTls } from './tls.ts';

export interface AuthHost {
  readonly env: Environment;
  readonly log: Log;
}

/**
 * What the user's entry asks for. A token or a password comes before what would have to be asked for one.
 *
 * @throws GoError
 */
export async function authenticatorFor(config: ClientConfig, { env, log }: AuthHost): Promise<Authenticator> {
  const { user, cluster } = config;
  const known = user.token !== '' || user.tokenFile !== '' || user.username !== '' || user.password !== '';
  if (user.tokenFile !== '' && user.token === '') readText(user.tokenFile);
  let asked: ((tls: TlsOptions | undefined) => Authenticator) | undefined;
  if (user.exec !== undefined) {
    const { exec } = user;
    const { checkVersion, execAuthenticator } = await import('./exec.ts');
    checkVersion(exec);
    const certified = user.clientCertificate !== '' || user.clientCertificateData !== '';
    const host = { env, log, isTerminal: process.stdin.isTTY === true };
    if (!known && !certified) asked = (tls) => execAuthenticator(config, exec, tls, host);
  } else if (user.authProvider !== undefined) {
    const { providerAuthenticator } = await import('./auth-provider.ts');
    asked = await providerAuthenticator(config, user.authProvider, env);
  }
  const way = wayTo(cluster, user);
  if (typeof way === 'function') return { credentials: way };
  return known || asked === undefined ? knownAuthenticator(user, way) : asked(way);
}

/** Files with a certificate are read when one connects, in Go, so that what is wrong with them is a request's fault. */
function wayTo(cluster: KubeCluster, user: KubeUser): TlsOptions | undefined | (() => never) {
  const { clientCertificate, clientCertificateData, clientKey, clientKeyData } = user;
  try {
    return clusterTls(cluster, user);
  } catch (error) {
    const files = clientCertificate !== '' && clientKey !== '' && clientCertificateData === '' && clientKeyData === '';
    if (!(error instanceof GoError) || !files || !error.message.startsWith('tls: ')) throw error;
    return () => {
      throw error;
    };
  }
}

function knownAuthenticator(
  { token, tokenFile, username, password }: KubeUser,
  tls: TlsOptions | undefined,
): Authenticator {
  if (username !== '' || password !== '') {
    if (tokenFile !== '') throw new GoError('username/password or bearer token may be set, but not both');
    const authorization = basicAuth(username, password);
    return { credentials: () => ({ authorization, tls }) };
  }
  if (tokenFile !== '') return fileToken(tokenFile, token, tls);
  if (token !== '') return { credentials: () => ({ authorization: `Bearer ${token}`, tls }) };
  return { credentials: () => ({ tls }) };
}

/** How long a token that was read from a file is good for, in milliseconds. Go: transport.NewCachedFileTokenSource */
const TOKEN_AGE = 50_000;

/** A token that whoever writes the file may change; `spare` serves where the file cannot. */
function fileToken(file: string, spare: string, tls: TlsOptions | undefined): Authenticator {
  let token = '';
  let read = 0;
  const refresh = (): void => {
    read = Date.now();
    token = readText(file).trim() || token;
    if (token === '') throw new GoError(`read empty token from file ${quote(file)}`);
  };
  try {
    refresh();
  } catch (error) {
    if (!(error instanceof GoError) || spare === '') throw error;
  }
  return {
    credentials() {
      if (Date.now() - read > TOKEN_AGE) {
        try {
          refresh();
        } catch (error) {
          // The one at hand may still do. Go: cachingTokenSource.Token
          if (!(error instanceof GoError)) throw error;
        }
      }
      return { authorization: `Bearer ${token || spare}`, tls };
    },
    // The file may have a new one already. Go forgets the old one for the next request: ResetTokenOlderThan
    async renew({ authorization }) {
      try {
        refresh();
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
      }
      return authorization !== `Bearer ${token || spare}`;
    },
  };
}
