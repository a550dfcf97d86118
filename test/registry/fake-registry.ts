/** A registry that says what it is told to say, for answers that no honest one gives. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { basic, PASSWORD, USERNAME } from './canary.ts';
import { type Packed, sha256, writeChart } from './charts.ts';
import { type Bench, type Outcome, ok, run, show, type User } from './frame.ts';
import { answer, type Handler, type Seen, type Server, type ServerOptions, serve } from './servers.ts';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
export const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
}

/** What the registry says. Everything is left to honesty that is left out. */
export interface Script {
  /** Instead of the honest manifest of the chart. */
  readonly manifest?: (honest: Manifest) => object | string;
  /** The tag's manifest is answered under this digest. */
  readonly digestHeader?: string;
  /** Looks at every request first; true when it has answered. */
  readonly first?: (seen: Seen, response: ServerResponse, server: () => Server) => boolean;
  readonly server?: ServerOptions;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Asks who it is. True, as a script says that it has answered. */
export function challenge(response: ServerResponse): true {
  answer(response, 401, '', { 'www-authenticate': 'Basic realm="canary"' });
  return true;
}

export function descriptorOf(mediaType: string, bytes: Uint8Array | string): Descriptor {
  return { mediaType, digest: `sha256:${sha256(bytes)}`, size: Buffer.byteLength(bytes) };
}

/** Starts it. The chart is `x/NAME:VERSION`. */
export async function fakeRegistry(bench: Bench, chart: Packed, script: Script = {}): Promise<Server> {
  const { name, version } = chart;
  const config = JSON.stringify({ name, version, apiVersion: 'v2' });
  const honest: Manifest = {
    schemaVersion: 2,
    config: descriptorOf(CONFIG, config),
    layers: [descriptorOf(CHART, chart.bytes)],
  };
  const made = script.manifest?.(honest) ?? honest;
  const manifest = typeof made === 'string' ? made : JSON.stringify(made);
  const blobs = new Map<string, Uint8Array | string>([
    [honest.config.digest, config],
    [`sha256:${chart.digest}`, chart.bytes],
  ]);
  const base = `/v2/x/${name}`;
  const handler: Handler = (seen, response) => {
    if (script.first?.(seen, response, () => server)) return;
    const path = seen.url.split('?')[0] ?? '';
    const type = { 'content-type': MANIFEST };
    if (path === '/v2/') return answer(response, 200, '{}');
    if (path === `${base}/tags/list`)
      return answer(response, 200, JSON.stringify({ name: `x/${name}`, tags: [version] }));
    if (path.startsWith(`${base}/manifests/`)) {
      const digest = script.digestHeader ?? `sha256:${sha256(manifest)}`;
      const length = { 'content-length': String(Buffer.byteLength(manifest)) };
      return answer(response, 200, manifest, { ...type, ...length, 'docker-content-digest': digest });
    }
    const blob = blobs.get(path.slice(`${base}/blobs/`.length));
    if (blob !== undefined) return answer(response, 200, blob, { 'content-type': 'application/octet-stream' });
    answer(response, 404, '{"errors":[{"code":"NAME_UNKNOWN","message":"unknown"}]}');
  };
  const server: Server = await serve(bench, handler, script.server);
  return server;
}

/** A user who has logged in with the canary. */
export async function loggedIn(b: Bench, server: Server, env: Readonly<Record<string, string>> = {}): Promise<User> {
  const plain = b.user(b.pintle);
  const user = { ...plain, env: { ...plain.env, ...env } };
  const flags = server.url.startsWith('https') ? ['--insecure'] : ['--plain-http'];
  const args = ['registry', 'login', server.address, '-u', USERNAME, '--password-stdin', ...flags];
  await ok(user, args, { input: PASSWORD });
  return user;
}

/** A user with the password in the file, put there by hand: no login is possible at such servers. */
export async function withPassword(
  b: Bench,
  address: string,
  env: Readonly<Record<string, string>> = {},
): Promise<User> {
  const good = await serve(b, (seen, response) => (knows(seen) ? answer(response, 200, '{}') : challenge(response)));
  const user = await loggedIn(b, good, env);
  const file = join(user.home, 'config/registry/config.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(good.address, address));
  return user;
}

/** The chart's address. */
export const place = (server: Server): string => `oci://${server.address}/x/alpha`;

/** Pulls, renders and depends; none has to succeed. */
export async function askInEveryWay(user: User, url: string, flags = ['--plain-http']): Promise<Outcome[]> {
  const repository = url.slice(0, url.lastIndexOf('/'));
  const metadata = `dependencies:\n  - {name: alpha, version: ^1.0.0, repository: "${repository}"}\n`;
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  return [
    await run(user, ['pull', url, ...flags]),
    await run(user, ['pull', `${url}:1.2.3`, '--untar', ...flags]),
    await run(user, ['template', 'x', `${url}:1.2.3`, ...flags]),
    await run(user, ['dependency', 'update', 'parent', ...flags]),
  ];
}

/** Whether a request brings the canary. */
export const knows = ({ headers }: Seen): boolean => headers.authorization === `Basic ${basic()}`;

/** Refused in words, not by a fault of the program. */
export function typed(outcome: Outcome): void {
  assert.equal(outcome.status, 1, show(outcome));
  assert.match(outcome.stderr, /^Error: ./m, show(outcome));
  assert.doesNotMatch(
    outcome.stderr,
    /TypeError|RangeError|SyntaxError|at .*\.(cjs|js|ts):\d+|is not a function|undefined/,
    show(outcome),
  );
}
