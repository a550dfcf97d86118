/** What fuzzed templates are rendered over: a small chart, the same on Helm's side. */
import type { Chart } from '../../../src/chart/types.ts';
import { PintleError } from '../../../src/errors.ts';
import { loadLocation } from '../../../src/functions/clock.ts';
import type { FunctionEnv } from '../../../src/functions/func.ts';
import { Budget, BudgetError, type Limits } from '../../../src/go/budget.ts';
import { decodeBytes, encodeBytes } from '../../../src/go/bytes.ts';
import { GoError } from '../../../src/go/error.ts';
import { fromPlain, type GoMap, typedMap } from '../../../src/go/value.ts';
import { zoneIndex } from '../../../src/go/zone.ts';
import { ZONE_DATA } from '../../../src/go/zone-data.ts';
import { makeCapabilities } from '../../../src/render/capabilities.ts';
import { collectTemplates } from '../../../src/render/context.ts';
import { execFailure, parseFailure } from '../../../src/render/errors.ts';
import { type RenderEnv, renderFunctions, withoutNoValue } from '../../../src/render/functions.ts';
import { hasFunction } from '../../../src/template/call.ts';
import type { Functions } from '../../../src/template/exec.ts';
import { createExecEnv, TemplateSet } from '../../../src/template/set.ts';
import type { Trace } from '../../../src/template/trace.ts';
import { fixedHost } from '../../../src/testing/fixed-host.ts';
import { sameWords } from '../compare.ts';
import { type Answer, base64, type Question, type Target, textOf } from '../target.ts';

/** As JSON, so that Go gets the very same. */
const FIXTURE = {
  values: {
    s: 'str',
    t: 'a b\tC\n déf-世界_9 ',
    e: '',
    i: 5,
    f: -1.5,
    big: 12345678901234,
    on: true,
    off: false,
    none: null,
    l: [1, 'two', 3.5, null, true, { a: 'A', b: null }],
    w: ['b', 'a', 'c', 'a', ''],
    m: { a: 'A', b: { c: 1, d: 'D' }, k: ['p', 'q'] },
    em: {},
    el: [],
    yaml: 'a: 1\nb: [x, "y"]\n',
    json: '{"a": [1, {"b": null}]}',
    tpl: '{{ .Values.s }}{{ define "t" }}<{{ . }}>{{ end }}',
  },
  files: { 'a.txt': 'one\ntwo\n', 'conf/b.ini': 'k = v', 'conf/sub/c.bin': '\u00ff\u0000', 'empty.txt': '' },
};

/** Of the clock, of chance, of the order of Go's maps, of addresses in memory, or made to take long. */
const LEFT_OUT =
  `ago bcrypt buildCustomCert date dateInZone date_in_zone date_modify decryptAES derivePassword durationRound
  encryptAES genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
  genSignedCertWithKey htmlDate htmlDateInZone htpasswd keys now randAlpha randAlphaNum randAscii randBytes randInt
  randNumeric shuffle uuidv4 values`.split(/\s+/);
const LEFT_OUT_WORD = new RegExp(`\\b(?:${LEFT_OUT.join('|')})\\b|%[-+# 0-9.*[\\]]*p`);
/** The root object prints with an address in it, of which others may make anything. */
const PRINTS_ROOT = /\b(?:cat|print\w*|s?quote|html|js|urlquery|toStrings?|join)\b[^}]*\s[.$](?=[\s)|}])|[.$]\s*\|/;

/** Small, for Helm has none, and is not asked for what takes more. */
const LIMITS: Partial<Limits> = { steps: 100_000, characters: 2_000_000, output: 300_000, depth: 200, nodes: 20_000 };

/** Name of the one template, as Helm shows it. */
export const NAME = 'c/templates/t.yaml';

const table = renderFunctions();
for (const name of table.names()) table.has(name);
await table.pending();
const zones = zoneIndex(ZONE_DATA);
// Remembered there, so that no template has to wait.
loadLocation({ await: () => zones } as unknown as FunctionEnv, 'Europe/Berlin');

/** All functions; without those whose answers cannot be compared. */
export const functions: Functions = {
  has: (name) => !LEFT_OUT.includes(name) && table.has(name),
  get: (name) => table.get(name),
};
/** All functions, those included, as a parser asks for them. */
export const isFunction = (name: string): boolean => hasFunction(table, name);

