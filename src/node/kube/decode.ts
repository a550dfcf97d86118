/**
 * The text of a kubeconfig file as data, with Go's words for what does not fit.
 * Go: client-go tools/clientcmd/api/v1, sigs.k8s.io/json
 */
import { decodeBase64 } from '../../go/base64.ts';
import { GoError } from '../../go/error.ts';
import { jsonKind } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { isMap, type Value } from '../../go/value.ts';
import { yamlToValue } from '../../yaml/decode.ts';
import type { AuthProviderConfig, ExecConfig, KubeCluster, KubeConfig, KubeContext, KubeUser } from './config.ts';

/**
 * Reads YAML or JSON; `origin` is noted with the users.
 *
 * @throws GoError
 */
export function decodeKubeConfig(text: string, origin: string): KubeConfig {
  const value = text === '' ? null : readYaml(text);
  checkKind(value);
  const reader = new Reader(value, 'Config', '', { text: undefined });
  const config = {
    clusters: reader.named('clusters', 'Cluster', 'cluster', readCluster),
    users: reader.named('users', 'AuthInfo', 'user', (r) => readUser(r, origin)),
    contexts: reader.named('contexts', 'Context', 'context', readContext),
    currentContext: reader.string('current-context'),
  };
  if (reader.fault.text !== undefined) throw new GoError(reader.fault.text);
  return {
    ...config,
    clusters: unique(config.clusters, 'Cluster'),
    users: unique(config.users, 'AuthInfo'),
    contexts: unique(config.contexts, 'Context'),
  };
}

