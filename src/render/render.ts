import type { Chart, ChartFile } from '../chart/types.ts';
import type { FunctionEnv } from '../functions/func.ts';
import { Budget, type Limits } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { compareStrings, type GoMap, typedMap } from '../go/value.ts';
import type { Log, RenderHost } from '../host.ts';
import type { Outline } from '../template/outline.ts';
import { createExecEnv, type ExecEnv, TemplateSet } from '../template/set.ts';
import type { Capabilities } from './capabilities.ts';
import { collectTemplates, isPartial, type ReleaseInfo, type TemplateFile } from './context.ts';
import { execFailure, parseFailure, type SourceOf } from './errors.ts';
import { type Lookup, type RenderEnv, type ResolveHost, renderFunctions, withoutNoValue } from './functions.ts';
import { type OriginRequest, OriginTrace } from './origins.ts';
import { withAnswers } from './tape.ts';

/** What is known of templates that have been parsed before, so that they need not be parsed as a whole again. */
export interface Outlines {
  get(file: ChartFile): Outline | undefined;
  /** Is told of every template that has parsed; what was learned of it is asked for once all is rendered. */
  add(file: ChartFile, learned: () => Outline | undefined): void;
  /** The functions that were called the last time, of those that have to be loaded first. */
  readonly functions: readonly string[];
  /** Is told of them once all is rendered. */
  called(functions: readonly string[]): void;
  /** The RSA keys that were made the last time. */
  readonly rsaKeys: RsaKeysAsked;
  /** Is told of them once all is rendered. */
  made(rsaKeys: RsaKeysAsked): void;
}

/** The RSA keys that a render asked for. */
export interface RsaKeysAsked {
  readonly lengths: readonly number[];
  /** The file that asked for the first of them, or whose templates did. */
  readonly by: string;
}

/** How to render. */
export interface RenderOptions {
  readonly release: ReleaseInfo;
  readonly capabilities: Capabilities;
  readonly host: RenderHost;
  /** `fail` and `required` log instead of failing, `lookup` finds nothing. */
  readonly lint?: boolean;
  readonly log?: Log;
  readonly lookup?: Lookup;
  readonly resolveHost?: ResolveHost;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly outlines?: Outlines | undefined;
  /** Where each line of the output comes from. Default: not asked, and not paid for. */
  readonly origins?: OriginRequest;
}

/** The text of each executed template, by full name, in order of name. */
export type RenderedTexts = ReadonlyMap<string, string>;

/**
 * Executes every template of a chart and its subcharts. Helm: engine.go render.
 *
 * @param values makes the coalesced values anew: templates may change them, and a render that had to wait for an
 *   answer starts over
 * @throws PintleError TEMPLATE_PARSE, TEMPLATE_EXEC, TEMPLATE_FAIL, BUDGET_EXCEEDED
 */
export async function renderTemplates(
  chart: Chart,
  values: () => GoMap,
  options: RenderOptions,
): Promise<RenderedTexts> {
  const { host, outlines, signal } = options;
  const keys = new KeysOfRender(host, outlines?.rsaKeys);
  let built = 0;
  const work = async (world: World): Promise<RenderedTexts> => {
    const budget = new Budget(options.limits);
    try {
      return await renderOnce(chart, values(), options, keys, { ...world, budget });
    } finally {
      built += budget.characters;
    }
  };
  try {
    const texts = await withAnswers(outlines ? keys.host : host, work, signal);
    outlines?.made(keys.asked);
    return texts;
  } finally {
    if (built > MUCH) host.collect?.();
  }
}

/** What a run has of the world around it. */
type World = Pick<FunctionEnv, 'host' | 'await'>;

/** Characters beyond what any published chart builds. */
const MUCH = 64 * 1024 * 1024;

/** What a render has to do with RSA keys: those of the last time are made while it runs, those of this time noted. */
class KeysOfRender {
  /** The host, noting which keys are asked for. */
  readonly host: RenderHost;
  private readonly lengths: number[] = [];
  private by = '';
  private at = '';
  private readonly before: RsaKeysAsked | undefined;
  private readonly ready: Promise<void> | undefined;

  constructor(host: RenderHost, before: RsaKeysAsked | undefined) {
    this.before = before;
    this.ready = before?.lengths.length ? host.crypto.prepareRsaKeys?.(before.lengths) : undefined;
    // Who asks for a key that could not be made is told then; nobody may ask.
    this.ready?.catch(() => undefined);
    const generateKey: RenderHost['crypto']['generateKey'] = (kind, bits) => {
      if (kind === 'rsa') {
        if (this.lengths.length === 0) this.by = this.at;
        this.lengths.push(bits);
      }
      return host.crypto.generateKey(kind, bits);
    };
    this.host = { ...host, crypto: { ...host.crypto, generateKey } };
  }

  /** Is told which file comes next; what to wait for before it. */
  enter(file: string): Promise<void> | undefined {
    this.at = file;
    return file === this.before?.by ? this.ready : undefined;
  }

  get asked(): RsaKeysAsked {
    return { lengths: this.lengths, by: this.by };
  }
}

async function renderOnce(
  chart: Chart,
  values: GoMap,
  options: RenderOptions,
  keys: KeysOfRender,
  world: FunctionEnv,
): Promise<RenderedTexts> {
  const { root, files } = collectTemplates(chart, values, options.release, options.capabilities);
  const sourceOf: SourceOf = (name) => files.find((file) => file.name === name)?.text;
  const functions = renderFunctions();
  const { outlines } = options;
  for (const name of outlines?.functions ?? []) functions.has(name);
  const set = parseAll(files, new TemplateSet(functions), sourceOf, outlines);
  const pending = functions.pending();
  if (pending) await pending;
  const { lint = false, log, lookup, resolveHost } = options;
  const origins = options.origins && new OriginTrace(options.origins, root);
  const env: RenderEnv = {
    ...createExecEnv(set, world, { trace: origins?.trace }),
    render: { lint, log, lookup, resolveHost },
  };
  const texts: [string, string][] = [];
  for (const file of files) {
    if (isPartial(file.name)) continue;
    const awaited = keys.enter(file.name);
    if (awaited) await awaited;
    const run = (): string => execute(file, set, env, sourceOf);
    texts.push([file.name, withoutNoValue(origins ? origins.run(file, run) : run())]);
  }
  outlines?.called(functions.called());
  return new Map(texts.sort(([a], [b]) => compareStrings(a, b)));
}

function parseAll(
  files: readonly TemplateFile[],
  set: TemplateSet,
  sourceOf: SourceOf,
  outlines: Outlines | undefined,
): TemplateSet {
  for (const { name, text, source } of files) {
    try {
      const { learned } = set.parse(name, text, outlines?.get(source));
      outlines?.add(source, learned);
    } catch (err) {
      throw err instanceof GoError ? parseFailure(name, err, sourceOf) : err;
    }
  }
  return set;
}

function execute(file: TemplateFile, set: TemplateSet, env: ExecEnv, sourceOf: SourceOf): string {
  file.data.set(
    'Template',
    typedMap('common.Values', 'interface {}', [
      ['Name', file.name],
      ['BasePath', file.basePath],
    ]),
  );
  try {
    const text = set.execute(file.name, file.data, env);
    env.budget.write(text.length);
    return text;
  } catch (err) {
    throw err instanceof GoError ? execFailure(err, sourceOf) : err;
  }
}
