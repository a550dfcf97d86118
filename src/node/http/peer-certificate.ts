import type { PeerCertificate, TLSSocket } from 'node:tls';

/** The certificate that the other end has shown, as DER. Bun has none any more where it has refused it already. */
export function peerCertificate(socket: TLSSocket): Buffer | undefined {
  return (socket.getPeerCertificate() as PeerCertificate | null)?.raw;
}
