import type { GoMap } from '../go/value.ts';

/** A file of a chart: its path inside the chart with `/`, and its bytes. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Last change, where the source knows it; `package` keeps it. */
  readonly modified?: Date;
}

/** A person in `maintainers`. */
export interface Maintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** An entry of `dependencies`: what the chart asks for, not the chart that came. */
export interface Dependency {
  readonly name: string;
  readonly version?: string;
  readonly repository?: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
  /** Set while dependencies are processed; ignored on input. */
  readonly enabled?: boolean;
  /** Strings, or maps with `child` and `parent`. */
  readonly importValues?: readonly unknown[];
  readonly alias?: string;
}

/** Chart.yaml. Fields that the file leaves out are absent. */
export interface Metadata {
  readonly name: string;
  readonly version: string;
  readonly apiVersion?: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly Maintainer[];
  readonly icon?: string;
  readonly condition?: string;
  readonly tags?: string;
  readonly appVersion?: string;
  readonly deprecated?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  readonly dependencies?: readonly Dependency[];
  readonly type?: string;
}

/** An entry of Chart.lock: which version a dependency was resolved to, and what that was. */
export interface LockedDependency extends Dependency {
  /**
   * `sha256:` and hex, of the archive; of the content where the chart came from a folder. Locks written by Helm have
   * none, and Helm passes over it.
   */
  readonly digest?: string;
}

/** Chart.lock. */
export interface Lock {
  readonly generated: string;
  /** Of what was asked for and what was found, as Helm computes it. */
  readonly digest: string;
  readonly dependencies: readonly LockedDependency[];
}

/** A loaded chart: plain, readonly data. Stages that change a chart return another one. */
export interface Chart {
  readonly metadata: Metadata;
  readonly lock?: Lock;
  /** values.yaml as a map; empty where the chart has none. */
  readonly values: GoMap;
  /** values.schema.json. */
  readonly schema?: Uint8Array;
  /** Everything under templates/. */
  readonly templates: readonly ChartFile[];
  /** Every file that is neither special nor a template nor part of a subchart: `.Files`, README, crds/. */
  readonly files: readonly ChartFile[];
  /** Every file as it was read, in order. */
  readonly raw: readonly ChartFile[];
  /**
   * The names that lead from the root to the chart as it says itself, where they are others than those of the tree.
   * Subcharts of subcharts of an aliased chart go on saying the chart's own name.
   */
  readonly names?: readonly string[];
  /** The charts under charts/, whether or not `metadata.dependencies` names them. */
  readonly dependencies: readonly Chart[];
}
