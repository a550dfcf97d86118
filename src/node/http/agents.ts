import type { Agent, RequestOptions } from 'node:http';
import type { Url } from '../../go/url.ts';
import type { HttpRequest, TlsOptions } from '../../host.ts';
import type { Environment } from '../environment.ts';

/** The way that a request takes: its agent, and options of the request that belong to the way. */
export interface Route {
  /** Whether node:https opens it. */
  readonly secure: boolean;
  readonly agent: Agent;
  readonly route: RequestOptions;
}

export interface AgentPool {
  route(url: Url, request: HttpRequest): Promise<Route>;
  close(): void;
}

/** How many connections to one server are open at once. */
const MAX_SOCKETS = 8;

/** Keeps one agent for each way to connect, so that a connection is used only by requests with the same rules. */
export function agentPool(env: Environment): AgentPool {
  void env;
  const agents = new Map<string, Agent>();
  return {
    async route(url, request) {
      const secure = url.scheme === 'https';
      const key = `${secure} ${JSON.stringify(request.tls ?? {})}`;
      let agent = agents.get(key);
      if (agent === undefined) {
        const { Agent } = secure ? await import('node:https') : await import('node:http');
        agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...tlsSettings(request.tls) });
        agents.set(key, agent);
      }
      return { secure, agent, route: {} };
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

function tlsSettings(tls: TlsOptions = {}): object {
  const { ca, cert, key, insecureSkipVerify } = tls;
  return { ...(ca && { ca }), ...(cert && { cert, key }), rejectUnauthorized: insecureSkipVerify !== true };
}
