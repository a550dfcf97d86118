/** Kubeconfigs, and what programs say that know credentials. */
import fc from 'fast-check';
import { GoError } from '../../../src/go/error.ts';
import { chooseEntries } from '../../../src/node/kube/client-config.ts';
import type { KubeConfig, KubeUser } from '../../../src/node/kube/config.ts';
import { decodeKubeConfig } from '../../../src/node/kube/decode.ts';
import { readAnswer } from '../../../src/node/kube/exec.ts';
import { sameWords } from '../compare.ts';
import { type Answer, base64, type Target } from '../target.ts';
import { FEW, hasKeyTwice, list, map, some } from './json-shapes.ts';

const URLS = fc.constantFrom('https://server:6443/a?b', 'server', '', 'http://[::1', 'socks5://x', '%zz');
const BYTES = fc.constantFrom('aGk=', '', 'aG', '!', 'aGk');
const EXTENSIONS = list(some({ name: FEW, extension: map(FEW) }));
const EXEC = some({
  ...{ command: FEW, args: list(FEW), env: list(some({ name: FEW, value: FEW })), installHint: FEW },
  apiVersion: fc.constantFrom('client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1', 'v1'),
  ...{ provideClusterInfo: fc.boolean(), interactiveMode: fc.constantFrom('Never', 'Always', 'x') },
});
const CONFIG = some({
  ...{ apiVersion: fc.constantFrom('v1', 'v2', ''), kind: fc.constantFrom('Config', 'Other'), 'current-context': FEW },
  clusters: list(
    some({
      name: FEW,
      cluster: some({
        ...{ server: URLS, 'certificate-authority-data': BYTES, 'insecure-skip-tls-verify': fc.boolean() },
        ...{ 'proxy-url': URLS, 'tls-server-name': FEW, extensions: EXTENSIONS, 'disable-compression': fc.boolean() },
      }),
    }),
  ),
  users: list(
    some({
      name: FEW,
      user: some({
        ...{ token: FEW, username: FEW, password: FEW, as: FEW, 'as-uid': FEW, 'as-groups': list(FEW), exec: EXEC },
        ...{ 'as-user-extra': map(list(FEW)), 'client-certificate-data': BYTES, 'client-key-data': BYTES },
        'auth-provider': some({ name: FEW, config: map(FEW) }),
      }),
    }),
  ),
  contexts: list(
    some({ name: FEW, context: some({ cluster: FEW, user: FEW, namespace: FEW, extensions: EXTENSIONS }) }),
  ),
  ...{ preferences: some({ colors: fc.boolean(), extensions: EXTENSIONS }), extensions: EXTENSIONS },
}).map((config) => JSON.stringify(config));

const SEED = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "https://h", certificate-authority-data: aGk=}}]
users:
- name: b
  user: {token: t, as-groups: [g], exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}}
