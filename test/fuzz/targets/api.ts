/** What API servers say: JSON, errors and watches. */
import fc from 'fast-check';
import { statusOfAnswer } from '../../../src/cluster/api-error.ts';
import { type Json, own, parseJson, printJson, toValue } from '../../../src/cluster/json.ts';
import { sortKeys } from '../../../src/cluster/patch/kinds.ts';
import type { ApiAnswer, ResourceMapping, WatchEvent } from '../../../src/cluster/types.ts';
import { watchObjects } from '../../../src/cluster/watch.ts';
import { marshalJson } from '../../../src/go/json.ts';
import { parseJson as parseExactly } from '../../../src/go/json-parse.ts';
import { sameAnswer } from '../compare.ts';
import { type Answer, base64, finding, type Question, type Target } from '../target.ts';
import { FEW, hasKeyTwice, list, NUMBERS, some } from './json-shapes.ts';
import { readJson } from './patch.ts';

export function utf8(input: Uint8Array): string {
  return Buffer.from(input).toString('utf8');
}

/** JSON that is asked about: keys that are there twice are no server's. */
export function asks(call: string): (input: Uint8Array) => Question | undefined {
  return (input) => (hasKeyTwice(utf8(input)) ? undefined : { call, args: [base64(Buffer.from(utf8(input)))] });
}

/** The quick way of reading has to give what the exact one gives. */
function readBothWays(text: string): Json {
  const value = readJson(text);
  const { value: exact } = parseExactly(text);
  // The integer that Kubernetes' reader makes of it has no sign.
  const plain = (json: string): string => json.replace(/-0(?![.\d])/g, '0');
  if (plain(marshalJson(exact)) !== plain(marshalJson(asFloats(toValue(value)))))
    finding(`read as ${printJson(value)}`);
  // A float without a fraction is an integer when it is read again, as in Go.
  const again = marshalJson(asFloats(toValue(parseJson(printJson(value)))));
  if (again !== marshalJson(asFloats(toValue(value)))) finding('JSON changes when it is written and read again');
  return value;
}

/** As encoding/json reads all numbers. */
function asFloats(value: ReturnType<typeof toValue>): ReturnType<typeof toValue> {
  return parseExactly(marshalJson(value)).value;
}

const MAPPING = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true } as ResourceMapping;

/** What a watch tells of a body that comes in chunks. */
async function watched(body: Uint8Array, chunk: number): Promise<string> {
  const ended = new AbortController();
  let connections = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += chunk) yield body.subarray(at, at + chunk);
  }
  const context = {
    list: async () => ({ items: [], resourceVersion: '1' }),
    stream: async (): Promise<ApiAnswer> => {
      if (++connections > 1) ended.abort();
      return { status: 200, headers: {}, body: chunks() } as unknown as ApiAnswer;
    },
    random: { bytes: (count: number) => new Uint8Array(count) },
    sleep: async () => {},
  };
  const events: WatchEvent[] = [];
  for await (const event of watchObjects(context as never, MAPPING, { signal: ended.signal } as never)) {
    events.push(event);
    if (connections > 1 || events.length > 200) ended.abort();
  }
  return printJson(events as unknown as Json);
}

