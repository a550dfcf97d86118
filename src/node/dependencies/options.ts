import type { Access } from '../download/access.ts';

/** What a dependency command was told. The access is to registries: repositories have their own settings. */
export interface DependencyOptions extends Access {
  /** Check signatures: those that are there for `build`, all for `update`. */
  readonly verify?: boolean;
  /** The file with the public keys to verify with. */
  readonly keyring?: string;
  /** Go by the cached indexes. */
  readonly skipRefresh?: boolean;
  /** Fail where Chart.lock would change or does not say what its dependencies are. */
  readonly locked?: boolean;
}
