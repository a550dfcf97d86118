import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { nodeDigests } from '../node/http/digests.ts';
import { nodeInflate } from '../node/inflate.ts';
import { digestOf } from '../sources/oci/digest.ts';
import { CHART_CONFIG, MANIFEST, readManifest, writeManifest } from '../sources/oci/manifest.ts';
import { loadChartFiles } from './load.ts';
import { describeArtifact } from './oci-artifact.ts';
import type { Chart } from './types.ts';

/** What Helm put into a registry for these charts. */
const recorded = JSON.parse(
  readFileSync(new URL('../../test/testdata/oci/artifacts.json', import.meta.url), 'utf8'),
) as { yaml: string; created: string; manifest: string; config: string }[];

test('config and manifest are those of Helm, byte for byte', () => {
  assert.ok(recorded.length >= 5);
  for (const { yaml, created, manifest, config } of recorded) {
    const files = [{ name: 'Chart.yaml', data: encodeBytes(yaml) }];
    const chart = loadChartFiles(files, { inflate: nodeInflate }) as Chart;
    const description = describeArtifact(chart.metadata, created);
    assert.equal(decodeBytes(description.config), config);
    const descriptor = {
      mediaType: CHART_CONFIG,
      digest: digestOf(description.config, nodeDigests),
      size: description.config.length,
    };
    // The other way round, so that it is the writer that brings layers into order.
    const layers = [...readManifest(encodeBytes(manifest), MANIFEST).layers].reverse();
    assert.equal(decodeBytes(writeManifest(descriptor, layers, description.annotations)), manifest);
  }
});
