import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, scripted, testClock, testData, testRandom } from '../../test/scripted-transport.ts';
import { PintleError } from '../errors.ts';
import * as apiErrors from './api-error.ts';
import { createClient } from './client.ts';
import type { ApiClient } from './types.ts';

interface Refusals {
  readonly bodies: readonly (readonly [type: string, body: string])[];
  /** Empty group: the core group; `-`: a request about no object. */
  readonly answers: readonly (readonly [
    code: number,
    body: number,
    method: string,
    group: string,
    text: string,
    is: string,
  ])[];
}

const QUESTIONS: Readonly<Record<string, (error: unknown) => boolean>> = {
  AlreadyExists: apiErrors.isAlreadyExists,
  Conflict: apiErrors.isConflict,
  Forbidden: apiErrors.isForbidden,
  Invalid: apiErrors.isInvalid,
  MethodNotAllowed: apiErrors.isMethodNotAllowed,
  NotFound: apiErrors.isNotFound,
  TooLarge: apiErrors.isTooLarge,
  TooManyRequests: apiErrors.isTooManyRequests,
  Unauthorized: apiErrors.isUnauthorized,
  UnsupportedMediaType: apiErrors.isUnsupportedMediaType,
};

function ask(client: ApiClient, method: string, group: string): Promise<unknown> {
  const mapping = { group, version: 'v1', kind: 'Thing', resource: 'things', namespaced: true };
  const ref = { mapping, namespace: 'ns', name: 'n' };
  const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'n' } };
  if (group === '-') return client.json({ method: method as 'GET', path: '/version' });
  switch (method) {
    case 'POST':
      return client.create(mapping, 'ns', object);
    case 'PUT':
      return client.replace(ref, object);
    case 'PATCH':
      return client.patch(ref, 'application/merge-patch+json', {});
    case 'DELETE':
      return client.delete(ref);
  }
  return client.get(ref);
}

test('refusals read as in Go, whatever the body', async () => {
  const { bodies, answers } = testData<Refusals>('cluster/refusals.json');
  assert.ok(answers.length > 200);
  for (const [code, body, method, group, text, is] of answers) {
    const [type, content] = bodies[body] as readonly [string, string];
    const headers = type === '' ? new Map<string, string>() : new Map([['content-type', type]]);
    const transport = scripted(() => ({ ...answer(code, content), headers }));
    const client = createClient(transport, { clock: testClock(), random: testRandom, sleep: async () => {} });
    const error = await ask(client, method, group).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const label = `${method} ${code} ${type} ${content}`;
    assert.ok(error instanceof PintleError, label);
    assert.equal(error.message, text, label);
    const found = Object.keys(QUESTIONS).filter((name) => QUESTIONS[name]?.(error));
    assert.equal(found.join(' '), is, label);
  }
});

test('what causes and reasons an error has', () => {
  const causes = [
    { reason: 'FieldManagerConflict', message: 'conflict with "x" using v1', field: '.data.k' },
    { reason: 'NamespaceTerminating', message: 'namespace shop is being terminated', field: 'metadata.namespace' },
  ];
  const status = {
    kind: 'Status',
    status: 'Failure',
    message: 'm',
    reason: 'Conflict',
    code: 409,
    details: { causes },
  };
  const error = apiErrors.apiError(status, { method: 'PATCH' });
  const outer = new PintleError('RELEASE_FAILED', 'outer', { cause: error });
  assert.deepEqual(apiErrors.causesOf(outer), causes);
  assert.ok(apiErrors.isNamespaceTerminating(outer));
  assert.ok(apiErrors.isConflict(outer));
  assert.equal(apiErrors.codeOf(outer), 409);
  assert.equal(apiErrors.statusOf(new Error('other')), undefined);
  assert.equal(apiErrors.isNotFound(new Error('other')), false);
});
