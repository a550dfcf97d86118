/**
 * Requests to registries, with the credentials that they ask for: Basic, or a token from the server that the
 * challenge names. Go: oras-go registry/remote/auth/client.go
 */
import { PintleError } from '../../errors.ts';
import { encodeBase64 } from '../../go/base64.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { parseUrl, queryEscape } from '../../go/url.ts';
import type { ProgressLine, TlsOptions } from '../../host.ts';
import type { HttpAnswer, HttpClient, HttpOptions } from '../http/client.ts';
import { originOf } from '../http/origin.ts';
import { answerError, orDiscard, prefixed, requestText } from './answer.ts';
import { parseChallenge } from './challenge.ts';
import { decodeJson, type JsonRecord, type JsonStruct } from './json-shape.ts';
import { checkRealm, type Realm, strangerError } from './realm.ts';
import { type Scope, scopesToAsk, scopeText } from './scope.ts';

/** What a registry knows somebody by. */
export interface Credential {
  readonly username?: string;
  readonly password?: string;
  /** An identity token, to be exchanged for access tokens. */
  readonly refreshToken?: string;
  /** A token to be sent as it is. */
  readonly accessToken?: string;
}

export interface AuthOptions {
  readonly http: HttpClient;
  readonly credentials: (host: string) => Promise<Credential | undefined>;
  /** Token servers that may have credentials though they are strangers or inside the network. */
  readonly trustedTokenHosts?: readonly string[];
  readonly tls?: TlsOptions;
}

/** One request to a registry. */
export interface RegistryRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** What a token for it must allow; none for the registry's front door. */
  readonly scopes: readonly Scope[];
  readonly maxBytes?: number;
  readonly progress?: ProgressLine;
  /** The header of an earlier request of the same upload. */
  readonly authorization?: string | undefined;
  /** Try a password grant first where there is no refresh token, as logging in does. */
  readonly forceOAuth2?: boolean;
}

export interface RegistryAnswer extends HttpAnswer {
  /** The header that was accepted, for the next request of an upload. */
  readonly authorization: string | undefined;
}

export interface Authorizer {
  /** Any status is an answer; see {@link answerError}. */
  send(request: RegistryRequest): Promise<RegistryAnswer>;
}

/** Tokens for one host. A registry keeps to one scheme. */
interface HostTokens {
  scheme?: 'basic' | 'bearer';
  /** By what they were asked for. */
  readonly tokens: Map<string, Promise<string>>;
}

/** A request is sent once as it is or with a token that is known, and once with what its challenge asks for. */
const MAX_ATTEMPTS = 2;

/** Go: auth/client.go maxResponseBytes */
const MAX_TOKEN_ANSWER = 131_072;

/** How often a token server may send elsewhere within itself. */
const MAX_TOKEN_REDIRECTS = 3;

export function createAuthorizer(options: AuthOptions): Authorizer {
  const hosts = new Map<string, HostTokens>();
  return { send: (request) => send(options, hosts, request) };
}

async function send(
  options: AuthOptions,
  hosts: Map<string, HostTokens>,
  request: RegistryRequest,
): Promise<RegistryAnswer> {
  const host = hostOf(request.url);
  const cache: HostTokens = hosts.get(host) ?? { tokens: new Map() };
  hosts.set(host, cache);
  let authorization = request.authorization ?? (await cachedHeader(cache, request.scopes));
  for (let attempt = 1; ; attempt++) {
    const answer = await once(options, request, authorization);
    // A challenge from where a redirect led is none of the registry's.
    const final = answer.status !== 401 || request.authorization !== undefined || hostOf(answer.url) !== host;
    if (final || attempt >= MAX_ATTEMPTS) return Object.assign(answer, { authorization });
    const tried = authorization;
    const next = await orDiscard(answer, () => answerChallenge(options, cache, request, answer, tried));
    if (next === undefined) return Object.assign(answer, { authorization });
    await answer.discard();
    authorization = next;
  }
}

function once(options: AuthOptions, request: RegistryRequest, authorization: string | undefined): Promise<HttpAnswer> {
  const { method, url, headers, body, maxBytes, progress } = request;
  const reads = method === 'GET' || method === 'HEAD';
  return options.http.request(url, {
    method,
    // What is written goes to where it was meant to go, or nowhere.
    redirects: reads ? 'follow' : 'none',
    ...given({ headers, body, maxBytes, progress, authorization, tls: options.tls }),
  });
}

