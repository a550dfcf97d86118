import { GoError, GoPanic } from '../go/error.ts';
import { formatUrl, formatUserinfo, hostname, parseUrl, type Userinfo } from '../go/url.ts';
import { type GoMap, kindOf, type Value } from '../go/value.ts';
import { chargeText } from './charge.ts';
import { type FuncTable, type FunctionEnv, fn } from './func.ts';
import { nilDereference } from './strval.ts';

/** The panic that sprig makes of an error. */
function orPanic<T>(doing: string, parse: () => T): T {
  try {
    return parse();
  } catch (err) {
    if (err instanceof GoError) throw new GoPanic(`${doing}: ${err.message}`);
    throw err;
  }
}

/** sprig: url.go urlParse */
function urlParse(env: FunctionEnv, text: string): GoMap {
  chargeText(env, text.length);
  const url = orPanic('unable to parse url', () => parseUrl(text));
  return new Map<string, Value>([
    ['fragment', url.fragment],
    ['host', url.host],
    ['hostname', hostname(url)],
    ['opaque', url.opaque],
    ['path', url.path],
    ['query', url.rawQuery],
    ['scheme', url.scheme],
    ['userinfo', url.user ? formatUserinfo(url.user) : ''],
  ]);
}

/** sprig: url.go dictGetOrEmpty */
function part(map: GoMap, key: string): string {
  const value = map.get(key);
  if (value === undefined) return '';
  if (value === null) throw nilDereference();
  if (typeof value === 'string') return value;
  throw new GoPanic(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
}

/** sprig: url.go urlJoin */
function urlJoin(env: FunctionEnv, map: GoMap): string {
  const url = {
    scheme: part(map, 'scheme'),
    host: part(map, 'host'),
    path: part(map, 'path'),
    rawQuery: part(map, 'query'),
    opaque: part(map, 'opaque'),
    fragment: part(map, 'fragment'),
  };
  const userinfo = part(map, 'userinfo');
  let user: Userinfo | undefined;
  if (userinfo !== '') {
    user = orPanic('unable to parse userinfo in dict', () => parseUrl(`proto://${userinfo}@host`)).user;
  }
  const text = formatUrl({ ...url, user });
  chargeText(env, text.length);
  return text;
}

/** sprig: url.go. Names are resolved by the render stage, or not at all. */
export const network: FuncTable = {
  urlJoin: fn(['map'], 'string', (env, map) => urlJoin(env, map ?? new Map())),
  urlParse: fn(['string'], 'map[string]interface {}', urlParse),
};
