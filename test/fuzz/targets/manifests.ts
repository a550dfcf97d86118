/** Manifests: how they are cut, sorted and told from hooks, and what objects they hold. */
import fc from 'fast-check';
import type { Cluster, ResourceMapping } from '../../../src/cluster/types.ts';
import type { RenderedFile } from '../../../src/manifests/manifest.ts';
import { sortManifests } from '../../../src/manifests/sort.ts';
import { buildTargets } from '../../../src/release/build.ts';
import { stamp } from '../../../src/release/ownership.ts';
import { sameWords } from '../compare.ts';
import { base64, finding, type Target } from '../target.ts';

const KINDS = ['Pod', 'Job', 'Service', 'Namespace', 'Custom', 'Another', 'List', 'ConfigMapList', 'IngressClass'];
const ANNOTATIONS = fc
  .record(
    {
      'helm.sh/hook': fc.constantFrom('pre-install', 'post-install, test', 'test-success', 'x', '', ' Pre-Delete '),
      'helm.sh/hook-weight': fc.constantFrom('"1"', '"-5"', '2', '"+3"', 'x', '"99999999999999999999"', '"0x1"'),
      'helm.sh/hook-delete-policy': fc.constantFrom('hook-succeeded', 'a, B,', '""'),
      'helm.sh/hook-output-log-policy': fc.constantFrom('hook-failed', 'a,b'),
      other: fc.constantFrom('a', '1', 'true', 'null'),
    },
    { requiredKeys: [] },
  )
  .map((all) => Object.entries(all).map(([name, value]) => `    ${name}: ${value}\n`));

const DOCUMENT = fc.oneof(
  { arbitrary: fc.constantFrom('# nothing\n', '', ' \n', '[]\n', 'a: b: c\n', 'text\n', 'kind: 1\n'), weight: 1 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...KINDS),
        fc.constantFrom('a', 'b', '1', '""'),
        ANNOTATIONS,
        fc.constantFrom('', 'home', '~'),
      )
      .map(([kind, name, notes, namespace]) => {
        const annotations = notes.length > 0 ? `  annotations:\n${notes.join('')}` : '';
        const place = namespace === '' ? '' : `  namespace: ${namespace}\n`;
        const items = kind.endsWith('List')
          ? 'items:\n- {kind: Pod, apiVersion: v1, metadata: {name: i}}\n- {a: 1}\n'
          : '';
        return `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${place}${annotations}${items}`;
      }),
    weight: 6,
  },
);
const SEPARATOR = fc.constantFrom(
  '---\n',
  '\n---\n',
  '--- \n',
  '---  # c\n',
  '---',
  '----\n',
  '\r\n---\r\n',
  '--- a: 1\n',
);
const STREAM = fc
  .array(fc.tuple(SEPARATOR, DOCUMENT), { maxLength: 5 })
  .map((parts) => parts.map((part) => part.join('')).join(''));

/** Between two files of an input, with the name of the second. */
const FILE = /^=== (.*)\n/m;

/** The files of an input; names that JSON cannot hold apart are one. */
function filesOf(input: Uint8Array): Record<string, string> {
  const [first = '', ...rest] = Buffer.from(input).toString('utf8').split(FILE);
  const files: Record<string, string> = Object.assign(Object.create(null), { 'c/templates/a.yaml': first });
  for (let i = 0; i < rest.length; i += 2) files[rest[i] ?? ''] = rest[i + 1] ?? '';
  return files;
}

const SEED = `apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {helm.sh/hook: "pre-install,test", helm.sh/hook-weight: "5"}}
---
kind: Namespace
---
kind: Zoo
=== c/templates/_b.yaml
kind: Service
=== b/templates/a.yaml
kind: Service
metadata: {annotations: {helm.sh/hook: none}}
`;

/** A cluster that has every kind, in namespaces. */
const everyKind: Pick<Cluster, 'discovery' | 'schemas'> = {
  discovery: {
    mapping: async (apiVersion: string, kind: string): Promise<ResourceMapping> => {
      const slash = apiVersion.lastIndexOf('/');
      const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
      return { group, version, kind, resource: 'things', namespaced: true } as ResourceMapping;
    },
  },
  schemas: { check: async () => {} },
} as unknown as Cluster;

export const manifestsTargets: readonly Target[] = [
  {
    name: 'manifests-sort',
    seeds: [SEED, 'kind: A\n---\nkind: B\n...\n---\n# c\n', '---\n---\nkind: A'],
    words: ['---\n', 'kind: ', 'helm.sh/hook', 'pre-install', 'metadata:', 'annotations:', '=== a\n', 'null', '...\n'],
    shape: fc.tuple(STREAM, STREAM).map(([one, two]) => `${one}=== c/charts/d/templates/b.yaml\n${two}`),
    run: (input) => {
      const files = Object.entries(filesOf(input)).map(([name, text]): RenderedFile => ({ name, text }));
      const { manifests, hooks } = sortManifests(files);
      return [
        manifests.map(({ source, content, head }) => [source, content, head.kind]),
        hooks.map((hook) => [
          ...[hook.source, hook.content, hook.head.kind, hook.head.name, hook.weight],
          ...[hook.events, hook.deletePolicies, hook.outputLogPolicies],
        ]),
      ];
    },
    question: (input) => ({ call: 'manifests-sort', args: [JSON.stringify(filesOf(input))] }),
    same: sameWords,
  },
  {
    name: 'manifest-objects',
    seeds: [
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- {}\n',
      'apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a, namespace: b}}]\n---\nkind: A\napiVersion: g/v1\n',
    ],
    words: ['---\n', 'kind: ', 'apiVersion: ', 'items:', 'metadata:', 'namespace: a', 'name: 1', 'null', '[]', '{}'],
    shape: STREAM,
    run: async (input) => {
      const text = Buffer.from(input).toString('utf8');
      const targets = await buildTargets(everyKind, text, { namespace: 'home', validate: false });
      const owner = { name: 'web', namespace: 'home' };
      for (const target of targets) {
        const once = stamp(target, owner);
        if (JSON.stringify(stamp(once, owner)) !== JSON.stringify(once)) finding('a stamp changes what is stamped');
      }
      return targets.map(({ object, name, namespace }) => [object.apiVersion ?? '', object.kind, namespace, name]);
    },
    question: (input) => {
      const text = Buffer.from(input).toString('utf8');
      // What begins like JSON is read by another reader, with words of its own.
      if (/^\s*\{/.test(text)) return undefined;
      return { call: 'manifest-objects', args: [base64(Buffer.from(text))] };
    },
    same: sameWords,
  },
];
