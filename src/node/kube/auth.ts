/** How a request says who asks. Go: client-go transport/round_trippers.go */
import { readFileSync } from 'node:fs';
import { GoError } from '../../go/error.ts';
import type { TlsOptions } from '../../host.ts';
import { basicAuth } from '../../sources/http/origin.ts';
import { osErrorText } from '../files/os-error.ts';
import type { ClientConfig } from './client-config.ts';

/** What proves who asks, at this moment. */
export interface Credentials {
  /** A header's whole value. */
  readonly authorization?: string | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** Whoever has the credentials. */
export interface Authenticator {
  /** @throws GoError */
  credentials(): Credentials | Promise<Credentials>;
  /** Called for an answer 401 to `refused`; whether there may be others now. */
  renew?(refused: Credentials): Promise<boolean>;
}

/**
 * What the user's entry asks for; `tls` is the way to the server, with a certificate where the entry has one.
 *
 * @throws GoError
 */
export function authenticatorFor(config: ClientConfig, tls: TlsOptions | undefined): Authenticator {
  const { token, tokenFile, username, password } = config.user;
  if (token !== '') return { credentials: () => ({ authorization: `Bearer ${token}`, tls }) };
  if (tokenFile !== '') return fileToken(tokenFile, tls);
  if (username !== '' || password !== '') {
    const authorization = basicAuth(username, password);
    return { credentials: () => ({ authorization, tls }) };
  }
  return { credentials: () => ({ tls }) };
}

/** How long a token that was read from a file is good for, in milliseconds. Go: transport.NewCachedFileTokenSource */
const TOKEN_AGE = 50_000;

/** A token that whoever writes the file may change. */
function fileToken(file: string, tls: TlsOptions | undefined): Authenticator {
  let token = readToken(file);
  let read = Date.now();
  return {
    credentials() {
      if (Date.now() - read > TOKEN_AGE) {
        read = Date.now();
        try {
          token = readToken(file) || token;
        } catch (error) {
          // The one at hand may still do. Go: cachingTokenSource.Token
          if (!(error instanceof GoError)) throw error;
        }
      }
      return { authorization: `Bearer ${token}`, tls };
    },
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new GoError(osErrorText('open', file, error));
  }
}
