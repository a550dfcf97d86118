/**
 * Pintle's core: charts in, Kubernetes manifests out, on web-standard APIs alone. What touches files, processes
 * and native crypto is in `pintle/node`.
 *
 * @module
 */
export type { Chart, ChartFile, Dependency, Lock, LockedDependency, Maintainer, Metadata } from './chart/types.ts';
export { type ClusterOptions, clusterOf } from './cluster/connect.ts';
export type { Json, JsonObject, KubeObject } from './cluster/json.ts';
export type {
  ApiAnswer,
  ApiCall,
  Cluster,
  ClusterTransport,
  ObjectRef,
  ResourceMapping,
  Target,
} from './cluster/types.ts';
export { type FormatErrorOptions, formatError } from './error-frame.ts';
export { type ErrorCode, type Frame, PintleError, type PintleErrorOptions, type Position } from './errors.ts';
export { DEFAULT_LIMITS, type Limits } from './go/budget.ts';
export type {
  Clock,
  Crypto,
  HttpRequest,
  HttpResponse,
  Inflate,
  Log,
  Random,
  RenderHost,
  TlsOptions,
  Transport,
} from './host.ts';
export { webHost } from './host-web.ts';
export { type LintChartOptions, type LintMessage, lintChart } from './library/lint-chart.ts';
export { type ChartSource, type LoadChartOptions, loadChart } from './library/load-chart.ts';
export { mergeValues, type ValueSources } from './library/merge-values.ts';
export type { Call, LineOrigin } from './library/origins.ts';
export {
  type HookResource,
  type LookupRef,
  type RenderChartOptions,
  type RenderedChart,
  type Resource,
  renderChart,
} from './library/render-chart.ts';
export type { HookEvent } from './manifests/manifest.ts';
export { unlock } from './release/actions/unlock.ts';
export type { PlannedRelease } from './release/deploy/revision.ts';
export type {
  DeployOptions,
  DryRun,
  EventObject,
  FailFast,
  InstallOptions,
  ObjectProgress,
  ReleaseContext,
  ReleaseEvent,
  RollbackOptions,
  TestOptions,
  Uninstalled,
  UninstallOptions,
  UpgradeOptions,
  WaitOptions,
  WaitStrategy,
} from './release/options.ts';
export {
  type CreateMethod,
  type OwnershipConflict,
  type Plan,
  type PlanInput,
  type PlannedCreate,
  type PlannedUpdate,
  type PlannedWrite,
  type PlanOptions,
  planChanges,
  type UpdateMethod,
} from './release/plan/plan.ts';
export { releaseHistory } from './release/read/history.ts';
export { listReleases } from './release/read/list.ts';
export { type LiveResources, liveResources } from './release/read/status.ts';
export { configMapStore } from './release/stores/configmap.ts';
export type { StoreHost } from './release/stores/host.ts';
export { memoryStore } from './release/stores/memory.ts';
export { secretStore } from './release/stores/secret.ts';
export type {
  HookPhase,
  HookRun,
  Lease,
  Release,
  ReleaseInfo,
  ReleaseStatus,
  ReleaseStore,
  StoredHook,
  StoredRelease,
  StoreQuery,
} from './release/types.ts';
export {
  type Deployable,
  type Given,
  install,
  planInstall,
  planUpgrade,
  rollback,
  testRelease,
  uninstall,
  upgrade,
} from './release/verbs.ts';
