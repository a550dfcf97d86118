import { encodeBytes } from '../go/bytes.ts';
import type { Int, Struct, Value } from '../go/value.ts';
import type { MaybePromise } from '../host.ts';
import type { Holder } from './certificates.ts';
import { chargeText } from './charge.ts';
import { nowNanoseconds } from './clock.ts';
import { type FuncTable, type FunctionEnv, fn } from './func.ts';

/**
 * A module that is loaded when a template first needs it, to keep its weight out of everyone else's way. The
 * question is put to `await` each time, because a render that starts again must ask what it asked before.
 */
function onDemand<T>(load: () => Promise<T>): (env: FunctionEnv) => T {
  let loaded: T | undefined;
  return (env) => {
    const module = env.await(() => loaded ?? load());
    loaded = module;
    return module;
  };
}

const aes = onDemand(() => import('./aes.ts'));
const passwords = onDemand(() => import('./passwords.ts'));
const certificates = onDemand(() => import('./certificates.ts'));

const CERTIFICATE = 'sprig.certificate';

/**
 * A certificate, made in one go, so that what it says and its signature are of the same try. The work asks nothing
 * of the clock and of chance: what they say is on record for a render that starts again.
 */
function generate(env: FunctionEnv, holder: Holder, key: string | undefined, signer: Struct | undefined): Struct {
  const { generateCertificate } = certificates(env);
  env.budget.step(KEY_STEPS);
  const { crypto: host, random } = env.host;
  const occasion = { now: nowNanoseconds(env.host.clock), serial: random.bytes(16) };
  return env.await(() => generateCertificate(host, occasion, holder, key, signer));
}

/** What making keys and hashing passwords counts as, so that a template cannot ask for them without end. */
const KEY_STEPS = 150_000;

function holder(commonName: string, ips: Value[] | null, names: Value[] | null, days: Int): Holder {
  return { commonName, ips: ips ?? [], dnsNames: names ?? [], days: BigInt(days.n), authority: false };
}

function authority(commonName: string, days: Int): Holder {
  return { ...holder(commonName, null, null, days), authority: true };
}

/** Go: bcrypt.DefaultCost. */
const COST = 10;

function bcryptHash(env: FunctionEnv, password: string): string {
  env.budget.step(KEY_STEPS);
  const { crypto: native, random, isShared = false } = env.host;
  const bytes = encodeBytes(password);
  if (native.bcrypt && bytes.length > 0 && bytes.length <= 72 && !bytes.includes(0)) {
    return env.await(() => native.bcrypt?.(bytes, COST) as MaybePromise<string>);
  }
  const { bcrypt } = passwords(env);
  const salt = random.bytes(16);
  return env.await(() => bcrypt(salt, password, COST, isShared));
}

/** The functions of sprig's crypto.go that are more than a digest. */
export const crypto: FuncTable = {
  bcrypt: fn(['string'], 'string', bcryptHash),
  buildCustomCert: fn(['string', 'string'], CERTIFICATE, (env, cert, key) => {
    chargeText(env, cert.length + key.length);
    return certificates(env).buildCustomCert(cert, key);
  }),
  decryptAES: fn(['string', 'string'], 'string', (env, password, text) => {
    chargeText(env, text.length);
    return aes(env).decryptAes(password, text);
  }),
  derivePassword: fn(
    ['uint32', 'string', 'string', 'string', 'string'],
    'string',
    (env, counter, type, password, user, site) => {
      const { derivePassword, masterKey, passwordTemplates } = passwords(env);
      env.budget.step(KEY_STEPS);
      const templates = passwordTemplates(type);
      if (templates === undefined) return `cannot find password template ${type}`;
      const key = env.await(() => masterKey(env.host.crypto, password, user));
      return derivePassword(key, templates, site, Number(counter.n));
    },
  ),
  encryptAES: fn(['string', 'string'], 'string', (env, password, text) => {
    chargeText(env, 2 * text.length);
    return aes(env).encryptAes(env.host.random, password, text);
  }),
  genCA: fn(['string', 'int'], CERTIFICATE, (env, name, days) =>
    generate(env, authority(name, days), undefined, undefined),
  ),
  genCAWithKey: fn(['string', 'int', 'string'], CERTIFICATE, (env, name, days, key) =>
    generate(env, authority(name, days), key, undefined),
  ),
  genPrivateKey: fn(['string'], 'string', (env, kind) => {
    const { generatePrivateKey } = certificates(env);
    // An RSA key of 4,096 bits takes several times as long as one of 2,048.
    env.budget.step(kind === '' || kind === 'rsa' ? 3 * KEY_STEPS : KEY_STEPS);
    const { crypto: host } = env.host;
    return env.await(() => generatePrivateKey(host, kind));
  }),
  genSelfSignedCert: fn(['string', 'list', 'list', 'int'], CERTIFICATE, (env, name, ips, names, days) =>
    generate(env, holder(name, ips, names, days), undefined, undefined),
  ),
  genSelfSignedCertWithKey: fn(
    ['string', 'list', 'list', 'int', 'string'],
    CERTIFICATE,
    (env, name, ips, names, days, key) => generate(env, holder(name, ips, names, days), key, undefined),
  ),
  genSignedCert: fn(
    ['string', 'list', 'list', 'int', 'certificate'],
    CERTIFICATE,
    (env, name, ips, names, days, signer) => generate(env, holder(name, ips, names, days), undefined, signer),
  ),
  genSignedCertWithKey: fn(
    ['string', 'list', 'list', 'int', 'certificate', 'string'],
    CERTIFICATE,
    (env, name, ips, names, days, signer, key) => generate(env, holder(name, ips, names, days), key, signer),
  ),
  htpasswd: fn(['string', 'string'], 'string', (env, user, password) => {
    if (user.includes(':')) return `invalid username: ${user}`;
    return `${user}:${bcryptHash(env, password)}`;
  }),
};
