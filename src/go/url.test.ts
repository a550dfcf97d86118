import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { escapedPath, formatUrl, formatUserinfo, hostname, parseUrl, port, queryEscape, queryUnescape } from './url.ts';

/** Questions to net/url: parts of a parsed URL, `!` and an error, or `q`, escaped, unescaped and its error. */
const facts = JSON.parse(
  readFileSync(new URL('../../test/testdata/go/url.json', import.meta.url), 'utf8'),
) as string[][];

function parts(text: string): string[] {
  try {
    const u = parseUrl(text);
    const user = u.user ? formatUserinfo(u.user) : '-';
    const rest = [hostname(u), port(u), formatUrl(u), escapedPath(u)];
    return [u.scheme, u.opaque, user, u.host, u.path, u.rawQuery, u.fragment, ...rest];
  } catch (err) {
    return ['!', (err as Error).message];
  }
}

function escapes(text: string): string[] {
  try {
    return ['q', queryEscape(text), queryUnescape(text), ''];
  } catch (err) {
    return ['q', queryEscape(text), '', (err as Error).message];
  }
}

test('URLs come apart as net/url takes them', () => {
  for (const [text, ...want] of facts) {
    if (want[0] !== 'q') assert.deepEqual(parts(text as string), want, text);
  }
});

test('query escapes', () => {
  for (const [text, ...want] of facts) {
    if (want[0] === 'q') assert.deepEqual(escapes(text as string), want, text);
  }
});
