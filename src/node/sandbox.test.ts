import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { webHost } from '../host-web.ts';
import type { Sandbox } from '../testing/sandbox/sandbox.ts';
import { deleteSandbox, hasSandbox, openSandbox } from './sandbox.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

async function ask(sandbox: Sandbox, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<number> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await sandbox.transport.send({ method, path, ...text });
  for await (const _ of answer.body);
  return answer.status;
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pintle-sandbox-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what one process did the next one finds, and both see what the other does meanwhile', () =>
  withFolder(async (folder) => {
    const [one, two] = [openSandbox(folder, webHost()), openSandbox(folder, webHost())];
    assert.equal(await ask(one, 'POST', MAPS, { metadata: { name: 'a' } }), 201);
    assert.equal(await ask(two, 'GET', `${MAPS}/a`), 200);
    assert.equal(await ask(two, 'DELETE', `${MAPS}/a`), 200);
    assert.equal(await ask(one, 'GET', `${MAPS}/a`), 404);
    assert.equal(await ask(openSandbox(folder, webHost()), 'GET', `${MAPS}/kube-root-ca.crt`), 200);
  }));

test('a line without an end counts for nothing and is written over', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'state.jsonl');
    await ask(openSandbox(folder, webHost()), 'POST', MAPS, { metadata: { name: 'a' } });
    appendFileSync(file, '[{"storage":"configmaps","key":"def');
    const next = openSandbox(folder, webHost());
    assert.equal(await ask(next, 'GET', `${MAPS}/a`), 200);
    assert.equal(await ask(next, 'POST', MAPS, { metadata: { name: 'b' } }), 201);
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) JSON.parse(line);
    assert.equal(await ask(openSandbox(folder, webHost()), 'GET', `${MAPS}/b`), 200);
  }));

test('a reset in one process is seen by another', () =>
  withFolder(async (folder) => {
    const [one, two] = [openSandbox(folder, webHost()), openSandbox(folder, webHost())];
    await ask(one, 'POST', MAPS, { metadata: { name: 'a' } });
    assert.equal(await ask(two, 'GET', `${MAPS}/a`), 200);
    await deleteSandbox(folder);
    assert.equal(hasSandbox(folder), false);
    assert.equal(await ask(two, 'GET', `${MAPS}/a`), 404);
  }));

test('a file of something else is not taken for a cluster', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'state.jsonl'), '{"format":"other"}\n');
    await assert.rejects(ask(openSandbox(folder, webHost()), 'GET', MAPS), { code: 'FILE_IO' });
  }));
