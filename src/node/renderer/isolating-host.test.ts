import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { compareSync } from 'bcryptjs';
import { loadChart, renderChart } from '../../index.ts';
import { nodeHost } from './isolating-host.ts';

/** Renders one template, counting how often others on the thread have their turn meanwhile. */
async function rendered(template: string): Promise<{ readonly text: string; readonly turns: number }> {
  const chart = await loadChart({
    'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'templates/a.yaml': template,
  });
  // Modules are loaded on the first run, which gives turns as well.
  await renderChart(chart, { host: nodeHost() });
  let turns = 0;
  let waiting = setImmediate(function again(): void {
    turns++;
    waiting = setImmediate(again);
  });
  const { text } = await renderChart(chart, { host: nodeHost() });
  clearImmediate(waiting);
  return { text, turns };
}

test('others have their turn while passwords are hashed, and each is hashed by itself', async () => {
  const { text, turns } = await rendered('k:\n{{ range until 3 }}- {{ bcrypt "secret" }}\n{{ end }}');
  const hashes = [...text.matchAll(/\$2a\$\S+/g)].map(([hash]) => hash);
  assert.equal(new Set(hashes).size, 3);
  for (const hash of hashes) assert.ok(compareSync('secret', hash));
  assert.ok(turns >= 3, `${turns}`);
});

test('keys and certificates made beside other work are sound', async () => {
  const { text, turns } = await rendered(
    `k: |{{ range list "rsa" "ecdsa" "ed25519" }}{{ genPrivateKey . | nindent 2 }}{{ end }}
{{- $ca := genCA "ca" 1 }}{{ $ca.Cert | nindent 2 }}{{ (genSignedCert "a" nil nil 1 $ca).Cert | nindent 2 }}
`,
  );
  const plain = text.replace(/^ {2}/gm, '');
  const keys = [...plain.matchAll(/-----BEGIN [^-]*PRIVATE KEY-----[^-]*-----END [^-]*-----/g)].map(([pem]) => pem);
  assert.deepEqual(
    keys.map((pem) => createPublicKey(createPrivateKey(pem)).asymmetricKeyType),
    ['rsa', 'ec', 'ed25519'],
  );
  const [ca, leaf] = [...plain.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].map(
    ([pem]) => new X509Certificate(pem),
  );
  assert.ok(ca !== undefined && leaf?.verify(ca.publicKey));
  assert.ok(turns >= 5, `${turns}`);
});

test('a derived password is the same, whoever does the arithmetic', async () => {
  const { text, turns } = await rendered('k: {{ derivePassword 1 "long" "password" "user" "example.com" }}\n');
  assert.match(text, /^k: ZedaFaxcZaso9\*$/m);
  assert.ok(turns >= 1);
});
