/** A webhook of the harness's own, which the API server asks about what happens in one namespace. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../../src/cluster/json.ts';
import { dig } from '../../../src/cluster/json.ts';
import { makeCertificate } from '../../certificates.ts';
import type { Ask } from '../world.ts';

/** What the server wants to do. */
export interface Review {
  readonly verb: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: string;
  readonly name: string;
}

/** What becomes of it: it is denied, there is no answer, or after so many seconds, or the webhook is broken. */
export type Verdict = 'allow' | 'deny' | 'hang' | 'broken' | { readonly after: number };

export interface Webhook {
  judge: (review: Review) => Verdict;
  close(): Promise<void>;
}

export interface WebhookOptions {
  /** Its name, and that of its registration; of a cluster it has to be the only one. */
  readonly name: string;
  readonly namespace: string;
  /** Seconds after which the API server gives up. */
  readonly patience: number;
}

const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Starts a webhook and waits until the API server asks it. */
export async function startWebhook(ask: Ask, { name, namespace, patience }: WebhookOptions): Promise<Webhook> {
  const certificate = await makeCertificate({ name, ips: ['127.0.0.1'], dnsNames: ['localhost'] });
  let isAsked = false;
  const webhook: Webhook = { judge: () => 'allow', close };
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    isAsked = true;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(parts).toString()) as Json;
      const verdict = webhook.judge(reviewOf(review));
      // Who does not answer keeps the connection open.
      if (verdict === 'hang') return;
      if (typeof verdict === 'object') setTimeout(() => response.end(answer(review, 'allow')), verdict.after * 1000);
      else if (verdict === 'broken') response.writeHead(500).end('out of order');
      else response.setHeader('content-type', 'application/json').end(answer(review, verdict));
    });
  });
  // The API server uses connections again as it likes.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await ask({ method: 'POST', path: REGISTRATIONS, body: registration(server) });

  function registration(of: Server): string {
    return JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: `${name}.test.local`,
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          timeoutSeconds: patience,
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          rules: [
            {
              apiGroups: ['*'],
              apiVersions: ['*'],
              operations: ['CREATE', 'UPDATE', 'DELETE'],
              resources: ['*'],
              scope: 'Namespaced',
            },
          ],
          clientConfig: {
            url: `https://127.0.0.1:${(of.address() as AddressInfo).port}/`,
            caBundle: Buffer.from(certificate.cert).toString('base64'),
          },
        },
      ],
    });
  }

  async function close(): Promise<void> {
    await ask({ method: 'DELETE', path: `${REGISTRATIONS}/${name}` });
    server.closeAllConnections();
    server.close();
  }

  const probe = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } });
  const path = `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`;
  for (let tries = 0; !isAsked && tries < 300; tries++) {
    await ask({ method: 'POST', path, body: probe });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (!isAsked) throw new Error('the API server does not ask the webhook');
  return webhook;
}

function reviewOf(review: Json): Review {
  return {
    verb: dig(review, 'request', 'operation') as Review['verb'],
    kind: String(dig(review, 'request', 'kind', 'kind')),
    name: String(dig(review, 'request', 'name') ?? ''),
  };
}

function answer(review: Json, verdict: 'allow' | 'deny'): string {
  const allowed = verdict === 'allow';
  const status = allowed ? {} : { status: { code: 403, message: 'not today' } };
  const response = { uid: dig(review, 'request', 'uid'), allowed, ...status };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}