/** An object without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function hostOf(url: string): string {
  return originOf(parseUrl(url));
}

async function cachedHeader(cache: HostTokens, scopes: readonly Scope[]): Promise<string | undefined> {
  if (cache.scheme === undefined) return undefined;
  const token = await cache.tokens.get(cacheKey(cache.scheme, scopes));
  return token === undefined ? undefined : header(cache.scheme, token);
}

function cacheKey(scheme: 'basic' | 'bearer', scopes: readonly Scope[]): string {
  return scheme === 'basic' ? 'basic' : `bearer ${scopes.map(scopeText).sort().join(' ')}`;
}

function header(scheme: 'basic' | 'bearer', token: string): string {
  return `${scheme === 'basic' ? 'Basic' : 'Bearer'} ${token}`;
}

/** The header to try next; undefined where there is nothing to try. */
async function answerChallenge(
  options: AuthOptions,
  cache: HostTokens,
  request: RegistryRequest,
  answer: HttpAnswer,
  tried: string | undefined,
): Promise<string | undefined> {
  const { scheme, params } = parseChallenge(answer.headers.get('www-authenticate') ?? '');
  if (scheme === 'unknown') return undefined;
  const key = cacheKey(scheme, request.scopes);
  const known = cache.scheme === scheme ? await cache.tokens.get(key) : undefined;
  // Another request may have got a token in the meantime; one that was refused is worth no second try.
  if (known !== undefined && header(scheme, known) !== tried) return header(scheme, known);
  if (known !== undefined && scheme === 'basic') return undefined;
  const pending = inContext(requestText(request.method, answer.url), () =>
    scheme === 'basic' ? basicToken(options, request.url) : bearerToken(options, request, params),
  );
  if (cache.scheme !== scheme) cache.tokens.clear();
  cache.scheme = scheme;
  cache.tokens.set(key, pending);
  try {
    return header(scheme, await pending);
  } catch (error) {
    if (cache.tokens.get(key) === pending) cache.tokens.delete(key);
    throw error;
  }
}

async function inContext<T>(context: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw prefixed(error, `${context}: `);
  }
}

function authError(text: string, hint?: string): PintleError {
  return new PintleError('AUTH_FAILED', text, hint === undefined ? {} : { hint });
}

/** Go: fetchBasicAuth */
async function basicToken(options: AuthOptions, url: string): Promise<string> {
  const host = hostText(url);
  const credential = await options.credentials(host);
  if (credential === undefined || isEmpty(credential)) {
    throw authError('basic credential not found', `log in first: pintle registry login ${host}`);
  }
  const { username = '', password = '' } = credential;
  if (username === '' || password === '') throw authError('missing username or password for basic auth');
  return encodeBase64(encodeBytes(`${username}:${password}`));
}

/** The host and port as written in the URL. */
function hostText(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
}

function isEmpty({ username, password, refreshToken, accessToken }: Credential): boolean {
  return !username && !password && !refreshToken && !accessToken;
}

/** Go: fetchBearerToken */
async function bearerToken(
  options: AuthOptions,
  request: RegistryRequest,
  params: ReadonlyMap<string, string>,
): Promise<string> {
  const realm = checkRealm(params.get('realm') ?? '', request.url, options.trustedTokenHosts ?? []);
  const host = hostText(request.url);
  const credential = (await options.credentials(host)) ?? {};
  if (credential.accessToken) return credential.accessToken;
  const anonymous = isEmpty(credential);
  if (!anonymous && !realm.trusted) throw strangerError(realm.host, host);
  const service = params.get('service') ?? '';
  const scopes = scopesToAsk(request.scopes, params.get('scope') ?? '');
  const exchange = !anonymous && (credential.refreshToken || request.forceOAuth2);
  return exchange
    ? oauthToken(options, realm, service, scopes, credential)
    : distributionToken(options, realm, service, scopes, credential);
}

