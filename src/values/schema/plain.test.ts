import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileSchema } from './check.ts';
import { DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020, type Draft } from './draft.ts';
import { parseSchemaJson } from './json-value.ts';
import { metaschemaText } from './metaschemas.ts';
import { isPlainlyValid } from './plain.ts';

const DRAFTS = [DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020];

/** Values of which every keyword refuses some. */
const VALUES = `null true false 0 1 -1 1.5 1e2 "" "x" "[" "(" "#/a" "#a" "%" "string" "http://a%zz" [] ["a"] ["a","a"]
  ["string","null"] ["x"] [1,1] [true] [{}] [{"type":1}] {} {"a":{}} {"a":true} {"a":1} {"a":["b"]} {"a":["b","b"]}
  {"a":[]} {"a":[1]} {"[":{}} {"type":"x"} {"type":1} {"a":{"type":1}} {"minimum":"1"}`.split(/\s+(?=\S)/);

function keywords(draft: Draft): string[] {
  const parts = [draft.url, ...draft.vocabularies.map((name) => draft.url.replace(/schema$/, `meta/${name}`))];
  return parts.flatMap((url) => Object.keys(JSON.parse(metaschemaText(url) ?? '{}').properties ?? {}));
}

/** What the metaschema says; an anchor makes sure that it is asked. */
function metaschemaRefuses(schema: object, draft: Draft): boolean {
  try {
    compileSchema(JSON.stringify({ ...schema, $schema: draft.url, $anchor: 'x' }));
    return false;
  } catch (error) {
    return (error as Error).message.includes('is not valid against metaschema');
  }
}

function isPlain(schema: unknown, draft: Draft): boolean {
  return isPlainlyValid(parseSchemaJson(JSON.stringify(schema)), draft.version);
}

test('what is plainly valid is valid, whatever the keyword, the value and the draft', () => {
  const all = new Set(DRAFTS.flatMap(keywords));
  assert.ok(all.size > 60);
  let plain = 0;
  let refused = 0;
  for (const draft of DRAFTS) {
    for (const keyword of all) {
      for (const text of VALUES) {
        if (keyword === '$schema' || keyword === '$anchor') continue;
        const schema = { [keyword]: JSON.parse(text) };
        const isRefused = metaschemaRefuses(schema, draft);
        if (isRefused) refused++;
        if (!isPlain(schema, draft)) continue;
        plain++;
        assert.ok(!isRefused, `${draft.version} ${JSON.stringify(schema)}`);
      }
    }
  }
  assert.ok(plain > 1500 && refused > 2000, `${plain} plain, ${refused} refused`);
});

test('schemas as charts have them are plainly valid', () => {
  const url = new URL('../../../examples/shop/values.schema.json', import.meta.url);
  assert.ok(isPlain(JSON.parse(readFileSync(url, 'utf8')), DRAFT_2020));
  const deep = (levels: number): object => (levels === 0 ? {} : { properties: { a: deep(levels - 1) } });
  for (const draft of DRAFTS) {
    assert.ok(isPlain({ type: 'object', properties: { a: { type: ['string', 'null'] } }, required: ['a'] }, draft));
    assert.ok(isPlain(deep(50), draft));
    assert.ok(!isPlain(deep(500), draft), 'left to who counts');
    assert.ok(!isPlain({ properties: { a: { type: 'text' } } }, draft));
  }
});
