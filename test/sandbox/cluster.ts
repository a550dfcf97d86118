/** The two clusters that are asked the same: a real one, named by the rig's variables, and the sandbox. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { webHost } from '../../src/host-web.ts';
import { createSandbox } from '../../src/testing/sandbox/sandbox.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly warning: string;
  readonly body: unknown;
}

export type Ask = (asked: Asked) => Promise<Answered>;

const AGENT = 'compare/1';

function bodyOf({ body }: Asked): string | undefined {
  return body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** RIG_SERVER, RIG_TOKEN and RIG_CA say where it is. */
export function realCluster(): Ask {
  const { RIG_SERVER: server, RIG_TOKEN: token, RIG_CA: authority } = process.env;
  if (!server || !token || !authority) throw new Error('RIG_SERVER, RIG_TOKEN and RIG_CA are not set');
  const ca = readFileSync(authority);
  return (asked) =>
    new Promise((resolve, reject) => {
      const url = new URL(asked.path, server);
      for (const [key, value] of Object.entries(asked.query ?? {})) url.searchParams.set(key, value);
      const headers: Record<string, string> = {
        authorization: `Bearer ${token}`,
        'user-agent': AGENT,
        accept: 'application/json',
        ...asked.headers,
      };
      const body = bodyOf(asked);
      if (body !== undefined) {
        headers['content-type'] ??= 'application/json';
        headers['content-length'] = `${Buffer.byteLength(body)}`;
      }
      const sent = request(url, { method: asked.method, headers, ca }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const warning = [answer.headers['warning'] ?? []].flat().join(', ');
          const type = answer.headers['content-type'] ?? '';
          resolve({ status: answer.statusCode ?? 0, type, warning, body: parsed(Buffer.concat(chunks).toString()) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

export function sandboxCluster(): Ask {
  const { clock, random } = webHost();
  const { transport } = createSandbox({ clock, random });
  return async (asked) => {
    const body = bodyOf(asked);
    const answer = await transport.send({
      method: asked.method as 'GET',
      path: asked.path,
      query: asked.query ?? {},
      headers: { 'user-agent': AGENT, accept: 'application/json', ...asked.headers },
      ...(body === undefined ? {} : { body }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      warning: answer.headers.get('warning') ?? '',
      body: parsed(Buffer.concat(chunks).toString()),
    };
  };
}