/** The first line says how an answer comes: code, method, type, `Retry-After` and group; the rest is its body. */
function answerOf(input: Uint8Array): { readonly parts: readonly string[]; readonly body: string } {
  const text = utf8(input);
  const end = text.indexOf('\n');
  return { parts: text.slice(0, end < 0 ? text.length : end).split('|'), body: end < 0 ? '' : text.slice(end + 1) };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function askedOf(input: Uint8Array): Readonly<Record<'Method' | 'Type' | 'RetryAfter' | 'Group', string>> & {
  readonly Code: number;
} {
  const [code = '', method = '', type = '', retryAfter = '', group = ''] = answerOf(input).parts;
  const plain = (text: string): string => text.replace(/[^\x21-\x7e ]/g, '').trim();
  return {
    Code: /^[45]\d\d$/.test(code) ? Number(code) : 500,
    Method: METHODS.includes(method) ? method : 'GET',
    ...{ Type: plain(type), RetryAfter: plain(retryAfter), Group: plain(group) },
  };
}

const STATUS = some({
  ...{ kind: fc.constantFrom('Status', 'Pod'), apiVersion: fc.constantFrom('v1', 'v2'), message: FEW, code: NUMBERS },
  ...{ status: fc.constantFrom('Failure', 'Success'), reason: fc.constantFrom('NotFound', 'Conflict', '') },
  details: some({ name: FEW, causes: list(some({ message: FEW, reason: FEW })), retryAfterSeconds: NUMBERS }),
}).map((status) => JSON.stringify(status));

/** A Status is typed: what does not fit is no Status for Go, and for us one with what fits. Servers send none such. */
function sameStatus(ours: Answer, helm: Answer): boolean {
  if (sameAnswer(ours, helm) || ('err' in helm && helm.err.startsWith('panic: '))) return true;
  return 'ok' in ours && Array.isArray(ours.ok) && ours.ok[3] === 'odd';
}

/** Whether a body is a Status that Go's type can hold. */
function isOdd(body: string): boolean {
  try {
    const value = parseJson(body);
    const fits = (key: string, type: string): boolean => ['undefined', type].includes(typeof own(value, key));
    const known = own(value, 'apiVersion') === 'v1' && Number.isInteger(own(value, 'code') ?? 0);
    // Its metadata and details are typed, too.
    if (own(value, 'details') !== undefined || own(value, 'metadata') !== undefined) return true;
    return !(known && fits('message', 'string') && fits('reason', 'string') && fits('status', 'string'));
  } catch {
    return true;
  }
}

export const apiTargets: readonly Target[] = [
  {
    name: 'cluster-json',
    seeds: [
      '{"a":9223372036854775807,"b":[1.5,-0,1e21],"c":"\\ud800\\u2028"}',
      '{"\\n":1,"\\\\":2}',
      '[{"a":null},{}]',
    ],
    words: ['9007199254740993', '1e400', '-0', '\\u0000', '\\ud83d\\ude00', '"__proto__"', '{', '[', ':', ','],
    shape: fc.json({ maxDepth: 4 }),
    run: (input) => marshalJson(toValue(sortKeys(readBothWays(utf8(input)))), { escapeHtml: false }),
    question: asks('cluster-json'),
    same: sameAnswer,
  },
  {
    name: 'api-error',
    seeds: [
      '404|GET|application/json||apps\n{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"NotFound","code":404}',
      '503|POST|text/plain|5|\nno room',
      '500|PATCH|||\nbroken',
      '403|DELETE|text/html; charset=utf-8||\n<html>',
    ],
    words: [
      'application/json',
      'text/plain',
      '{"kind":"Status"',
      '"status":"Failure"',
      '"message"',
      '"code"',
      '|',
      '429',
    ],
    shape: fc
      .tuple(
        fc.constantFrom(
          '400',
          '401',
          '403',
          '404',
          '405',
          '406',
          '409',
          '415',
          '418',
          '422',
          '429',
          '500',
          '503',
          '504',
        ),
        fc.constantFrom(...METHODS),
        fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', '', 'text/html', 'x/y'),
        fc.constantFrom('', '5', 'x'),
        fc.constantFrom('', 'apps'),
        fc.oneof(STATUS, fc.string()),
      )
      .map(([code, method, type, after, group, body]) => `${code}|${method}|${type}|${after}|${group}\n${body}`),
    run: (input) => {
      const { Code, Method, Type, RetryAfter, Group } = askedOf(input);
      const { body } = answerOf(input);
      const asked = { method: Method, mapping: { group: Group, resource: 'things' }, name: 'web' };
      const { code, reason, message } = statusOfAnswer(Code, Type, RetryAfter, body, asked);
      const isStatus = body.includes('"Status"') || body.includes('\\u');
      return [code ?? 0, reason ?? '', message ?? '', ...(isStatus && isOdd(body) ? ['odd'] : [])];
    },
    question: (input) => {
      const { body } = answerOf(input);
      // What is no media type has words of its own, which no server is met with.
      if (!/^(?:\w+\/[\w.+-]+(?:; ?\w+=[\w-]+)*)?$/.test(askedOf(input).Type)) return undefined;
      return { call: 'api-error', args: [JSON.stringify({ ...askedOf(input), Body: base64(Buffer.from(body)) })] };
    },
    same: sameStatus,
  },
  {
    name: 'watch-lines',
    seeds: [
      '{"type":"ADDED","object":{"metadata":{"resourceVersion":"2"}}}\n{"type":"BOOKMARK","object":{}}\n',
      '{"type":"DELETED","object":null}\n\n{"type":"ERROR","object":{"code":410}}\n{"type":"MODIFIED","object":{"a":"é"}}\n',
    ],
    words: [
      '"type"',
      '"ADDED"',
      '"MODIFIED"',
      '"DELETED"',
      '"BOOKMARK"',
      '"ERROR"',
      '"object"',
      '\n',
      '"code":410',
      'é',
    ],
    run: async (input) => {
      const whole = await watched(input, 1 << 20);
      for (const chunk of [1, 7])
        if ((await watched(input, chunk)) !== whole) finding('chunks change what a watch tells');
    },
  },
];
