/** Objects that are to be kept, while the release changes around them. */
import { chartOf } from '../../release/world.ts';
import type { Case } from './report.ts';
import { errorOf, install, rollback, type Scene, uninstall, upgrade } from './scene.ts';

const WAIT = { strategy: 'hookOnly', timeout: 20_000, jobs: false } as const;

/** Has the object in question in some steps; it says to be kept in some of them. */
const CHART = chartOf({
  'values.yaml': 'has: true\nkeep: true\nstep: 1\n',
  'templates/a.yaml': [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-a"}\ndata: {step: "{{ .Values.step }}"}\n',
    '{{ if .Values.has }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "{{ .Release.Name }}-k"\n',
    '  {{- if .Values.keep }}\n  annotations: {helm.sh/resource-policy: keep}\n  {{- end }}\n',
    'data: {step: "{{ .Values.step }}"}\n{{ end }}\n',
  ]
    .join('---\n')
    .replace('\n---\n  {{- if', '\n  {{- if')
    .replace('\n---\ndata: {step', '\ndata: {step'),
});

interface Values {
  readonly has: boolean;
  readonly keep: boolean;
  readonly step: number;
}

/** Steps with what is there of the object afterwards: its step, or nothing. */
type Step = readonly [what: Values | 'uninstall' | 'edit' | 'release' | number, there: string | undefined];

const v = (has: boolean, keep: boolean, step: number): Values => ({ has, keep, step });

const SEQUENCES: Readonly<Record<string, readonly Step[]>> = {
  'dropped, and taken up again': [
    [v(true, true, 1), '1'],
    [v(false, true, 2), '1'],
    [v(true, true, 3), '3'],
    ['uninstall', '3'],
    [v(true, true, 4), '4'],
  ],
  'dropped, and rolled back to': [
    [v(true, true, 1), '1'],
    [v(false, true, 2), '1'],
    [1, '1'],
    [2, '1'],
    ['uninstall', '1'],
  ],
  'no longer kept': [
    [v(true, true, 1), '1'],
    [v(true, false, 2), '2'],
    [v(false, false, 3), undefined],
  ],
  'no longer kept, and uninstalled': [
    [v(true, true, 1), '1'],
    [v(true, false, 2), '2'],
    ['uninstall', undefined],
  ],
  'kept later': [
    [v(true, false, 1), '1'],
    [v(true, true, 2), '2'],
    ['uninstall', '2'],
    [v(true, false, 3), '3'],
    ['uninstall', undefined],
  ],
  'edited, and dropped': [
    [v(true, true, 1), '1'],
    ['edit', 'other'],
    [v(false, true, 2), 'other'],
    ['uninstall', 'other'],
  ],
  'released by hand, and dropped': [
    [v(true, true, 1), '1'],
    ['release', '1'],
    [v(false, true, 2), undefined],
  ],
};

export function keepCases(scene: Scene): Case[] {
  return Object.entries(SEQUENCES).flatMap(([name, steps], i) =>
    [true, false].map((serverSide) => ({
      name: `an object to be kept, ${name}${serverSide ? '' : ', client-side'}`,
      run: () => play(scene, steps, `k${i}${serverSide ? 's' : 'c'}`, serverSide),
    })),
  );
}

async function play(
  scene: Scene,
  steps: readonly Step[],
  release: string,
  serverSide: boolean,
): Promise<string | undefined> {
  const common = { name: release, wait: WAIT };
  const path = `/api/v1/namespaces/${scene.namespace}/configmaps/${release}-k`;
  const patch = (body: unknown): Promise<unknown> =>
    scene.ask({ method: 'PATCH', path, type: 'application/merge-patch+json', body: JSON.stringify(body) });
  for (const [i, [what, want]] of steps.entries()) {
    const context = scene.context();
    const records = await scene.records(release);
    const act = async (): Promise<unknown> => {
      if (what === 'uninstall') return uninstall(common, context);
      if (what === 'edit') return patch({ data: { step: 'other' } });
      if (what === 'release') return patch({ metadata: { annotations: { 'helm.sh/resource-policy': null } } });
      if (typeof what === 'number') return rollback({ ...common, revision: what }, context);
      const input = { chart: CHART, values: { ...what } };
      return records === '' ? install(input, { ...common, serverSide }, context) : upgrade(input, common, context);
    };
    const error = await errorOf(act());
    if (error) return `step ${i + 1}: ${error.message}`;
    const { status, text } = await scene.ask({ method: 'GET', path });
    const found = status === 200 ? (JSON.parse(text) as { data: { step: string } }).data.step : undefined;
    if (found !== want) return `step ${i + 1}: ${found} instead of ${want}`;
    const last = (await scene.records(release)).split(', ').at(-1) ?? '';
    if (what === 'uninstall' ? last !== '' : !last.endsWith(' deployed')) return `step ${i + 1}: ${last}`;
  }
  return undefined;
}
