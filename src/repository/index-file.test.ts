import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import type { Log } from '../host.ts';
import { getVersion, readIndex } from './index-file.ts';
import { type Entries, indexToYaml, mergeEntries, sortEntries } from './index-write.ts';
import type { ChartVersion } from './types.ts';

function data<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../test/testdata/repository/${name}`, import.meta.url), 'utf8')) as T[];
}

/** Keeps lines as the command line would write them. */
function lines(): Log & { readonly text: string[] } {
  const text: string[] = [];
  const attribute = (value: unknown): string =>
    /[\s"=]/.test(String(value)) ? JSON.stringify(String(value)) : String(value);
  return {
    text,
    log(level, message, fields = {}) {
      if (level === 'DEBUG') return;
      const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${attribute(value)}`);
      text.push(`level=${level} msg=${attribute(message)}${pairs.join('')}`);
    },
  };
}

/** A text, and what `helm repo index . --merge` in an empty folder made of it: the index, and lines on stderr. */
test('indexes are read as Helm reads them', () => {
  for (const [text, yaml, stderr] of data<[string, string, string[]]>('indexes.json')) {
    const log = lines();
    let made = '';
    try {
      const entries: Entries = new Map();
      mergeEntries(entries, readIndex(text, 'm.yaml', log), log);
      made = indexToYaml(sortEntries(entries), 'now').replace(/generated: .*\n/, '');
    } catch (error) {
      assert.ok(error instanceof PintleError, `${text}: ${String(error)}`);
      log.text.push(...`Error: ${error.message}`.split('\n'));
    }
    assert.deepEqual([made, log.text.sort()], [yaml, stderr.sort()], text);
  }
});

/** Versions of a chart, a constraint, and what `IndexFile.Get` found. */
test('a version is chosen as Helm chooses it', () => {
  for (const [versions, constraint, want] of data<[string[] | null, string, string]>('versions.json')) {
    const entries = new Map<string, readonly ChartVersion[]>();
    if (versions !== null) {
      const all = versions.map((version) => ({ name: 'c', version, urls: [], created: '' }));
      entries.set('c', all);
    }
    let found: string;
    try {
      found = getVersion({ apiVersion: 'v1', generated: '', entries }, 'c', constraint, lines()).version;
    } catch (error) {
      assert.ok(error instanceof PintleError);
      found = `error: ${error.message}`;
    }
    assert.equal(found, want, `${String(versions)} ${constraint}`);
  }
});

test('a version that was not asked for by its name is warned of', () => {
  const entries = new Map([['c', [{ name: 'c', version: '1.2.3', urls: [], created: '' }]]]);
  const log = lines();
  getVersion({ apiVersion: 'v1', generated: '', entries }, 'c', '1.2', log);
  assert.deepEqual(log.text, [
    'level=WARN msg="unable to find exact version requested; falling back to closest available version" chart=c requested=1.2 selected=1.2.3',
  ]);
});

test('an empty file is no index', () => {
  assert.throws(() => readIndex('', 'x', lines()), { code: 'INDEX_INVALID', message: 'empty index.yaml file' });
});

test('prototypes stay as they are', () => {
  const text =
    'apiVersion: v1\nentries:\n  __proto__:\n  - name: x\n    version: 1.0.0\n    annotations: {__proto__: a}\n';
  const index = readIndex(text, 'x', lines());
  assert.deepEqual([...index.entries.keys()], ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['annotations'], undefined);
  assert.equal(Object.getPrototypeOf(index.entries.get('__proto__')?.[0]), Object.prototype);
});
