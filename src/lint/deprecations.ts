/** API versions that Kubernetes has given up or will, as of its release 1.36. Facts from k8s.io/api. */
import type { KubeVersion } from '../render/capabilities.ts';

/**
 * `apiVersion kind[,kind] deprecated removed [replacement-apiVersion replacement-kind]`. A kind that ends in `+` has
 * a list kind too, whose replacement, where there is one, is the replacement's list kind; `=` in place of the
 * replacement's kind is the same kind. `-`: not removed.
 */
const TABLE = `
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy+,MutatingAdmissionPolicyBinding+ 1.35 1.38
admissionregistration.k8s.io/v1alpha1 ValidatingAdmissionPolicy+,ValidatingAdmissionPolicyBinding+ 1.29 1.32
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy+,MutatingAdmissionPolicyBinding+ 1.37 1.40 admissionregistration.k8s.io/v1 =
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration+,ValidatingWebhookConfiguration+ 1.16 1.22 admissionregistration.k8s.io/v1 =
admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy+,ValidatingAdmissionPolicyBinding+ 1.31 1.34
apps/v1beta1 ControllerRevision+,Deployment+,DeploymentRollback,StatefulSet+ 1.8 1.16 apps/v1 =
apps/v1beta1 Scale 1.8 1.16 autoscaling/v1 =
apps/v1beta2 ControllerRevision+,DaemonSet+,Deployment+,ReplicaSet+,StatefulSet+ 1.9 1.16 apps/v1 =
apps/v1beta2 Scale 1.9 1.16 autoscaling/v1 =
authentication.k8s.io/v1alpha1 SelfSubjectReview 1.29 1.32
authentication.k8s.io/v1beta1 SelfSubjectReview 1.30 1.33
authentication.k8s.io/v1beta1 TokenReview 1.19 1.22 authentication.k8s.io/v1 =
authorization.k8s.io/v1beta1 LocalSubjectAccessReview,SelfSubjectAccessReview,SelfSubjectRulesReview,SubjectAccessReview 1.19 1.22 authorization.k8s.io/v1 =
batch/v1beta1 CronJob+ 1.21 1.25 batch/v1 =
certificates.k8s.io/v1alpha1 ClusterTrustBundle+ 1.34 1.37
certificates.k8s.io/v1beta1 CertificateSigningRequest+ 1.19 1.22 certificates.k8s.io/v1 =
certificates.k8s.io/v1beta1 ClusterTrustBundle+ 1.37 1.40
certificates.k8s.io/v1beta1 PodCertificateRequest+ 1.38 1.41
coordination.k8s.io/v1alpha2 LeaseCandidate+ 1.35 1.38
coordination.k8s.io/v1beta1 Lease+ 1.19 1.22 coordination.k8s.io/v1 =
coordination.k8s.io/v1beta1 LeaseCandidate+ 1.36 1.39
discovery.k8s.io/v1beta1 EndpointSlice,EndpointSliceList 1.21 1.25 discovery.k8s.io/v1 EndpointSlice
events.k8s.io/v1beta1 Event+ 1.22 1.25
extensions/v1beta1 DaemonSet+,Deployment+,ReplicaSet+ 1.8 1.16 apps/v1 =
extensions/v1beta1 DeploymentRollback 1.8 1.16
extensions/v1beta1 Ingress+ 1.14 1.22 networking.k8s.io/v1 =
extensions/v1beta1 NetworkPolicy+ 1.9 1.16 networking.k8s.io/v1 =
extensions/v1beta1 Scale 1.2 1.16
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema+,PriorityLevelConfiguration+ 1.23 1.26 flowcontrol.apiserver.k8s.io/v1beta3 =
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema+,PriorityLevelConfiguration+ 1.26 1.29 flowcontrol.apiserver.k8s.io/v1beta3 =
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema+,PriorityLevelConfiguration+ 1.29 1.32 flowcontrol.apiserver.k8s.io/v1 =
networking.k8s.io/v1beta1 IPAddress+,ServiceCIDR+ 1.34 1.37
networking.k8s.io/v1beta1 Ingress+ 1.19 1.22 networking.k8s.io/v1 =
networking.k8s.io/v1beta1 IngressClass,IngressClassList 1.19 1.22 networking.k8s.io/v1 IngressClassList
node.k8s.io/v1beta1 RuntimeClass+ 1.22 1.25
policy/v1beta1 Eviction 1.22 1.25
policy/v1beta1 PodDisruptionBudget+ 1.21 1.25 policy/v1 =
rbac.authorization.k8s.io/v1beta1 ClusterRole+,ClusterRoleBinding+,Role+,RoleBinding+ 1.17 1.22 rbac.authorization.k8s.io/v1 =
resource.k8s.io/v1alpha3 DeviceTaintRule+ 1.36 1.39
resource.k8s.io/v1alpha3 ResourcePoolStatusRequest+ 1.39 1.42
resource.k8s.io/v1beta1 DeviceClass+,ResourceClaim+,ResourceClaimTemplate+,ResourceSlice+ 1.35 1.38
resource.k8s.io/v1beta2 DeviceClass+,ResourceClaim+,ResourceClaimTemplate+,ResourceSlice+ 1.36 1.39
resource.k8s.io/v1beta2 DeviceTaintRule+ 1.39 1.42
scheduling.k8s.io/v1beta1 PriorityClass+ 1.14 1.22 scheduling.k8s.io/v1 =
storage.k8s.io/v1alpha1 CSIStorageCapacity+ 1.21 1.24 storage.k8s.io/v1beta1 =
storage.k8s.io/v1alpha1 VolumeAttachment+ 1.21 1.24 storage.k8s.io/v1 =
storage.k8s.io/v1alpha1 VolumeAttributesClass+ 1.32 1.35 storage.k8s.io/v1 =
storage.k8s.io/v1beta1 CSIDriver+ 1.19 1.22 storage.k8s.io/v1 =
storage.k8s.io/v1beta1 CSINode,CSINodeList 1.17 1.22 storage.k8s.io/v1 CSINode
storage.k8s.io/v1beta1 CSIStorageCapacity+ 1.24 1.27 storage.k8s.io/v1 =
storage.k8s.io/v1beta1 StorageClass+,VolumeAttachment+ 1.19 1.22 storage.k8s.io/v1 =
storage.k8s.io/v1beta1 VolumeAttributesClass+ 1.34 1.37 storage.k8s.io/v1 =
storagemigration.k8s.io/v1beta1 StorageVersionMigration+ 1.38 1.41
v1 ComponentStatus+ 1.19 -
v1 Endpoints 1.33 - discovery.k8s.io/v1 EndpointSlice
v1 EndpointsList 1.33 - discovery.k8s.io/v1 EndpointSliceList
`;

