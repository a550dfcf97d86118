/** A file that rendering produced: its full template name and its text. */
export interface RenderedFile {
  readonly name: string;
  readonly text: string;
}

/** The few fields of a manifest that decide where it goes. */
export interface Head {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** One YAML document of a rendered file. */
export interface Manifest {
  /** The template that it came from. */
  readonly source: string;
  readonly content: string;
  /** Where `content` starts in the text of the rendered file. */
  readonly offset: number;
  readonly head: Head;
}

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';

/** A manifest that runs at a point in a release's life instead of being part of it. */
export interface Hook extends Manifest {
  readonly events: readonly HookEvent[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}
