/** Tokens of an OpenID provider, renewed when they are old. Go: client-go plugin/pkg/client/auth/oidc, x/oauth2 */
import { PintleError } from '../../errors.ts';
import { decodeBase64 } from '../../go/base64.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { unmarshalJsonMap } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { queryEscape } from '../../go/url.ts';
import { type GoMap, Int } from '../../go/value.ts';
import type { TlsOptions } from '../../host.ts';
import { basicAuth, type HttpAnswer, type HttpClient } from '../../sources/http/client.ts';
import type { Environment } from '../environment.ts';
import { readText } from '../files/read-text.ts';
import { nodeHttpClient } from '../http/client.ts';
import type { ClientConfig } from './client-config.ts';
import type { AuthProviderConfig } from './config.ts';
import type { Authenticator } from './credentials.ts';
import { checkAuthorities } from './tls.ts';
import { writeProviderConfig } from './write-provider.ts';

type Fields = ReadonlyMap<string, string>;

/** How long before its end a token counts as old, in milliseconds. Go: oidc expiryDelta */
const MARGIN = 10_000;
/** How much a provider may say, in bytes. */
const MAX_ANSWER = 1 << 20;
const TIMEOUT = 30_000;

/** What it takes to ask the provider. */
interface Provider {
  readonly http: HttpClient;
  readonly tls: TlsOptions | undefined;
}

/**
 * What makes the authenticator, given the way to the server.
 *
 * @throws GoError
 */
export function oidcAuthenticator(
  config: ClientConfig,
  { config: start }: AuthProviderConfig,
  env: Environment,
): (tls: TlsOptions | undefined) => Authenticator {
  for (const name of ['idp-issuer-url', 'client-id']) {
    if (!start.get(name)) throw new GoError(`Must provide ${name}`);
  }
  const provider = { http: nodeHttpClient({ env, timeout: TIMEOUT }), tls: providerTls(start) };
  let fields = start;
  let running: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    const newer = await refresh(fields, provider);
    try {
      await writeProviderConfig(config.user.origin, config.userName, newer);
    } catch (error) {
      if (!(error instanceof PintleError) && !(error instanceof GoError)) throw error;
      throw new GoError(`could not persist new tokens: ${error.message}`);
    }
    fields = newer;
    return newer.get('id-token') as string;
  };
  return (tls) => ({
    async credentials() {
      const token = fields.get('id-token') ?? '';
      if (token !== '' && isValid(token)) return { authorization: `Bearer ${token}`, tls };
      running ??= renew().finally(() => {
        running = undefined;
      });
      return { authorization: `Bearer ${await running}`, tls };
    },
  });
}

function providerTls(fields: Fields): TlsOptions | undefined {
  const data = fields.get('idp-certificate-authority-data') ?? '';
  const file = fields.get('idp-certificate-authority') ?? '';
  if (data === '' && file === '') return undefined;
  const ca = data === '' ? readText(file) : decodeText(data);
  checkAuthorities(ca);
  return { ca };
}

function decodeText(base64: string): string {
  const bytes = decodeBase64(base64);
  if (bytes instanceof Uint8Array) return decodeBytes(bytes);
  throw new GoError(`illegal base64 data at input byte ${bytes.errorAt}`);
}

/** Go: oidc idTokenExpired, which says whether it is not. */
function isValid(token: string): boolean {
  const parts = token.split('.');
  if (parts.length !== 3) throw new GoError('ID Token is not a valid JWT');
  const payload = (parts[1] as string).replaceAll('-', '+').replaceAll('_', '/');
  const claims = readMap(decodeText(payload.padEnd(Math.ceil(payload.length / 4) * 4, '=')), 'parsing claims');
  const expiry = claims.get('exp');
  const seconds = expiry instanceof Int ? Number(expiry.n) : typeof expiry === 'number' ? Math.trunc(expiry) : 0;
  return Date.now() + MARGIN < seconds * 1000;
}

