/** Registries that send elsewhere or on and on: rows D2 and D8 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ear, heard, silent } from './canary.ts';
import type { Packed } from './charts.ts';
import type { Freight } from './exchange.ts';
import { askInEveryWay, challenge, fakeRegistry, knows, loggedIn, place, type Script, typed } from './fake-registry.ts';
import { type Bench, type Case, namesBelow, ok, refused, run, show } from './frame.ts';
import { answer, type Certificates, lines, type Seen } from './servers.ts';

/** The cases. Most have no counterpart in Helm. */
export function hostileRegistryCases(freight: Freight, certificates: Certificates): Case[] {
  const cases: Case[] = [];
  const add = (name: string, work: (b: Bench, chart: Packed) => Promise<void>): void => {
    const run = async (b: Bench): Promise<void> => work(b, await freight.pack({ name: 'alpha', version: '1.2.3' }));
    cases.push({ name, run, ours: true });
  };
  for (const status of [301, 302, 307, 308]) {
    add(`D2 ${status} of tags, manifest and blob to another port and name`, (b, chart) =>
      blobRedirect(b, chart, status),
    );
  }
  add('D2 an upload whose Location is elsewhere: neither password nor chart goes there', uploadElsewhere);
  add('D2 a redirected upload: neither password nor chart goes there', uploadRedirected);
  add('D2 blobs over https that redirect to http are refused', (b, chart) => blobDowngrade(b, chart, certificates));
  add('D8 a million tags', manyTags);
  add('D8 pages of tags without end', endlessPages);
  add('D8 pages of tags elsewhere', strayPages);
  return cases;
}

async function blobRedirect(b: Bench, chart: Packed, status: number): Promise<void> {
  for (const host of ['127.0.0.1', 'localhost']) {
    const stranger = await fakeRegistry(b, chart);
    let redirects = (url: string): boolean => url.includes('/blobs/');
    const first: Script['first'] = (seen, response) => {
      if (!knows(seen)) return challenge(response);
      if (seen.url === '/v2/' || !redirects(seen.url)) return false;
      answer(response, status, '', { location: `http://${host}:${stranger.port}${seen.url}` });
      return true;
    };
    const own = await fakeRegistry(b, chart, { first });
    const user = await loggedIn(b, own);
    await ok(user, ['pull', place(own), '--plain-http']);
    assert.ok(readFileSync(join(user.work, chart.fileName)).equals(chart.bytes));
    assert.ok(lines(stranger.seen).some((line) => line.includes('/blobs/')));
    redirects = () => true;
    await askInEveryWay(user, place(own));
    heard(own);
    silent(stranger);
  }
}

/** A registry that takes uploads: `location` says where the second step of one is. */
async function uploads(
  b: Bench,
  chart: Packed,
  step: (seen: Seen) => { status: number; location: string } | undefined,
) {
  const own = await fakeRegistry(b, chart, {
    first: (seen, response) => {
      if (!knows(seen)) return challenge(response);
      if (seen.url === '/v2/') return false;
      const next = step(seen);
      if (next) answer(response, next.status, '', { location: next.location });
      else answer(response, seen.method === 'PUT' ? 201 : 404, '');
      return true;
    },
  });
  return own;
}

async function uploadElsewhere(b: Bench, chart: Packed): Promise<void> {
  for (const host of ['127.0.0.1', 'localhost']) {
    const stranger = await ear(b, (_, response) => answer(response, 201, ''));
    const own = await uploads(b, chart, ({ method, url }) =>
      method === 'POST' && url.includes('/uploads/')
        ? { status: 202, location: `http://${host}:${stranger.port}/upload?a=b` }
        : undefined,
    );
    const user = await loggedIn(b, own);
    await run(user, ['push', chart.path, `oci://${own.address}/x`, '--plain-http']);
    heard(own);
    silent(stranger);
    // The bytes of a chart go only where they were meant to go.
    for (const { body } of stranger.seen) assert.equal(body.length, 0, 'the chart went to a stranger');
  }
}

async function uploadRedirected(b: Bench, chart: Packed): Promise<void> {
  for (const status of [301, 302, 307, 308]) {
    const stranger = await ear(b, (_, response) => answer(response, 201, ''));
    const own = await uploads(b, chart, ({ method, url }) => {
      if (method === 'POST') return { status: 202, location: '/v2/x/alpha/blobs/uploads/1' };
      return method === 'PUT' ? { status, location: `${stranger.url}${url}` } : undefined;
    });
    const user = await loggedIn(b, own);
    const outcome = await run(user, ['push', chart.path, `oci://${own.address}/x`, '--plain-http']);
    assert.equal(outcome.status, 1, show(outcome));
    silent(stranger);
    for (const { body } of stranger.seen) assert.equal(body.length, 0, 'the chart went to a stranger');
  }
}

async function blobDowngrade(b: Bench, chart: Packed, certificates: Certificates): Promise<void> {
  const stranger = await fakeRegistry(b, chart);
  const own = await fakeRegistry(b, chart, {
    server: { tls: certificates },
    first: (seen, response) => {
      if (!seen.url.includes('/blobs/')) return false;
      answer(response, 307, '', { location: `${stranger.url}${seen.url}` });
      return true;
    },
  });
  const user = b.user(b.pintle);
  await refused(user, ['pull', place(own), '--ca-file', certificates.ca], /https to http/);
  assert.deepEqual(lines(stranger.seen), []);
  assert.deepEqual(namesBelow(user.work), []);
}

const TAGS = '/v2/x/alpha/tags/list';

async function manyTags(b: Bench, chart: Packed): Promise<void> {
  const tags = JSON.stringify({ name: 'x/alpha', tags: Array.from({ length: 1_000_000 }, (_, n) => `0.0.${n}`) });
  const registry = await fakeRegistry(b, chart, {
    first: ({ url }, response) => {
      if (url === TAGS) answer(response, 200, tags);
      return url === TAGS;
    },
  });
  const start = performance.now();
  const outcome = await run(b.user(b.pintle), ['pull', place(registry), '--version', '^9', '--plain-http']);
  typed(outcome);
  assert.ok(performance.now() - start < 20_000, 'took too long');
}

async function endlessPages(b: Bench, chart: Packed): Promise<void> {
  let page = 0;
  const registry = await fakeRegistry(b, chart, {
    first: ({ url }, response) => {
      if (!url.startsWith(TAGS)) return false;
      page++;
      const link = `<${TAGS}?n=1&last=${page}>; rel="next"`;
      answer(response, 200, JSON.stringify({ name: 'x/alpha', tags: [`0.0.${page}`] }), { link });
      return true;
    },
  });
  typed(await run(b.user(b.pintle), ['pull', place(registry), '--plain-http']));
  assert.ok(page < 20_000, `${page} pages`);
}

async function strayPages(b: Bench, chart: Packed): Promise<void> {
  const stranger = await ear(b, (_, response) => answer(response, 200, JSON.stringify({ tags: ['9.9.9'] })));
  const registry = await fakeRegistry(b, chart, {
    first: (seen, response) => {
      if (!knows(seen)) return challenge(response);
      if (!seen.url.startsWith(TAGS)) return false;
      const link = `<${stranger.url}${TAGS}?n=1>; rel="next"`;
      answer(response, 200, JSON.stringify({ tags: ['1.2.3'] }), { link });
      return true;
    },
  });
  const user = await loggedIn(b, registry);
  await run(user, ['pull', place(registry), '--plain-http']);
  heard(registry);
  silent(stranger);
}
