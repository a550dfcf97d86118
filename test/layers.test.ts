import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Which folder may import which (itself always). `src/errors.ts`, `src/error-frame.ts` and the hosts are free to
 * all. Order is the way of the data: a stage imports earlier stages only.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/go': [],
  'src/yaml': ['src/go'],
  'src/template': ['src/go', 'src/functions/func.ts'],
  'src/functions': ['src/go', 'src/yaml', 'src/template'],
  'src/sources': ['src/go', 'src/yaml'],
  'src/chart': ['src/go', 'src/yaml', 'src/sources'],
  'src/repository': ['src/go', 'src/yaml', 'src/sources', 'src/chart'],
  'src/provenance': ['src/go', 'src/yaml', 'src/sources', 'src/chart'],
  'src/plugin': ['src/go', 'src/yaml', 'src/sources'],
  'src/dependency': ['src/go', 'src/yaml', 'src/sources', 'src/chart', 'src/repository', 'src/provenance'],
  'src/values': ['src/go', 'src/yaml', 'src/chart'],
  'src/render': ['src/go', 'src/yaml', 'src/template', 'src/functions', 'src/chart', 'src/values'],
  'src/manifests': ['src/go', 'src/yaml', 'src/chart', 'src/render'],
  'src/lint': [
    'src/go',
    'src/yaml',
    'src/template',
    'src/functions',
    'src/chart',
    'src/values',
    'src/render',
    'src/manifests',
  ],
  'src/library': [
    'src/repository',
    'src/provenance',
    'src/plugin',
    'src/dependency',
    'src/go',
    'src/yaml',
    'src/template',
    'src/functions',
    'src/sources',
    'src/chart',
    'src/values',
    'src/render',
    'src/manifests',
    'src/lint',
  ],
  'src/cluster': ['src/go', 'src/yaml', 'src/sources', 'src/manifests'],
  'src/release': [
    'src/go',
    'src/yaml',
    'src/sources',
    'src/chart',
    'src/values',
    'src/render',
    'src/manifests',
    'src/library',
    'src/cluster',
  ],
  'src/index.ts': [
    'src/cluster',
    'src/release',
    'src/repository',
    'src/provenance',
    'src/plugin',
    'src/dependency',
    'src/go',
    'src/yaml',
    'src/template',
    'src/functions',
    'src/sources',
    'src/chart',
    'src/values',
    'src/render',
    'src/manifests',
    'src/lint',
    'src/library',
  ],
  'src/node': [
    'src/testing',
    'src/cluster',
    'src/release',
    'src/repository',
    'src/provenance',
    'src/plugin',
    'src/dependency',
    'src/go',
    'src/yaml',
    'src/template',
    'src/functions',
    'src/sources',
    'src/chart',
    'src/values',
    'src/render',
    'src/manifests',
    'src/lint',
    'src/library',
    'src/index.ts',
  ],
  'src/testing': [
    'src/go',
    'src/yaml',
    'src/sources',
    'src/chart',
    'src/manifests',
    'src/cluster',
    'src/release',
    'src/library',
    'src/index.ts',
  ],
  cli: ['src'],
};

/** Files that may be longer than 600 lines, each with its reason. */
const LONG: Readonly<Record<string, string>> = {
  'src/testing/sandbox/api/cluster-data.ts': 'made by a script: one line for each type of the API',
};

const FREE = new Set(['src/errors.ts', 'src/error-frame.ts', 'src/host.ts', 'src/host-web.ts']);

function sources(dir: string): string[] {
  return readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.ts') && !e.name.endsWith('.test.ts'))
    .map((e) => join(e.parentPath, e.name).slice(root.length));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s*'([^']+)'/gm,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3]) as string);
}

const files = [...sources('src'), ...sources('cli')];
const graph = new Map(
  files.map((file) => [
    file,
    importsOf(file).map((name) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name)),
  ]),
);

function layerOf(file: string): string {
  if (file.startsWith('cli/')) return 'cli';
  const [, second] = file.split('/');
  return `src/${second}`;
}

test('a stage imports earlier stages only', () => {
  const wrong: string[] = [];
  for (const [file, imports] of graph) {
    const layer = layerOf(file);
    if (FREE.has(file)) continue;
    const allowed = ALLOWED[layer];
    assert.ok(allowed, `${file} is in no known layer`);
    for (const target of imports) {
      if (!target.startsWith('src/') && !target.startsWith('cli/')) continue;
      if (FREE.has(target) || layerOf(target) === layer) continue;
      if (!allowed.some((a) => target === a || target.startsWith(`${a}/`))) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('node: modules are imported in src/node and cli only', () => {
  const wrong = [...graph].filter(
    ([file, imports]) =>
      !file.startsWith('src/node/') && !file.startsWith('cli/') && imports.some((name) => name.startsWith('node:')),
  );
  assert.deepEqual(
    wrong.map(([file]) => file),
    [],
  );
});

test('imports go in no circle', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
      return;
    }
    state.set(file, 'open');
    for (const target of graph.get(file) ?? []) if (graph.has(target)) visit(target, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(circles, []);
});

test('every relative import names a file that is there', () => {
  const missing = [...graph].flatMap(([file, imports]) =>
    imports.filter((t) => /^(src|cli)\//.test(t) && !graph.has(t)).map((t) => `${file} imports ${t}`),
  );
  assert.deepEqual(missing, []);
});

test('no file is over 600 lines', () => {
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 601 && !LONG[file]);
  assert.deepEqual(long, []);
});