/** The root object, made anew since templates may change it. */
export function rootOf(values: GoMap = fromPlain(FIXTURE.values) as GoMap): GoMap {
  const files = Object.entries(FIXTURE.files).map(([name, text]) => ({ name, data: Buffer.from(text, 'latin1') }));
  const chart: Chart = {
    metadata: { name: 'c', version: '0.1.0', apiVersion: 'v2' },
    ...{
      values: new Map(),
      files,
      dependencies: [],
      templates: [{ name: 'templates/t.yaml', data: new Uint8Array() }],
    },
  } as unknown as Chart;
  const release = { name: 'r', namespace: 'ns', revision: 1, isInstall: true, isUpgrade: false };
  const capabilities = { ...makeCapabilities(), apiVersions: ['v1', 'apps/v1'] };
  const [file] = collectTemplates(chart, values, release, capabilities).files;
  const root = file?.data as GoMap;
  const template = [['Name', NAME] as const, ['BasePath', 'c/templates'] as const];
  return root.set('Template', typedMap('common.Values', 'interface {}', template));
}

export function newEnv(set: TemplateSet, trace?: Trace): RenderEnv {
  const world = { host: fixedHost(), budget: new Budget(LIMITS), await: answerNow };
  const render = { lint: false, log: undefined, lookup: undefined, resolveHost: undefined };
  return { ...createExecEnv(set, world, { trace }), render };
}

function answerNow<T>(start: () => T | Promise<T>): T {
  const answer = start();
  if (answer instanceof Promise) throw new Error('a template waits for something');
  return answer;
}

/** What the engine makes of a template, in Helm's words where it fails. */
export function render(text: string, root: GoMap = rootOf(), trace?: Trace): string {
  return renderWith(functions, text, root, trace);
}

function renderWith(known: Functions, text: string, root: GoMap, trace?: Trace): string {
  const set = new TemplateSet(known);
  const parsed = orFailure(
    () => set.parse(NAME, text),
    (err) => parseFailure(NAME, err, () => text),
  );
  return withoutNoValue(
    orFailure(
      () => set.execute(parsed, root, newEnv(set, trace)),
      (err) => execFailure(err, () => text),
    ),
  );
}

function orFailure<T>(make: () => T, failure: (err: GoError) => PintleError): T {
  try {
    return make();
  } catch (err) {
    throw err instanceof GoError ? failure(err) : err;
  }
}

/** The text that something comes to, or the error that users see of it. */
export function outcomeOf(make: () => string): string {
  try {
    return `ok ${make()}`;
  } catch (err) {
    if (err instanceof PintleError || err instanceof GoError) return `error ${err.message}`;
    throw err;
  }
}

/** Whether what became of it tells of a limit of ours, which Go does not have. */
export function isLimit(err: unknown): boolean {
  for (let at = err; at instanceof Error; at = at.cause) if (at instanceof BudgetError) return true;
  return err instanceof Error && /the limit for one render|nests deeper than/.test(err.message);
}

function hitsLimit(make: () => unknown): boolean {
  try {
    make();
    return false;
  } catch (err) {
    return isLimit(err);
  }
}

/** A target that renders a template of ours, which may call any function, over values that an input stands for. */
export function fixedTemplate(
  template: string,
  valuesOf: (input: Uint8Array) => unknown,
): Pick<Target, 'run' | 'question'> {
  const rootFor = (input: Uint8Array): GoMap => rootOf(fromPlain(valuesOf(input)) as GoMap);
  return {
    run: (input) => renderWith(table, template, rootFor(input)),
    question: (input) => {
      // Values go to Helm as JSON, which has no bytes that are no UTF-8.
      if (!textOf(input).isWellFormed() || hitsLimit(() => renderWith(table, template, rootFor(input))))
        return undefined;
      const files = JSON.stringify(FIXTURE.files);
      return { call: 'template-exec', args: [base64(Buffer.from(template)), JSON.stringify(valuesOf(input)), files] };
    },
  };
}

/** The question what Helm's engine renders a text to. Not put where it may cost Helm what we refuse to pay. */
export function renderQuestion(input: Uint8Array): Question | undefined {
  const text = textOf(input);
  if (LEFT_OUT_WORD.test(text) || PRINTS_ROOT.test(text) || hitsLimit(() => render(text))) return undefined;
  const { values, files } = FIXTURE;
  return { call: 'template-exec', args: [base64(input), JSON.stringify(values), JSON.stringify(files)] };
}

/**
 * Bytes that are no UTF-8 as characters of the private use area, as Helm's side writes them, for JSON has no way to
 * say them.
 */
export function exact(text: string): string {
  // Joined first: bytes that meet may make up a character.
  return decodeBytes(encodeBytes(text)).replace(
    /[\ud800-\udbff][\udc00-\udfff]|([\udc80-\udcff])/g,
    (both, byte?: string) => (byte === undefined ? both : String.fromCharCode(byte.charCodeAt(0) - 0xdc00 + 0xf700)),
  );
}

/** Both say the same to the byte, errors included. */
export function sameExactly(ours: Answer, helm: Answer): boolean {
  return sameWords('err' in ours ? { err: exact(ours.err) } : { ok: exactly(ours.ok) }, helm);
}

function exactly(value: unknown): unknown {
  if (typeof value === 'string') return exact(value);
  if (Array.isArray(value)) return value.map(exactly);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exactly(each)]));
}
