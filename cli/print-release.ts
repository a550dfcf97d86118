/** A release as `status`, `install`, `upgrade` and others print it. Go: helm pkg/cmd/status.go statusPrinter */
import { record } from '../src/go/record.ts';
import { trimSpace } from '../src/go/space.ts';
import type { Value } from '../src/go/value.ts';
import { releaseValue } from '../src/release/codec.ts';
import { chartText, computedValues } from '../src/release/read/get.ts';
import type { Release, StoredHook } from '../src/release/types.ts';
import { toYaml } from '../src/yaml/emit.ts';
import { ansicTime, type Paint, paintOf } from './release-output.ts';
import { type Format, print } from './terminal/output.ts';
import type { Call } from './types.ts';

export interface PrintOptions {
  readonly hideNotes?: boolean;
  /** The chart, values, hooks and manifest, too, as `get all` shows them. */
  readonly all?: boolean;
  /** The same without the chart: what commands that change a release show with `--debug`. */
  readonly inFull?: boolean;
  /** What of the release is in the cluster now: text in a table, objects as data. */
  readonly resources?: { readonly text: string; readonly data: Value };
  /** Leave the chart out of data, as `status` does. */
  readonly withoutChart?: boolean;
}

/** Prints a release as `-o` asks; where there is no such flag, as text. */
export function printRelease(release: Release, call: Call, options: PrintOptions = {}): void {
  const { flags, io } = call;
  const format = flags.local.has('output') ? (flags.string('output') as Format) : 'table';
  if (format === 'table') {
    const paint = paintOf(call);
    io.stdout.write(paint.done(releaseText(release, paint, options)));
  } else {
    print(io.stdout, format, { data: releaseData(release, options), table: () => '' });
  }
}

/** The record as data; what is in the cluster stands in `info`. */
function releaseData(release: Release, { resources, withoutChart }: PrintOptions): Value {
  const { lease: _, left: __, ...shown } = withoutChart ? { ...release, chart: new Map() } : release;
  const value = releaseValue(shown);
  if (resources === undefined) return value;
  return withResources(value, resources.data);
}

function withResources(value: Value, resources: Value): Value {
  const fields = (value as { fields(): readonly (readonly [string, Value])[] }).fields();
  return record(
    fields.map(([name, field]) => {
      if (name !== 'info') return [name, field];
      const info = (field as { fields(): readonly (readonly [string, Value])[] }).fields();
      return [name, record([...info, ['resources', resources]])];
    }),
  );
}

/** A release in words. */
function releaseText(release: Release, paint: Paint, options: PrintOptions): string {
  const { info, chart } = release;
  const { all = false, inFull = all, resources, hideNotes } = options;
  const lines = [
    `NAME: ${release.name}`,
    ...(info.lastDeployed === '' ? [] : [`LAST DEPLOYED: ${ansicTime(info.lastDeployed)}`]),
    `NAMESPACE: ${paint.namespace(release.namespace)}`,
    `STATUS: ${paint.status(info.status)}`,
    `REVISION: ${release.version}`,
  ];
  if (all) {
    lines.push(`CHART: ${chartText(chart, 'name')}`, `VERSION: ${chartText(chart, 'version')}`);
    lines.push(`APP_VERSION: ${chartText(chart, 'appVersion')}`);
  }
  lines.push(`DESCRIPTION: ${info.description}`);
  if (resources !== undefined && resources.text !== '') lines.push(`RESOURCES:\n${resources.text}`);
  lines.push(...testSuite(release.hooks));
  if (inFull) {
    lines.push(`USER-SUPPLIED VALUES:\n${toYaml(release.config)}`);
    lines.push(`COMPUTED VALUES:\n${toYaml(computedValues(release))}`);
  }
  // Go: strings.EqualFold
  if (inFull || info.description.toLowerCase() === 'dry run complete') {
    lines.push('HOOKS:');
    for (const hook of release.hooks) lines.push(`---\n# Source: ${hook.path}\n${hook.manifest}`);
    lines.push(`MANIFEST:\n${release.manifest}`);
  }
  if (!hideNotes && info.notes !== '') lines.push(`NOTES:\n${trimSpace(info.notes)}`);
  return `${lines.join('\n')}\n`;
}

/** What became of the tests. Go: executionsByHookEvent; a test that did not run yet says nothing. */
function testSuite(hooks: readonly StoredHook[]): string[] {
  const tests = hooks.flatMap((hook) => hook.events.filter((event) => event === 'test').map(() => hook));
  if (tests.length === 0) return ['TEST SUITE: None'];
  return tests
    .filter(({ lastRun }) => lastRun.startedAt !== '')
    .flatMap(({ name, lastRun }) => [
      `TEST SUITE:     ${name}`,
      `Last Started:   ${ansicTime(lastRun.startedAt)}`,
      `Last Completed: ${ansicTime(lastRun.completedAt)}`,
      `Phase:          ${lastRun.phase}`,
    ]);
}
