import { PintleError } from '../errors.ts';
import { fields } from '../go/fields.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, type Method, Slice, type Struct, type Value } from '../go/value.ts';

/** The version of Helm whose behaviour this engine has; templates see it as `.Capabilities.HelmVersion`. */
export const HELM_VERSION = {
  version: 'v4.2.4',
  gitCommit: '',
  gitTreeState: '',
  goVersion: 'go1.26.8',
  kubeClientVersion: 'v1.36',
} as const;

/** The Kubernetes version that is assumed without a cluster: the one of Helm's own client library. */
export const DEFAULT_KUBE_VERSION = 'v1.36.0';

/** The group/versions that are assumed without a cluster. Helm: common.DefaultVersionSet. */
export const DEFAULT_API_VERSIONS: readonly string[] = fields(`v1 admissionregistration.k8s.io/v1
admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1
apps/v1beta1 apps/v1beta2 authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1
authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1
certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2
coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1
events.k8s.io/v1beta1 extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1
flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1
networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1
rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1
resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha2
scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1
storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1`);

/** A Kubernetes version as given and as compared. */
export interface KubeVersion {
  /** As given, with a leading `v`: `v1.33.4-gke.1245000`. */
  readonly version: string;
  /** Without any suffix, for constraints: `v1.33.4`. */
  readonly normalized: string;
  readonly major: string;
  readonly minor: string;
}

/** What a cluster can do, as templates see it. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  readonly apiVersions: readonly string[];
}

/**
 * Reads a Kubernetes version. k8s.io/apimachinery util/version ParseGeneric: at least two numeric parts, the
 * first without leading zeros, anything after them.
 *
 * @throws PintleError CAPABILITY_INVALID
 */
export function parseKubeVersion(text: string): KubeVersion {
  const match = /^\s*v?([0-9]+(?:\.[0-9]+)*)([\s\S]*?)\s*$/.exec(text);
  const fail = (message: string): never => {
    throw new PintleError('CAPABILITY_INVALID', message, { data: { version: text } });
  };
  if (!match) return fail(`could not parse ${quote(text)} as version`);
  const parts = (match[1] as string).split('.');
  if (parts.length < 2) return fail(`illegal version string ${quote(text)}`);
  const numbers = parts.map((part, i) => {
    if (i === 0 && part.length > 1 && part.startsWith('0')) {
      return fail(`illegal zero-prefixed version component ${quote(part)} in ${quote(text)}`);
    }
    const number = BigInt(part);
    if (number > 0xffff_ffff_ffff_ffffn) {
      const reason = `strconv.ParseUint: parsing ${quote(part)}: value out of range`;
      return fail(`illegal non-numeric version component ${quote(part)} in ${quote(text)}: ${reason}`);
    }
    return String(number);
  });
  const [major = '', minor = ''] = numbers;
  const normalized = `v${numbers.join('.')}`;
  return { version: text.startsWith('v') ? text : `v${text}`, normalized, major, minor };
}

/** The capabilities that rendering without a cluster assumes, with the caller's additions. */
export function makeCapabilities(kubeVersion?: string, extraApiVersions: readonly string[] = []): Capabilities {
  return {
    kubeVersion: parseKubeVersion(kubeVersion ?? DEFAULT_KUBE_VERSION),
    apiVersions: extraApiVersions.length > 0 ? [...DEFAULT_API_VERSIONS, ...extraApiVersions] : DEFAULT_API_VERSIONS,
  };
}

/** `.Capabilities`, a `*common.Capabilities` to templates. */
export function capabilitiesStruct(caps: Capabilities): Struct {
  const type = '*common.Capabilities';
  const copy: Method = { params: [], result: type, call: () => capabilitiesStruct(caps) };
  return {
    ...plainStruct(type, [
      ['KubeVersion', kubeVersionStruct(caps.kubeVersion)],
      ['APIVersions', versionSet(caps.apiVersions)],
      ['HelmVersion', helmVersionStruct()],
    ]),
    method: (name) => (name === 'Copy' ? copy : undefined),
    copy: () => capabilitiesStruct({ ...caps, kubeVersion: { ...caps.kubeVersion, normalized: '' } }),
  };
}

function kubeVersionStruct(v: KubeVersion): Struct {
  const methods: Record<string, Method> = {
    GitVersion: { params: [], result: 'string', call: () => v.version },
    String: { params: [], result: 'string', call: () => v.normalized || v.version },
  };
  const exported: readonly (readonly [string, Value])[] = [
    ['Version', v.version],
    ['Major', v.major],
    ['Minor', v.minor],
  ];
  return {
    ...plainStruct('common.KubeVersion', exported),
    // The unexported field stands second, and %v shows it: {v1.36.0 v1.36.0 1 36}.
    fields: () => [
      ['Version', v.version],
      ['normalizedVersion', v.normalized],
      ['Major', v.major],
      ['Minor', v.minor],
    ],
    method: (name) => (Object.hasOwn(methods, name) ? methods[name] : undefined),
    addressString: () => v.normalized || v.version,
    copy: () => {
      const { addressString: _, ...copied } = kubeVersionStruct({ ...v, normalized: '' });
      return copied;
    },
  };
}

function helmVersionStruct(): Struct {
  const { version, goVersion, kubeClientVersion } = HELM_VERSION;
  const json = JSON.stringify({ version, go_version: goVersion, kube_client_version: kubeClientVersion });
  const info = plainStruct('version.BuildInfo', [
    ['Version', version],
    ['GitCommit', HELM_VERSION.gitCommit],
    ['GitTreeState', HELM_VERSION.gitTreeState],
    ['GoVersion', goVersion],
    ['KubeClientVersion', kubeClientVersion],
  ]);
  return { ...info, json: () => json };
}

function plainStruct(type: string, entries: readonly (readonly [string, Value])[]): Struct {
  const byName: GoMap = new Map(entries);
  return {
    struct: true,
    type,
    field: (name) => byName.get(name),
    method: () => undefined,
    fields: () => entries,
  };
}

/** A common.VersionSet: a []string with the method Has. */
class VersionSet extends Slice {
  override method(name: string): Method | undefined {
    if (name !== 'Has') return undefined;
    return { params: ['string'], result: 'bool', call: ([version]) => this.includes(version) };
  }
}

function versionSet(versions: readonly string[]): Slice {
  const set = new VersionSet();
  set.elem = 'string';
  set.named = 'common.VersionSet';
  for (const version of versions) set.push(version);
  return set;
}
