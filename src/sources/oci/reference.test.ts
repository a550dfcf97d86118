import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GoError } from '../../go/error.ts';
import { checkDigest, isDigest } from './digest.ts';
import { isOci, parseArtifact, parseReference, referenceText, registryHost } from './reference.ts';
import { newestTag, versionTags } from './versions.ts';

/** Answers of oras, go-digest and Helm's pkg/registry. */
const recorded = JSON.parse(
  readFileSync(new URL('../../../test/testdata/oci/references.json', import.meta.url), 'utf8'),
) as {
  references: string[][];
  artifacts: string[][];
  digests: string[][];
  tags: string[];
  versions: string[][];
};

function outcome<T>(work: () => T): T | { error: string } {
  try {
    return work();
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test('references are read as Helm reads them', () => {
  assert.ok(recorded.references.length > 500);
  for (const [text = '', ...want] of recorded.references) {
    const found = outcome(() => {
      const reference = parseReference(text);
      const { registry, repository, tag = '', digest = '' } = reference;
      return [registry, repository, tag, digest, referenceText(reference)];
    });
    assert.deepEqual(found, want.length === 1 ? { error: want[0] } : want, text);
  }
});

test('references are read as oras reads them', () => {
  for (const [text = '', ...want] of recorded.artifacts) {
    const found = outcome(() => {
      const { registry, repository, tag = '', digest = '' } = parseArtifact(text);
      return [registry, repository, digest || tag];
    });
    assert.deepEqual(found, want.length === 1 ? { error: want[0] } : want, text);
  }
});

test('digests are checked as go-digest checks them', () => {
  for (const [text = '', want = ''] of recorded.digests) {
    const found = outcome(() => checkDigest(text));
    assert.deepEqual(found, want === '' ? undefined : { error: want }, text);
    assert.equal(isDigest(text), want === '', text);
  }
  assert.throws(() => checkDigest(`sha512:${'a'.repeat(128)}`), GoError);
});

test('long names are refused, and soon', () => {
  for (const text of [`h/${'a-'.repeat(100_000)}`, `h/${'a'.repeat(200_000)}!`, `h/${'_'.repeat(200_000)}`]) {
    assert.throws(() => parseReference(text), { code: 'NAME_INVALID' });
  }
});

test('what is a registry', () => {
  assert.ok(isOci('oci://x/y'));
  assert.ok(!isOci('OCI://x/y'));
  assert.equal(registryHost('docker.io'), 'registry-1.docker.io');
});

test('versions are chosen as Helm chooses them', () => {
  for (const [constraint = '', want, error] of recorded.versions) {
    const found = outcome(() => newestTag(recorded.tags, constraint));
    assert.deepEqual(found, error === '' ? want : { error }, constraint);
  }
});

test('tags become versions, newest first', () => {
  const tags = ['latest', '1.0.0', 'v2.0.0', '1.10.0_b.1', '1.2', '1.10.0-rc.1', '01.0.0', 'sha256-abc.sig'];
  assert.deepEqual(versionTags(tags), ['1.10.0+b.1', '1.10.0-rc.1', '1.0.0']);
});
