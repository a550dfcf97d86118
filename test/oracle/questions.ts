import { loadChartFiles } from '../../src/chart/load.ts';
import type { Chart } from '../../src/chart/types.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import { marshalJson, unmarshalJson } from '../../src/go/json.ts';
import { compareStrings, fromPlain, type GoMap, isMap, toPlain, type Value } from '../../src/go/value.ts';
import { nodeHost } from '../../src/node/host.ts';
import { nodeInflate } from '../../src/node/inflate.ts';
import { makeCapabilities } from '../../src/render/capabilities.ts';
import { renderTemplates } from '../../src/render/render.ts';
import { coalesceValues } from '../../src/values/coalesce.ts';
import { processDependencies } from '../../src/values/dependencies.ts';
import { parseSet, parseSetJson, parseSetLiteral, parseSetString } from '../../src/values/set-syntax.ts';
import { validateAgainstSchema } from '../../src/values/validate.ts';

/** A question as the oracle takes it. */
export interface Request {
  readonly files?: Readonly<Record<string, string>>;
  readonly values?: unknown;
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setJSON?: readonly string[];
  readonly setLiteral?: readonly string[];
  readonly name?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly upgrade?: boolean;
  readonly parseOnly?: boolean;
}

/**
 * A line of JSON as plain data. V8 of Node 24 reads `{"\\n":1,"\\\\":2}` and then `{"\\n":1,"\\u0007":2}` with the key of
 * the first, so JSON.parse is not to be trusted with questions.
 */
export function parseLine(line: string): unknown {
  return toPlain(unmarshalJson(line));
}

/** The answer as a line of JSON, in the oracle's own form. */
export async function answer(request: Request): Promise<string> {
  try {
    const values = userValues(request);
    if (request.parseOnly) return marshal(new Map(values.size > 0 ? [['values', values]] : []));
    return await render(request, values);
  } catch (err) {
    if (!(err instanceof Error)) throw err;
    return marshal(new Map([['err', err.message]]));
  }
}

/** Helm's fixed order of the flag classes. */
function userValues(request: Request): GoMap {
  // Values arrive by encoding/json, as Go reads them.
  const given = fromPlain(request.values ?? null);
  const values: GoMap = isMap(given) ? given : new Map();
  for (const expr of request.setJSON ?? []) parseSetJson(expr, values);
  for (const expr of request.set ?? []) parseSet(expr, values);
  for (const expr of request.setString ?? []) parseSetString(expr, values);
  for (const expr of request.setLiteral ?? []) parseSetLiteral(expr, values);
  return values;
}

async function render(request: Request, userValues: GoMap): Promise<string> {
  const chart = processDependencies(await load(request.files ?? {}), userValues);
  const capabilities = makeCapabilities(request.kubeVersion || undefined);
  let values = coalesceValues(chart, userValues);
  await validateAgainstSchema(chart, values);
  let runs = 0;
  const upgrade = request.upgrade ?? false;
  const out = await renderTemplates(
    chart,
    () => (runs++ === 0 ? values : (values = coalesceValues(chart, userValues))),
    {
      release: {
        name: request.name ?? '',
        namespace: request.namespace ?? '',
        revision: 1,
        isInstall: !upgrade,
        isUpgrade: upgrade,
      },
      capabilities,
      host: nodeHost(),
    },
  );
  const parts: string[] = [];
  if (out.size > 0) parts.push(`"out":${marshal(fromPlain(out))}`);
  try {
    // Apart from the rest, as Go counts how deep values lie.
    if (values.size > 0) parts.push(`"values":${marshal(values)}`);
  } catch (err) {
    if (err instanceof Error) throw new Error(`answer: ${err.message}`);
    throw err;
  }
  return `{${parts.join(',')}}`;
}

function load(files: Readonly<Record<string, string>>): Promise<Chart> {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', ...files };
  const entries = Object.entries(all).sort(([a], [b]) => compareStrings(a, b));
  const chartFiles = entries.map(([name, text]) => ({ name, data: encodeBytes(text) }));
  return Promise.resolve(loadChartFiles(chartFiles, { inflate: nodeInflate }));
}

function marshal(answer: Value): string {
  return marshalJson(answer, { escapeHtml: false });
}
