/** Secrets that must stay where they belong, and ears that hear whether they do. */
import assert from 'node:assert/strict';
import type { Bench } from './frame.ts';
import { answer, type Handler, type Seen, type Server, serve } from './servers.ts';

export const USERNAME = 'canary-user';
export const PASSWORD = 'canary-password-5f1e';

/** The ways in which the canary may sing. */
const SONGS = [PASSWORD, USERNAME, basic(), basic().replaceAll('=', '')];

/** The canary as a header carries it, without `Basic `. */
export function basic(username: string = USERNAME, password: string = PASSWORD): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** Whether a request gives the canary away. */
export function sings({ url, headers, body }: Seen): boolean {
  const text = `${decodeURIComponent(url)}\n${JSON.stringify(headers)}\n${body.toString('latin1')}`;
  return SONGS.some((song) => text.includes(song));
}

/** Nobody here has heard anything: neither the canary nor anything that looks like a credential. */
export function silent(server: Server): void {
  for (const one of server.seen) {
    const { method, url, headers } = one;
    assert.ok(!sings(one), `the secret went to ${server.url}: ${method} ${url} ${JSON.stringify(headers)}`);
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) {
      assert.equal(headers[name], undefined, `${name} went to ${server.url}: ${method} ${url}`);
    }
  }
}

/** The server that may know has been told: what follows is no test of silence alone. */
export function heard(server: Server): void {
  assert.ok(server.seen.some(sings), `${server.url} was never told the secret: ${JSON.stringify(server.seen)}`);
}

/** A stranger that writes down what it hears. Without a handler it knows nothing. */
export function ear(
  bench: Bench,
  handler: Handler = (_, response) => answer(response, 404, 'nothing\n'),
): Promise<Server> {
  return serve(bench, handler);
}

/** Asks for the canary, and hands on to `handler` who brings it. */
export function guarded(handler: Handler): Handler {
  return (seen, response, request) => {
    if (seen.headers.authorization === `Basic ${basic()}`) return handler(seen, response, request);
    answer(response, 401, 'who are you?\n', { 'www-authenticate': 'Basic realm="canary"' });
  };
}
