/** What the server serves of one kind. */
import type { Json, JsonObject } from '../../../cluster/json.ts';
import type { Served } from './builtin.ts';

/** A kind as one version serves it, with what the server must know to store it. */
export interface Resource extends Served {
  /** `deployments.apps`: where its objects are kept, whatever the version. */
  readonly storage: string;
  /** The version in which it is kept. */
  readonly storageVersion: string;
  /** Its definition, where it is a custom one. */
  readonly custom: CustomResource | undefined;
}

/** What a CustomResourceDefinition says of one version. */
export interface CustomResource {
  readonly name: string;
  readonly schema: Json | undefined;
  readonly hasStatus: boolean;
  readonly hasScale: boolean;
  readonly columns: readonly JsonObject[];
}
