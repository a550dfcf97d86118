/** How to get at a server that holds charts or plugins: who one is, and what to trust. Paths name PEM files. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Speak HTTP with registries. */
  readonly plainHttp?: boolean;
}
