/** What kubeconfig files say, as plain data. Go: client-go tools/clientcmd/api */
import type { Value } from '../../go/value.ts';

/** A server, and how one knows that it is the right one. Empty texts stand for what is not said. */
export interface KubeCluster {
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecureSkipTlsVerify: boolean;
  /** A path. */
  readonly certificateAuthority: string;
  /** PEM, one character a byte. */
  readonly certificateAuthorityData: string;
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  /** What others keep here, by name. */
  readonly extensions: ReadonlyMap<string, Value>;
}

/** Who asks. */
export interface KubeUser {
  readonly clientCertificate: string;
  readonly clientCertificateData: string;
  readonly clientKey: string;
  readonly clientKeyData: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly impersonate: string;
  readonly impersonateUid: string;
  readonly impersonateGroups: readonly string[];
  readonly impersonateExtra: ReadonlyMap<string, readonly string[]>;
  readonly username: string;
  readonly password: string;
  readonly authProvider?: AuthProviderConfig | undefined;
  readonly exec?: ExecConfig | undefined;
  /** The file that it is from. */
  readonly origin: string;
}

export interface AuthProviderConfig {
  readonly name: string;
  readonly config: ReadonlyMap<string, string>;
}

/** A program that knows the credentials. */
export interface ExecConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface KubeContext {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

export interface KubeConfig {
  readonly clusters: ReadonlyMap<string, KubeCluster>;
  readonly users: ReadonlyMap<string, KubeUser>;
  readonly contexts: ReadonlyMap<string, KubeContext>;
  readonly currentContext: string;
}

export const NO_CLUSTER: KubeCluster = {
  server: '',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthority: '',
  certificateAuthorityData: '',
  proxyUrl: '',
  disableCompression: false,
  extensions: new Map(),
};

export const NO_USER: KubeUser = {
  clientCertificate: '',
  clientCertificateData: '',
  clientKey: '',
  clientKeyData: '',
  token: '',
  tokenFile: '',
  impersonate: '',
  impersonateUid: '',
  impersonateGroups: [],
  impersonateExtra: new Map(),
  username: '',
  password: '',
  origin: '',
};

export const NO_CONTEXT: KubeContext = { cluster: '', user: '', namespace: '' };