const TOKEN: JsonStruct = {
  name: '',
  type: 'struct { Token string "json:\\"token\\""; AccessToken string "json:\\"access_token\\"" }',
  fields: { token: 'string', access_token: 'string' },
};

/** Go: fetchDistributionToken */
async function distributionToken(
  options: AuthOptions,
  realm: Realm,
  service: string,
  scopes: readonly string[],
  { username = '', password = '' }: Credential,
): Promise<string> {
  const query = [...scopes.map((scope) => ['scope', scope]), ...(service === '' ? [] : [['service', service]])];
  const basic = username === '' && password === '' ? undefined : encodeBase64(encodeBytes(`${username}:${password}`));
  const result = await askForToken(options, realm, withQuery(realm.url, query as [string, string][]), {
    method: 'GET',
    ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
  });
  const token = result.record['access_token'] || result.record['token'];
  return tokenText(token, result.context);
}

/** Go: fetchOAuth2Token */
async function oauthToken(
  options: AuthOptions,
  realm: Realm,
  service: string,
  scopes: readonly string[],
  { username, password, refreshToken }: Credential,
): Promise<string> {
  const form: [string, string][] = [];
  if (refreshToken) {
    form.push(['grant_type', 'refresh_token'], ['refresh_token', refreshToken]);
  } else if (username && password) {
    form.push(['grant_type', 'password'], ['username', username], ['password', password]);
  } else {
    throw authError('missing username or password for bearer auth');
  }
  form.push(['service', service], ['client_id', CLIENT_ID]);
  if (scopes.length > 0) form.push(['scope', scopes.join(' ')]);
  const result = await askForToken(options, realm, realm.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: encodeBytes(encodeForm(form)),
  });
  return tokenText(result.record['access_token'], result.context);
}

const CLIENT_ID = 'pintle';

function tokenText(token: unknown, context: string): string {
  if (typeof token !== 'string' || token === '') throw authError(`${context}: empty token returned`);
  // What goes into a header must not be able to end it.
  if (!/^[\x21-\x7e]+$/.test(token)) throw authError(`${context}: token returned has characters that no token has`);
  return token;
}

/** Go: url.Values.Encode */
function encodeForm(pairs: readonly (readonly [string, string])[]): string {
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.map(([key, value]) => `${queryEscape(key)}=${queryEscape(value)}`).join('&');
}

/** A URL with more in its query; a key that is set replaces what the URL had. */
function withQuery(url: string, pairs: readonly (readonly [string, string])[]): string {
  const parsed = new URL(url);
  const kept = [...parsed.searchParams].filter(([key]) => key === 'scope' || !pairs.some(([name]) => name === key));
  const query = encodeForm([...kept, ...pairs]);
  const base = url.replace(/[?#].*$/s, '');
  return query === '' ? base : `${base}?${query}`;
}

/** Sends a request to a token server. It is followed within its own origin only, so that nothing leaks on the way. */
async function askForToken(
  options: AuthOptions,
  realm: Realm,
  url: string,
  request: HttpOptions & { readonly method: string },
): Promise<{ record: JsonRecord; context: string }> {
  let target = url;
  for (let hop = 0; ; hop++) {
    const answer = await options.http.request(target, {
      ...request,
      redirects: 'none',
      addresses: realm.addresses,
      maxBytes: MAX_TOKEN_ANSWER,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
    });
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
      await answer.discard();
      target = nextHop(target, location, hop);
      continue;
    }
    const context = requestText(request.method, answer.url);
    if (answer.status !== 200) throw await answerError(request.method, answer);
    try {
      return { record: decodeJson(decodeBytes(await answer.bytes()), TOKEN), context };
    } catch (error) {
      if (error instanceof GoError) throw authError(`${context}: failed to decode response: ${error.message}`);
      throw error;
    }
  }
}

function nextHop(from: string, location: string, hop: number): string {
  let next: URL | undefined;
  try {
    next = new URL(location, from);
  } catch {
    // Not a URL: refused below.
  }
  if (next === undefined || next.origin !== new URL(from).origin || hop >= MAX_TOKEN_REDIRECTS) {
    throw new PintleError(
      'NETWORK_REFUSED',
      `token server ${hostText(from)} redirects to ${next?.origin ?? location}: refused`,
    );
  }
  return next.href;
}