function readYaml(text: string): Value {
  try {
    return yamlToValue(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(error.message.replace(/^error converting YAML to JSON: /, ''));
  }
}

/** Go: apimachinery json.SimpleMetaFactory.Interpret, runtime.NewNotRegisteredErrForKind */
function checkKind(value: Value): void {
  const type = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  const fault = (reason: string): GoError =>
    new GoError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${reason}`);
  if (value === null) return;
  if (!isMap(value)) throw fault(`${jsonKind(value)} into Go value of type ${type}`);
  for (const name of ['apiVersion', 'kind']) {
    const found = value.get(name) ?? '';
    if (typeof found !== 'string') throw fault(`${jsonKind(found)} into Go struct field .${name} of type string`);
  }
  const version = (value.get('apiVersion') as string | undefined) || 'v1';
  const kind = (value.get('kind') as string | undefined) || 'Config';
  if (version.split('/').length > 2) throw new GoError(`unexpected GroupVersion string: ${version}`);
  if (version !== 'v1' || kind !== 'Config') {
    const scheme = 'pkg/runtime/scheme.go:111';
    throw new GoError(`no kind ${quote(kind)} is registered for version ${quote(version)} in scheme "${scheme}"`);
  }
}

type Entries<T> = readonly (readonly [name: string, value: T])[];

/** Go goes on to print the whole list, secrets and all. */
function unique<T>(entries: Entries<T>, type: string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [name, value] of entries) {
    if (map.has(name)) {
      const what = `error converting *[]Named${type} into *map[string]*api.${type}`;
      throw new GoError(`${what}: duplicate name "${name}" in list`);
    }
    map.set(name, value);
  }
  return map;
}

function readCluster(reader: Reader): KubeCluster {
  return {
    server: reader.string('server'),
    tlsServerName: reader.string('tls-server-name'),
    insecureSkipTlsVerify: reader.boolean('insecure-skip-tls-verify'),
    certificateAuthority: reader.string('certificate-authority'),
    certificateAuthorityData: reader.bytes('certificate-authority-data'),
    proxyUrl: reader.string('proxy-url'),
    disableCompression: reader.boolean('disable-compression'),
    extensions: reader.extensions(),
  };
}

function readUser(reader: Reader, origin: string): KubeUser {
  return {
    clientCertificate: reader.string('client-certificate'),
    clientCertificateData: reader.bytes('client-certificate-data'),
    clientKey: reader.string('client-key'),
    clientKeyData: reader.bytes('client-key-data'),
    token: reader.string('token'),
    tokenFile: reader.string('tokenFile'),
    impersonate: reader.string('as'),
    impersonateUid: reader.string('as-uid'),
    impersonateGroups: reader.strings('as-groups'),
    impersonateExtra: reader.map('as-user-extra', 'map[string][]string', (r, key) => r.strings(key)),
    username: reader.string('username'),
    password: reader.string('password'),
    authProvider: reader.struct('auth-provider', 'AuthProviderConfig', readAuthProvider),
    exec: reader.struct('exec', 'ExecConfig', readExec),
    origin,
  };
}

function readContext(reader: Reader): KubeContext {
  return { cluster: reader.string('cluster'), user: reader.string('user'), namespace: reader.string('namespace') };
}

function readAuthProvider(reader: Reader): AuthProviderConfig {
  return {
    name: reader.string('name'),
    config: reader.map('config', 'map[string]string', (r, key) => r.string(key)),
  };
}

function readExec(reader: Reader): ExecConfig {
  const apiVersion = reader.string('apiVersion');
  return {
    command: reader.string('command'),
    args: reader.strings('args'),
    env: reader.list('env', 'ExecEnvVar', (r) => [r.string('name'), r.string('value')] as const),
    apiVersion,
    installHint: reader.string('installHint'),
    provideClusterInfo: reader.boolean('provideClusterInfo'),
    interactiveMode: reader.string('interactiveMode') || defaultMode(apiVersion),
  };
}

/** Go: clientcmd api/v1 SetDefaults_ExecConfig */
function defaultMode(apiVersion: string): string {
  return /^client\.authentication\.k8s\.io\/v1(?:alpha|beta)1$/.test(apiVersion) ? 'IfAvailable' : '';
}

/** Reads the fields of one struct. What does not fit is left empty and noted, the first time, as in Go. */
class Reader {
  readonly fault: { text: string | undefined };
  private readonly value: Value;
  private readonly type: string;
  private readonly path: string;

  constructor(value: Value, type: string, path: string, fault: { text: string | undefined }) {
    this.value = value;
    this.type = type;
    this.path = path;
    this.fault = fault;
  }

  string(name: string): string {
    const value = this.get(name);
    if (typeof value === 'string') return value;
    this.refuse(name, value, 'string');
    return '';
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    if (typeof value === 'boolean') return value;
    this.refuse(name, value, 'bool');
    return false;
  }

  /** What base64 stands for, one character a byte. */
  bytes(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') {
      this.refuse(name, value, '[]uint8');
      return '';
    }
    const bytes = decodeBase64(value);
    if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('latin1');
    this.fault.text ??= `illegal base64 data at input byte ${bytes.errorAt}`;
    return '';
  }

  strings(name: string): string[] {
    return this.elements(name, '[]string').map((value) => {
      if (typeof value === 'string') return value;
      this.refuse(name, value, 'string');
      return '';
    });
  }

  list<T>(name: string, type: string, read: (reader: Reader) => T): T[] {
    return this.elements(name, `[]v1.${type}`).map((value) => read(this.inner(name, value, type)));
  }

  /** A list of named things: `{name, [field]: {…}}`. */
  named<T>(name: string, type: string, field: string, read: (reader: Reader) => T): Entries<T> {
    return this.list(name, `Named${type}`, (item) => [
      item.string('name'),
      read(item.inner(field, item.get(field), type)),
    ]);
  }

  struct<T>(name: string, type: string, read: (reader: Reader) => T): T | undefined {
    const value = this.get(name);
    return value === null || value === undefined ? undefined : read(this.inner(name, value, type));
  }

  map<T>(name: string, type: string, read: (reader: Reader, key: string) => T): ReadonlyMap<string, T> {
    const value = this.get(name);
    if (!isMap(value)) {
      this.refuse(name, value, type);
      return new Map();
    }
    // A map's keys do not show in Go's path.
    const reader = new Reader(value, this.type, this.join(name), this.fault);
    return new Map([...value.keys()].map((key) => [key, read(reader, key)]));
  }

  extensions(): ReadonlyMap<string, Value> {
    return new Map(this.list('extensions', 'NamedExtension', (r) => [r.string('name'), r.get('extension') ?? null]));
  }

  private elements(name: string, type: string): Value[] {
    const value = this.get(name);
    if (Array.isArray(value)) return value;
    this.refuse(name, value, type);
    return [];
  }

  private inner(name: string, value: Value, type: string): Reader {
    if (!isMap(value)) this.refuse(name, value, `v1.${type}`);
    return new Reader(value, type, this.join(name), this.fault);
  }

  private get(name: string): Value {
    return isMap(this.value) ? this.value.get(name) : undefined;
  }

  private join(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Go: json.UnmarshalTypeError */
  private refuse(name: string, value: Value, type: string): void {
    if (value === undefined || value === null) return;
    this.fault.text ??= `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${this.type}.${this.join(name)} of type ${type}`;
  }
}
