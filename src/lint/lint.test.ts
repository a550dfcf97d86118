import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { keepUnignored, parseIgnore } from '../chart/ignore.ts';
import { loadChartFiles } from '../chart/load.ts';
import type { Chart } from '../chart/types.ts';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { nodeHost } from '../node/host.ts';
import { nodeInflate } from '../node/inflate.ts';
import { isEmail, isRequestUrl, isUrl } from './address.ts';
import { deprecations } from './deprecations.ts';
import { lintChart } from './lint.ts';
import { formatMessage } from './message.ts';
import type { LintSource } from './source.ts';

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../test/testdata/chart/${name}`, import.meta.url), 'utf8')) as T;
}

const BASE = {
  'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\nicon: http://x.y\n',
  'values.yaml': 'a: 1\n',
};

function memorySource(texts: Record<string, string>): LintSource {
  const files = Object.entries({ ...BASE, ...texts })
    .map(([name, text]) => ({ name, data: encodeBytes(text) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const find = (name: string): Uint8Array | undefined => files.find((file) => file.name === name)?.data;
  return {
    path: '/chart',
    kind: (name) => {
      if (find(name)) return 'file';
      return files.some((file) => file.name.startsWith(`${name}/`)) ? 'folder' : undefined;
    },
    read: (name) => {
      const data = find(name);
      if (!data) throw new GoError(`open ${name}: no such file or directory`);
      return data;
    },
    load: () => {
      const ignore = parseIgnore(decodeBytes(find('.helmignore') ?? new Uint8Array()));
      return loadChartFiles(keepUnignored(ignore, files), { inflate: nodeInflate }) as Chart;
    },
  };
}

test('lint says what Helm says', async () => {
  for (const [files, expected] of read<[Record<string, string>, string][]>('lint.json')) {
    const messages = await lintChart(memorySource(files), { host: nodeHost() });
    assert.equal(messages.map(formatMessage).join('\n').trimEnd(), expected, JSON.stringify(files));
  }
});

test('deprecations depend on the version of Kubernetes', async () => {
  const source = memorySource({
    'templates/a.yaml': 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n',
  });
  const text = 'batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob';
  for (const [kubeVersion, expected] of [
    ['v1.20.0', []],
    ['v1.21.0', [text]],
    ['v1.36.0', [text]],
  ] as const) {
    const messages = await lintChart(source, { host: nodeHost(), kubeVersion });
    assert.deepEqual(
      messages.map((message) => message.text),
      expected,
      kubeVersion,
    );
  }
  assert.equal(deprecations().size, 159);
});

test('addresses pass that pass in Helm', () => {
  for (const [text, kinds] of read<[string, string][]>('addresses.json')) {
    const found = `${isEmail(text) ? 'm' : ''}${isUrl(text) ? 'u' : ''}${isRequestUrl(text) ? 'r' : ''}`;
    assert.equal(found, kinds, JSON.stringify(text));
  }
});

test('long addresses take no long time', () => {
  const start = performance.now();
  isEmail(`${'a.'.repeat(20_000)}@${'b.'.repeat(20_000)}`);
  isUrl(`http://${'a-'.repeat(1000)}`);
  assert.ok(performance.now() - start < 2000);
});
