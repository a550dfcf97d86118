/** The clusters that scripts run on: a real control plane, and the sandbox. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { ClusterTransport } from '../../src/cluster/types.ts';
import { nodeHost } from '../../src/node/host.ts';
import { openSandbox } from '../../src/node/sandbox.ts';

/** One request to a cluster, and what came back as text. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly accept?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks a cluster as its administrator; any status is an answer. */
export type Ask = (asked: Asked) => Promise<Answered>;

/** A cluster, as one script sees it. */
export interface World {
  readonly name: 'real' | 'sandbox';
  /** What programs need to find it. */
  readonly env: Readonly<Record<string, string>>;
  readonly ask: Ask;
}

/** Opens a world for a script, whose files are in `work`. */
export type OpenWorld = (work: string) => Promise<World>;

/** The control plane of `test/rig/cluster.sh`, by what its `env` file sets. */
export function realWorld(env: NodeJS.ProcessEnv): OpenWorld {
  const { KUBECONFIG = '', RIG_SERVER = '', RIG_TOKEN = '', RIG_CA = '' } = env;
  if (RIG_SERVER === '') throw new Error('no cluster: source the env file that test/rig/cluster.sh wrote');
  const ask = askServer(RIG_SERVER, RIG_TOKEN, readFileSync(RIG_CA));
  return () => Promise.resolve({ name: 'real', env: { KUBECONFIG }, ask });
}

function askServer(server: string, token: string, ca: Buffer): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca });
  return ({ method, path, body, type = 'application/json', accept = 'application/json' }) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, accept, 'content-type': type };
      const sent = request(server + path, { method, agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

/** A cluster in a folder of the script's own. */
export function sandboxWorld(): OpenWorld {
  return (work) => {
    const folder = join(work, 'home', 'sandbox');
    const { transport } = openSandbox(folder, nodeHost());
    return Promise.resolve({ name: 'sandbox', env: { PINTLE_SANDBOX: folder }, ask: askTransport(transport) });
  };
}

function askTransport(transport: ClusterTransport): Ask {
  return async ({ method, path, body, type = 'application/json', accept = 'application/json' }) => {
    const url = new URL(path, 'http://sandbox');
    const answer = await transport.send({
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { accept, 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
    const parts: Uint8Array[] = [];
    for await (const part of answer.body) parts.push(part);
    return { status: answer.status, text: Buffer.concat(parts).toString() };
  };
}