/** What Kubernetes says about one kind of one API version. */
export interface Deprecation {
  /** Major and minor. */
  readonly since: readonly [number, number];
  readonly text: string;
}

let byKind: ReadonlyMap<string, Deprecation> | undefined;

/** All of them, by `apiVersion kind`. */
export function deprecations(): ReadonlyMap<string, Deprecation> {
  if (byKind) return byKind;
  const out = new Map<string, Deprecation>();
  for (const line of TABLE.trim().split('\n')) {
    const [apiVersion = '', kinds = '', since = '', removed = '', newVersion, newKind = ''] = line.split(' ');
    const add = (kind: string): void => {
      const gone = removed === '-' ? '' : `, unavailable in v${removed}+`;
      const instead = newVersion ? `; use ${newVersion} ${newKind === '=' ? kind : newKind}` : '';
      const [major, minor] = since.split('.').map(Number) as [number, number];
      out.set(`${apiVersion} ${kind}`, {
        since: [major, minor],
        text: `${apiVersion} ${kind} is deprecated in v${since}+${gone}${instead}`,
      });
    };
    for (const kind of kinds.split(',')) {
      if (!kind.endsWith('+')) add(kind);
      else for (const name of [kind.slice(0, -1), `${kind.slice(0, -1)}List`]) add(name);
    }
  }
  byKind = out;
  return out;
}

/** The warning for an object that a version of Kubernetes calls deprecated; nothing for any other. */
export function deprecationProblem(apiVersion: string, kind: string, version: KubeVersion): string | undefined {
  const found = deprecations().get(`${apiVersion} ${kind}`);
  if (found === undefined) return undefined;
  const [major, minor] = found.since;
  const now = [Number(version.major), Number(version.minor)] as const;
  return major < now[0] || (major === now[0] && minor <= now[1]) ? found.text : undefined;
}
