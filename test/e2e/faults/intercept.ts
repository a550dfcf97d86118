/** A way to a cluster on which answers are other than the cluster's. */
import type { Json } from '../../../src/cluster/json.ts';
import type { ApiAnswer, ApiCall, ClusterTransport } from '../../../src/cluster/types.ts';

/** Answers a call; `send` asks the cluster. */
export type Intercept = (call: ApiCall, send: () => Promise<ApiAnswer>) => Promise<ApiAnswer> | undefined;

/** The transport, but for the calls that `intercept` answers. */
export function through(transport: ClusterTransport, intercept: Intercept): ClusterTransport {
  return {
    server: transport.server,
    send: (call) => {
      const send = (): Promise<ApiAnswer> => transport.send(call);
      return intercept(call, send) ?? send();
    },
  };
}

export function jsonAnswer(status: number, body: Json): ApiAnswer {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(JSON.stringify(body));
  }
  return { status, headers: new Map([['content-type', 'application/json']]), body: chunks() };
}

/** A Status, with what else it is to say. */
export function refusal(code: number, reason: string, message: string, details: Json = null): ApiAnswer {
  return jsonAnswer(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code, details });
}

/** The answer's object with something changed. */
export async function changed(answer: ApiAnswer, edit: (object: Json) => Json): Promise<ApiAnswer> {
  const parts: Uint8Array[] = [];
  for await (const part of answer.body) parts.push(part);
  const text = Buffer.concat(parts).toString();
  if (answer.status >= 300) return jsonAnswer(answer.status, JSON.parse(text) as Json);
  return jsonAnswer(answer.status, edit(JSON.parse(text) as Json));
}
