/** Charts into registries. Go: helm pkg/registry client.go Push, oras-go copy.go */
import { PintleError } from '../../errors.ts';
import type { Progress, ProgressLine } from '../../host.ts';
import { step } from './answer.ts';
import { hasBlob, type Repository, type UploadOptions, uploadBlob } from './blob.ts';
import { digestOf } from './digest.ts';
import { CHART_CONFIG, CHART_LAYER, type Descriptor, MANIFEST, PROVENANCE_LAYER, writeManifest } from './manifest.ts';
import { putManifest, resolveManifest } from './manifests.ts';
import { pushScope } from './scope.ts';

/** What goes up. The archive is taken as it is. */
export interface ChartArtifact {
  readonly archive: Uint8Array;
  readonly prov?: Uint8Array;
  /** Chart.yaml as JSON. */
  readonly config: Uint8Array;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface PushedChart {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly chart: Descriptor;
  readonly prov?: Descriptor;
  /** What was pushed, as Helm prints it. */
  readonly ref: string;
}

export interface PushContext {
  readonly repository: Repository;
  /** The tag or digest in URLs. */
  readonly part: string;
  readonly ref: string;
  readonly progress?: Progress;
  readonly upload?: UploadOptions;
}

/** Puts a chart there: first the blobs that are missing, then the manifest under its tag. */
export async function pushArtifact(context: PushContext, artifact: ChartArtifact): Promise<PushedChart> {
  const { repository } = context;
  const { digests } = repository;
  const describe = (mediaType: string, bytes: Uint8Array): Descriptor => ({
    mediaType,
    digest: digestOf(bytes, digests),
    size: bytes.length,
  });
  const { archive, prov } = artifact;
  const chart = describe(CHART_LAYER, archive);
  const config = describe(CHART_CONFIG, artifact.config);
  const provenance = prov === undefined ? undefined : describe(PROVENANCE_LAYER, prov);
  const layers = provenance === undefined ? [chart] : [chart, provenance];
  const bytes = writeManifest(config, layers, artifact.annotations);
  const manifest = describe(MANIFEST, bytes);
  const known = await step('Exists', 'destination', () => hasManifest(repository, manifest));
  if (!known) {
    await putBlob(context, config, artifact.config);
    await putBlob(context, chart, archive);
    if (provenance !== undefined) await putBlob(context, provenance, prov as Uint8Array);
  }
  await step('PushReference', 'destination', () => putManifest(repository, manifest, bytes, context.part));
  return { manifest, config, chart, ...(provenance === undefined ? {} : { prov: provenance }), ref: context.ref };
}

async function hasManifest(repository: Repository, manifest: Descriptor): Promise<boolean> {
  try {
    // One token for all that follows.
    await resolveManifest(repository, manifest.digest, manifest.digest, [pushScope(repository.name)]);
    return true;
  } catch (error) {
    if (error instanceof PintleError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

async function putBlob(context: PushContext, descriptor: Descriptor, bytes: Uint8Array): Promise<void> {
  const { repository, progress, upload } = context;
  const scopes = [pushScope(repository.name)];
  if (await step('Exists', 'destination', () => hasBlob(repository, descriptor, scopes))) return;
  const line: ProgressLine | undefined =
    descriptor.mediaType === CHART_CONFIG ? undefined : progress?.start(context.ref, bytes.length);
  try {
    await step('Push', 'destination', () =>
      uploadBlob(repository, descriptor, bytes, { ...upload, ...(line === undefined ? {} : { progress: line }) }),
    );
  } finally {
    line?.end();
  }
}
