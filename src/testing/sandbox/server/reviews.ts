/** Questions about who may do what: in a sandbox, everybody may do everything. */
import { isObject, type Json, own, parseJson } from '../../../cluster/json.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import type { Request } from './request.ts';

const USER: Json = { username: 'sandbox', groups: ['system:masters', 'system:authenticated'] };

/** The answer to a review, or undefined for all other requests. */
export function reviewAnswer({ method, resource, body }: Request): Answer | undefined {
  if (method !== 'POST' || !/^(authorization|authentication)\.k8s\.io$/.test(resource.group)) return undefined;
  const sent = parseJson(body || '{}');
  const review = isObject(sent) ? sent : {};
  const metadata = own(review, 'metadata') ?? {};
  const { group, version, kind } = resource;
  const head = { kind, apiVersion: `${group}/${version}`, metadata };
  return jsonAnswer(201, { ...head, spec: own(review, 'spec') ?? {}, status: statusOf(resource.kind) });
}

function statusOf(kind: string): Json {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: USER };
    case 'TokenReview':
      return { authenticated: true, user: USER };
    case 'SelfSubjectRulesReview':
      return {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      };
    default:
      return { allowed: true };
  }
}
