/** Servers on this machine, for the length of a test. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import * as https from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import type { TestContext } from 'node:test';

/** Starts a server on a free port of 127.0.0.1, ends it with the test, and gives its port. */
export async function listen(
  t: TestContext,
  server: Server | https.Server | Http2SecureServer | TcpServer,
): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A web server; gives its origin, `http://127.0.0.1:PORT`. */
export async function serveHttp(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(t, createServer(listener))}`;
}

/** The same over TLS. */
export async function serveHttps(
  t: TestContext,
  options: https.ServerOptions,
  listener: RequestListener,
): Promise<string> {
  return `https://127.0.0.1:${await listen(t, https.createServer(options, listener))}`;
}

/** A server of any protocol, in the clear. */
export async function serveTcp(t: TestContext, connected: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer((socket) => {
    // Tests break connections on purpose.
    socket.on('error', () => {});
    connected(socket);
  });
  return listen(t, server);
}
