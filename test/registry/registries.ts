/** The registries that the rig has started, and what a case asks them without any of the programs. */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { type Bench, ok, type Program, type User } from './frame.ts';

export const VARIANTS = ['plain', 'auth', 'tls', 'auth-tls'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface Registry {
  readonly variant: Variant;
  /** Host and port. */
  readonly address: string;
  readonly scheme: 'http' | 'https';
  readonly username: string;
  readonly password: string;
  /** A file; empty where there is no TLS. */
  readonly ca: string;
  /** Flags with which commands reach it. */
  readonly flags: readonly string[];
}

/** A registry that `test/rig/registry.sh up` has started. */
export function readRegistry(rig: string, variant: Variant): Registry {
  const told = JSON.parse(readFileSync(join(rig, variant, 'registry.json'), 'utf8')) as Omit<
    Registry,
    'variant' | 'flags'
  >;
  return { ...told, variant, flags: told.scheme === 'http' ? ['--plain-http'] : ['--ca-file', told.ca] };
}

/** Who sends to whom: both ways everywhere, and Pintle to itself where that is easiest. */
export function pairsFor({
  variant,
}: Registry): readonly (readonly [from: 'helm' | 'pintle', to: 'helm' | 'pintle'])[] {
  const both = [
    ['helm', 'pintle'],
    ['pintle', 'helm'],
  ] as const;
  return variant === 'plain' ? [...both, ['pintle', 'pintle']] : both;
}

/** The questions of a long list for one registry: all of them for the plain one, and a third for each of the others. */
export function shareOf<T>({ variant }: Registry, questions: readonly T[]): readonly T[] {
  if (variant === 'plain') return questions;
  return questions.filter((_, n) => n % 3 === VARIANTS.indexOf(variant) - 1);
}

/** Logs a user in, where the registry wants that. */
export async function login(user: User, registry: Registry): Promise<void> {
  if (registry.username === '') return;
  const args = ['registry', 'login', registry.address, '-u', registry.username, '--password-stdin'];
  await ok(user, [...args, ...registry.flags], { input: registry.password });
}

/** A new user who is logged in. */
export async function visitor(bench: Bench, program: Program, registry: Registry): Promise<User> {
  const user = bench.user(program);
  await login(user, registry);
  return user;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request by the suite itself, with the registry's password. */
export function ask(
  registry: Registry,
  path: string,
  options: { method?: string; body?: Uint8Array | string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const secret = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  const headers = { ...(registry.username ? { authorization: `Basic ${secret}` } : {}), ...options.headers };
  const settings = { method: options.method ?? 'GET', headers };
  const url = path.startsWith('http') ? path : `${registry.scheme}://${registry.address}${path}`;
  return new Promise((resolve, reject) => {
    const request =
      registry.scheme === 'https'
        ? httpsRequest(url, { ...settings, ca: readFileSync(registry.ca) })
        : httpRequest(url, settings);
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.end(options.body);
  });
}

/** The manifest behind a tag or digest. */
export async function manifestOf(registry: Registry, repository: string, reference: string): Promise<Answer> {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
  const answer = await ask(registry, `/v2/${repository}/manifests/${reference}`, { headers });
  if (answer.status !== 200) throw new Error(`no manifest ${repository}:${reference}: ${answer.status} ${answer.body}`);
  return answer;
}

/** Puts a blob and answers with its descriptor, for manifests that no program would make. */
export async function putBlob(
  registry: Registry,
  repository: string,
  mediaType: string,
  bytes: Uint8Array,
  digest: string,
): Promise<{ mediaType: string; digest: string; size: number }> {
  const start = await ask(registry, `/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(start.headers.location ?? '', `${registry.scheme}://${registry.address}`);
  place.searchParams.set('digest', digest);
  const end = await ask(registry, place.href, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
  });
  if (end.status !== 201) throw new Error(`the registry does not take the blob: ${end.status} ${end.body}`);
  return { mediaType, digest, size: bytes.length };
}

/** Puts a manifest under a tag. */
export async function putManifest(
  registry: Registry,
  repository: string,
  tag: string,
  manifest: string,
  mediaType = 'application/vnd.oci.image.manifest.v1+json',
): Promise<void> {
  const answer = await ask(registry, `/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    body: manifest,
    headers: { 'content-type': mediaType },
  });
  if (answer.status !== 201)
    throw new Error(`the registry does not take the manifest: ${answer.status} ${answer.body}`);
}
