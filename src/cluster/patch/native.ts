/** Which kinds a client patches with strategic merge patches. */

/**
 * The group versions whose types clients know by heart, and so how their lists merge. Everything else is patched with
 * JSON merge patches, APIService too, though servers would take the other. Helm: kube/converter.go, of v1.36
 */
const NATIVE: readonly string[] = [
  'admissionregistration.k8s.io/v1 v1alpha1 v1beta1',
  'apiextensions.k8s.io/v1',
  'apps/v1 v1beta1 v1beta2',
  'authentication.k8s.io/v1 v1alpha1 v1beta1',
  'authorization.k8s.io/v1 v1beta1',
  'autoscaling/v1 v2',
  'batch/v1 v1beta1',
  'certificates.k8s.io/v1 v1alpha1 v1beta1',
  'coordination.k8s.io/v1 v1alpha2 v1beta1',
  'discovery.k8s.io/v1 v1beta1',
  'events.k8s.io/v1 v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1 v1beta1 v1beta2 v1beta3',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1 v1beta1',
  'node.k8s.io/v1 v1alpha1 v1beta1',
  'policy/v1 v1beta1',
  'rbac.authorization.k8s.io/v1 v1alpha1 v1beta1',
  'resource.k8s.io/v1 v1alpha3 v1beta1 v1beta2',
  'scheduling.k8s.io/v1 v1alpha2 v1beta1',
  'storage.k8s.io/v1 v1alpha1 v1beta1',
  'storagemigration.k8s.io/v1beta1',
];

/** Whether objects of this `apiVersion` are patched with strategic merge patches: built-in kinds, and CRDs of v1. */
export function hasStrategicMerge(apiVersion: string): boolean {
  if (apiVersion === 'v1') return true;
  const [group, version] = apiVersion.split('/');
  const line = NATIVE.find((entry) => entry.startsWith(`${group}/`));
  return (
    line !== undefined &&
    line
      .slice(line.indexOf('/') + 1)
      .split(' ')
      .includes(version ?? '')
  );
}
