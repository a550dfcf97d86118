/** Charts to send around: made by hand, packed by Helm, and kept for all cases of a run. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newUser, ok, type Program } from './frame.ts';
import type { Keys } from './keys.ts';

export interface ChartSource {
  readonly name: string;
  readonly version: string;
  /** More lines of Chart.yaml. */
  readonly metadata?: string;
  /** More files, or other content for those that every chart here has. */
  readonly files?: Readonly<Record<string, string>>;
  /** With a provenance file beside the archive. */
  readonly signed?: boolean;
}

/** A packed chart. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly fileName: string;
  readonly bytes: Buffer;
  /** Lower-case hex of SHA-256. */
  readonly digest: string;
}

/** Writes a chart's folder, and answers with its path. */
export function writeChart(parent: string, source: ChartSource): string {
  const folder = join(parent, source.name);
  for (const [name, text] of Object.entries({ ...chartFiles(source), ...source.files })) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

function chartFiles({ name, version, metadata = '' }: ChartSource): Record<string, string> {
  return {
    'Chart.yaml': `apiVersion: v2
name: ${name}
version: ${version}
appVersion: "7.${version}"
description: Sent to and fro <by> two & programs
home: https://example.com/${name}
icon: https://example.com/${name}.svg
kubeVersion: ">=1.20.0-0"
keywords: [exchange, ${name}]
sources: [https://example.com/source, https://example.com/mirror]
maintainers:
  - name: Mei Ölund
    email: mei@example.com
    url: https://example.com/mei
  - name: Okoro
annotations:
  org.example.note: "made for ${name}"
${metadata}`,
    'values.yaml': `# How it greets.\ngreeting: hello\ncount: 3\n`,
    'README.md': `# ${name}\n\nVersion ${version}.\n`,
    'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-${name}
data:
  chart: {{ .Chart.Name }}-{{ .Chart.Version }}
  greeting: {{ .Values.greeting | quote }}
  release: ${version}
`,
    'templates/NOTES.txt': `{{ .Chart.Name }} says {{ .Values.greeting }}.\n`,
    'crds/thing.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
`,
  };
}

/** Packs charts, each source once. */
export type Packer = (source: ChartSource) => Promise<Packed>;

/** A packer that keeps its archives in `folder`. */
export function createPacker(helm: Program, folder: string, keys: Keys): Packer {
  const made = new Map<string, Promise<Packed>>();
  mkdirSync(folder, { recursive: true });
  return (source) => {
    const key = JSON.stringify(source);
    const found = made.get(key) ?? pack(helm, folder, source, keys);
    made.set(key, found);
    return found;
  };
}

async function pack(helm: Program, folder: string, source: ChartSource, keys: Keys): Promise<Packed> {
  const place = mkdtempSync(join(folder, 'chart-'));
  const user = newUser(helm, place);
  const fileName = `${source.name}-${source.version}.tgz`;
  const sign = source.signed ? ['--sign', '--key', keys.name, '--keyring', keys.secretRing] : [];
  await ok(user, ['package', writeChart(user.work, source), '-d', user.home, ...sign]);
  const path = join(place, fileName);
  renameSync(join(user.home, fileName), path);
  if (source.signed) renameSync(join(user.home, `${fileName}.prov`), `${path}.prov`);
  return packedAt(path, source.name, source.version);
}

/** An archive that is there already. */
export function packedAt(path: string, name: string, version: string): Packed {
  const bytes = readFileSync(path);
  return { name, version, path, fileName: path.slice(path.lastIndexOf('/') + 1), bytes, digest: sha256(bytes) };
}

/** Lower-case hex of SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
