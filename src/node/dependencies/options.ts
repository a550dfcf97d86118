/** What a dependency command was told. */
export interface DependencyOptions {
  /** Check signatures: those that are there for `build`, all for `update`. */
  readonly verify?: boolean;
  /** The file with the public keys to verify with. */
  readonly keyring?: string;
  /** Go by the cached indexes. */
  readonly skipRefresh?: boolean;
  /** Fail where Chart.lock would change or does not say what its dependencies are. */
  readonly locked?: boolean;
  /** How to reach registries. Repositories have their own settings. */
  readonly username?: string;
  readonly password?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly plainHttp?: boolean;
}