/** The provider's fields with newer tokens. Go: oidcAuthProvider.idToken */
async function refresh(fields: Fields, provider: Provider): Promise<Fields> {
  const refreshToken = fields.get('refresh-token') ?? '';
  if (refreshToken === '') throw new GoError('No valid id-token, and cannot refresh without refresh-token');
  const endpoint = await tokenEndpoint(fields.get('idp-issuer-url') as string, provider);
  const answer = await askToken(endpoint, fields, refreshToken, provider);
  const idToken = answer.get('id_token');
  if (typeof idToken !== 'string') {
    throw new GoError(
      'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response',
    );
  }
  const newer = new Map(fields).set('id-token', idToken);
  const next = answer.get('refresh_token');
  if (typeof next === 'string' && next !== '') newer.set('refresh-token', next);
  return newer;
}

/** Go: oidc tokenEndpoint */
async function tokenEndpoint(issuer: string, { http, tls }: Provider): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await http.request(url, { ...(tls && { tls }), maxBytes: MAX_ANSWER });
  const text = decodeBytes(await answer.bytes());
  if (answer.status !== 200) {
    const short = text.length > 80 ? `${text.slice(0, 80)}...` : text;
    throw new GoError(`oidc: failed to query metadata endpoint ${statusText(answer)}: ${quote(short)}`);
  }
  const endpoint = readMap(text, 'oidc: failed to decode provider discovery object').get('token_endpoint');
  if (typeof endpoint === 'string' && endpoint !== '') return endpoint;
  throw new GoError("oidc: discovery object doesn't contain a token_endpoint");
}

function statusText({ status, statusText }: HttpAnswer): string {
  return `${status} ${statusText}`.trim();
}

/** First with the client's secret as a password, then as part of the form. Go: oauth2 internal.RetrieveToken */
async function askToken(url: string, fields: Fields, refreshToken: string, provider: Provider): Promise<GoMap> {
  const id = fields.get('client-id') ?? '';
  const secret = fields.get('client-secret') ?? '';
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  try {
    const authorization = basicAuth(queryEscape(id), queryEscape(secret));
    return await postForm(url, form, authorization, provider);
  } catch (error) {
    if (!(error instanceof GoError) && !(error instanceof PintleError)) throw error;
  }
  try {
    const whole = { client_id: id, ...(secret !== '' && { client_secret: secret }), ...form };
    return await postForm(url, whole, undefined, provider);
  } catch (error) {
    if (!(error instanceof GoError) && !(error instanceof PintleError)) throw error;
    throw new GoError(`failed to refresh token: ${error.message}`);
  }
}

/** Go: oauth2 internal.doTokenRoundTrip */
async function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  authorization: string | undefined,
  { http, tls }: Provider,
): Promise<GoMap> {
  const body = Object.entries(form)
    .map(([name, value]) => `${name}=${queryEscape(value)}`)
    .join('&');
  const answer = await http.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: encodeBytes(body),
    redirects: 'none',
    maxBytes: MAX_ANSWER,
    ...(tls && { tls }),
    ...(authorization !== undefined && { authorization }),
  });
  const text = decodeBytes(await answer.bytes());
  const failed = answer.status < 200 || answer.status > 299;
  const fault = new GoError(`oauth2: cannot fetch token: ${statusText(answer)}\nResponse: ${text}`);
  let fields: GoMap;
  try {
    fields = readMap(text, 'oauth2: cannot parse json');
  } catch (error) {
    throw failed ? fault : error;
  }
  const said = ['error', 'error_description', 'error_uri'].map((name) => fields.get(name)).filter((value) => value);
  if (fields.get('error')) throw new GoError(`oauth2: ${said.map((value) => quote(String(value))).join(' ')}`);
  if (failed) throw fault;
  if (!fields.get('access_token')) throw new GoError('oauth2: server response missing access_token');
  return fields;
}

function readMap(text: string, doing: string): GoMap {
  try {
    const { value, error } = unmarshalJsonMap(text);
    if (error !== undefined) throw new GoError(error);
    return value;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`${doing}: ${error.message}`);
  }
}
