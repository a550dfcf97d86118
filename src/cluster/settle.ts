/** Whether an object in the cluster is the one that was sent, when the answer to sending it was lost. */
import { decodeBase64 } from '../go/base64.ts';
import { decodeBytes } from '../go/bytes.ts';
import { isList, isObject, type Json, type KubeObject, own } from './json.ts';

/** Fields that the server fills in or passes over. */
const NOT_SENT = new Set(['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid']);

/** Everything that was sent is there; what the server added is no matter. */
export function isSameObject(sent: KubeObject, live: KubeObject): boolean {
  for (const [key, value] of Object.entries(sent)) {
    if (key === 'status') continue;
    if (key === 'metadata') {
      if (!hasMeta(value, own(live, 'metadata'))) return false;
    } else if (key === 'stringData' && sent.kind === 'Secret') {
      if (!hasStrings(value, own(live, 'data'))) return false;
    } else if (!contains(own(live, key), value)) return false;
  }
  return true;
}

function hasMeta(sent: Json | undefined, live: Json | undefined): boolean {
  if (!isObject(sent)) return true;
  return Object.entries(sent).every(([key, value]) => NOT_SENT.has(key) || contains(own(live, key), value));
}

function hasStrings(sent: Json | undefined, live: Json | undefined): boolean {
  if (!isObject(sent)) return true;
  return Object.entries(sent).every(([key, value]) => {
    const text = own(live, key);
    const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
    return bytes instanceof Uint8Array && decodeBytes(bytes) === value;
  });
}

function contains(live: Json | undefined, sent: Json | undefined): boolean {
  if (isEmpty(sent)) return isEmpty(live);
  if (isList(sent))
    return isList(live) && live.length === sent.length && sent.every((item, i) => contains(live[i], item));
  if (isObject(sent))
    return isObject(live) && Object.entries(sent).every(([key, value]) => contains(own(live, key), value));
  return live === sent || (typeof live === 'string' && isSameQuantity(live, sent));
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;
const SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The server writes `1000m` as `1`. Go: resource.Quantity */
function isSameQuantity(live: string, sent: Json | undefined): boolean {
  const amount = amountOf(live);
  return amount !== undefined && amount === amountOf(typeof sent === 'number' ? String(sent) : sent);
}

/** As far as doubles go, which is enough to tell two texts for one amount from two amounts. */
function amountOf(text: Json | undefined): number | undefined {
  const match = typeof text === 'string' ? QUANTITY.exec(text) : null;
  if (match === null) return undefined;
  const [, number, suffix = ''] = match;
  if (/^[eE][+-]?\d/.test(suffix)) return Number(`${number}${suffix}`);
  const power = SUFFIXES.indexOf(suffix);
  const amount = power >= 0 ? Number(`${number}e${(power - 3) * 3}`) : Number(number) * 1024 ** BINARY.indexOf(suffix);
  return Number(amount.toPrecision(12));
}

/** What the server may leave out. */
function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}
