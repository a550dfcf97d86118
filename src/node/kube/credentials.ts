/** What a request needs to say who asks. */
import type { TlsOptions } from '../../host.ts';

/** What proves who asks, at this moment. */
export interface Credentials {
  /** A header's whole value. */
  readonly authorization?: string | undefined;
  /** The way to the server, with a certificate where there is one. */
  readonly tls?: TlsOptions | undefined;
}

/** Whoever has the credentials. */
export interface Authenticator {
  /** @throws GoError */
  credentials(): Credentials | Promise<Credentials>;
  /** Called for an answer 401 to `refused`; whether there are others now. */
  renew?(refused: Credentials): Promise<boolean>;
}