contexts: [{name: c, context: {cluster: a, user: b}}]
current-context: c
`;

function plainMap<T>(entries: ReadonlyMap<string, T>, show: (value: T) => unknown): Record<string, unknown> {
  const sorted = [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Object.assign(Object.create(null), Object.fromEntries(sorted.map(([name, value]) => [name, show(value)])));
}

/** Bytes as Go's JSON has them; none are null or empty, which is all the same to whoever uses them. */
function bytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

function shownConfig(config: KubeConfig): unknown {
  return [
    plainMap(config.clusters, (c) => [
      ...[c.server, c.tlsServerName, c.insecureSkipTlsVerify, c.certificateAuthority],
      ...[bytes(c.certificateAuthorityData), c.proxyUrl, c.disableCompression],
    ]),
    plainMap(config.users, shownUser),
    plainMap(config.contexts, (c) => [c.cluster, c.user, c.namespace]),
    config.currentContext,
  ];
}

function shownUser(u: KubeUser): unknown {
  const { authProvider, exec } = u;
  return [
    ...[u.clientCertificate, bytes(u.clientCertificateData), u.clientKey, bytes(u.clientKeyData), u.token, u.tokenFile],
    ...[u.impersonate, u.impersonateUid, u.impersonateGroups, plainMap(u.impersonateExtra, (values) => values)],
    ...[u.username, u.password],
    authProvider ? [authProvider.name, plainMap(authProvider.config, (value) => value)] : null,
    exec
      ? [
          ...[exec.command, exec.args, exec.env, exec.apiVersion, exec.installHint],
          ...[exec.provideClusterInfo, exec.interactiveMode],
        ]
      : null,
  ];
}

/** Whether the answers say the same; Go has null where we have nothing. */
function sameConfig(ours: Answer, helm: Answer): boolean {
  if ('err' in ours || 'err' in helm) {
    // Go goes on to print the whole list, secrets and all; and of several faults it tells the first in the text.
    const several = /duplicate name|^json: |illegal base64|^parsing time|^invalid configuration/;
    return (
      sameWords(ours, helm) || ('err' in ours && 'err' in helm && [ours, helm].every(({ err }) => several.test(err)))
    );
  }
  const filled = (value: unknown): string => JSON.stringify(value).replaceAll('null', '""').replaceAll('{}', '""');
  return filled(ours.ok) === filled(helm.ok);
}

const NOTHING = {
  ...{ namespace: '', kubeContext: '', kubeToken: '', kubeAsUser: '', kubeAsGroups: [], kubeApiServer: '' },
  ...{ kubeCaFile: '', kubeTlsServerName: '', kubeInsecureSkipTlsVerify: false },
};

const V1 = 'client.authentication.k8s.io/v1';
const CREDENTIAL = some({
  apiVersion: fc.constantFrom(V1, `${V1}beta1`, 'v1', 'a/b/c'),
  kind: fc.constantFrom('ExecCredential', 'Other', ''),
  status: some({
    ...{ token: FEW, clientCertificateData: FEW, clientKeyData: FEW },
    expirationTimestamp: fc.constantFrom('2036-01-01T00:00:00Z', '2036', '', '2036-01-01T00:00:00.5+01:00'),
  }),
  spec: some({ interactive: fc.boolean(), cluster: map(FEW) }),
}).map((credential) => JSON.stringify(credential));

export const kubeconfigTargets: readonly Target[] = [
  {
    name: 'kubeconfig',
    seeds: [SEED, '{"apiVersion":"v1","kind":"Config","clusters":[{"name":"a","cluster":{"server":""}}]}', ''],
    words: ['clusters:', 'users:', 'contexts:', 'name: a', 'cluster:', 'user:', 'exec:', '- ', 'null', '{}', '[]'],
    shape: CONFIG,
    run: (input) => {
      const config = decodeKubeConfig(Buffer.from(input).toString('utf8'), 'file');
      try {
        chooseEntries(config, NOTHING, {});
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
      }
      return shownConfig(config);
    },
    question: (input) => {
      const text = Buffer.from(input).toString('utf8');
      return hasKeyTwice(text) ? undefined : { call: 'kubeconfig', args: [base64(Buffer.from(text))] };
    },
    same: sameConfig,
  },
  {
    name: 'exec-credential',
    seeds: [
      `{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"t"}}`,
      `apiVersion: ${V1}\nkind: ExecCredential\nstatus: {token: t, expirationTimestamp: "2036-01-01T00:00:00Z"}`,
      `{"apiVersion":"${V1}","kind":"ExecCredential","status":{"clientCertificateData":"x","clientKeyData":"y"}}`,
    ],
    words: ['"status"', '"token"', '"expirationTimestamp"', '"clientKeyData"', V1, 'null', '{}'],
    shape: CREDENTIAL,
    run: (input) => readAnswer(Buffer.from(input).toString('utf8'), V1, undefined).authorization ?? '',
    question: (input) => {
      const text = Buffer.from(input).toString('utf8');
      return hasKeyTwice(text) ? undefined : { call: 'exec-credential', args: [base64(Buffer.from(text)), V1] };
    },
    same: (ours, helm) => {
      const said = 'err' in ours ? { err: `getting credentials: ${ours.err}` } : ours;
      // Of several faults Go tells the first in the text.
      const several = /decoding stdout: (?:json: |parsing time )/;
      return (
        sameWords(said, helm) || ('err' in said && 'err' in helm && [said, helm].every(({ err }) => several.test(err)))
      );
    },
  },
];
