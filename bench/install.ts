/**
 * Measures installs on a cluster against Helm's, in turns, each in a namespace of its own:
 *
 *     KUBECONFIG=… node bench/install.ts [ROUNDS] [HELM]
 *
 * `examples/shop` with --wait, and a chart of 500 objects. What is printed: medians in seconds, and ratios of medians.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './stats.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const helm = process.argv[3] ?? 'helm';
const work = mkdtempSync(join(tmpdir(), 'pintle-bench-'));

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  helm: [helm],
  pintle: [process.execPath, `${root}bin/pintle.js`],
};

/** A chart of many small objects of the kinds that charts have most of. */
function manyObjects(count: number): string {
  const folder = join(work, 'many');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: many\nversion: 1.0.0\n');
  writeFileSync(
    join(folder, 'templates', 'all.yaml'),
    `{{- range $i := until ${count / 5} }}
{{- range $kind := list "ConfigMap" "Secret" "ServiceAccount" }}
---
apiVersion: v1
kind: {{ $kind }}
metadata: {name: {{ $.Release.Name }}-{{ $i }}, labels: {app: many}}
{{- if ne $kind "ServiceAccount" }}
data: {key: {{ printf "value %d" $i | b64enc }}}
{{- end }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata: {name: {{ $.Release.Name }}-{{ $i }}, labels: {app: many}}
spec: {clusterIP: None, selector: {app: "{{ $i }}"}, ports: [{name: http, port: 80}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: {{ $.Release.Name }}-{{ $i }}, labels: {app: many}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
{{- end }}
`,
  );
  return folder;
}

function run(program: string, args: readonly string[]): number {
  const [command = '', ...before] = PROGRAMS[program] as readonly string[];
  const started = performance.now();
  const { status, stderr } = spawnSync(command, [...before, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

const cases: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['examples/shop --wait', [`${root}examples/shop`, '--wait', '--timeout', '2m']],
  ['500 objects', [manyObjects(500)]],
];
for (const [name, args] of cases) {
  const times: Record<string, number[]> = { helm: [], pintle: [] };
  for (let round = 0; round < rounds; round++) {
    for (const program of Object.keys(PROGRAMS)) {
      const namespace = `bench-${program}-${process.pid}-${round}-${cases.findIndex((c) => c[0] === name)}`;
      times[program]?.push(run(program, ['install', 'bench', ...args, '-n', namespace, '--create-namespace']));
      run(program, ['uninstall', 'bench', '-n', namespace]);
      spawnSync('kubectl', ['delete', 'namespace', namespace, '--wait=false']);
    }
  }
  const [theirs, ours] = [median(times['helm'] as number[]), median(times['pintle'] as number[])];
  console.log(`${name}: helm ${theirs.toFixed(2)} s, pintle ${ours.toFixed(2)} s, ratio ${(ours / theirs).toFixed(2)}`);
}
rmSync(work, { recursive: true });
