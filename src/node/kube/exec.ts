/**
 * Credentials from a program that the kubeconfig names.
 * Go: client-go plugin/pkg/client/auth/exec, pkg/apis/clientauthentication
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join, normalize, sep } from 'node:path';
import { encodeBase64 } from '../../go/base64.ts';
import { GoError } from '../../go/error.ts';
import { marshalJson } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { RFC3339 } from '../../go/time.ts';
import { parseTime } from '../../go/time-parse.ts';
import type { Value } from '../../go/value.ts';
import { UTC } from '../../go/zone.ts';
import type { Log, TlsOptions } from '../../host.ts';
import type { Environment } from '../environment.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';
import { loadKeyPair } from '../http/tls.ts';
import type { ClientConfig } from './client-config.ts';
import type { ExecConfig, KubeCluster } from './config.ts';
import type { Authenticator, Credentials } from './credentials.ts';
import { Reader, readDocument, unknownInternalKind, unknownKind } from './reader.ts';

const GROUP = 'client.authentication.k8s.io';
const VERSIONS: readonly string[] = [`${GROUP}/v1`, `${GROUP}/v1beta1`];

/** How large the program's answer may be. */
const MAX_OUTPUT = 4 * 1024 * 1024;

/** What a run of the program gave. */
export interface Answer extends Credentials {
  /** In milliseconds since 1970. */
  readonly expires?: number;
}

export interface ExecHost {
  readonly env: Environment;
  readonly log: Log;
  /** Whether somebody sits at standard input. */
  readonly isTerminal: boolean;
}

/**
 * @throws GoError for a version that nobody knows
 */
export function checkVersion({ apiVersion }: ExecConfig): void {
  if (!VERSIONS.includes(apiVersion)) throw new GoError(`exec plugin: invalid apiVersion ${quote(apiVersion)}`);
}

/** Asks the program when credentials are needed, keeps what it says, and asks again when that is old or refused. */
export function execAuthenticator(
  config: ClientConfig,
  exec: ExecConfig,
  tls: TlsOptions | undefined,
  host: ExecHost,
): Authenticator {
  const cluster = exec.provideClusterInfo ? clusterInfo(config.host, config.cluster) : undefined;
  let kept: Answer | undefined;
  let running: Promise<Answer> | undefined;
  // Whoever asks while the program runs gets what it gives: it may be talking to somebody.
  const renew = (): Promise<Answer> => {
    running ??= ask(exec, cluster, tls, host)
      .then((answer) => {
        kept = answer;
        return answer;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    async credentials() {
      if (kept !== undefined && (kept.expires === undefined || Date.now() <= kept.expires)) return kept;
      try {
        return await renew();
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
        throw new GoError(`getting credentials: ${error.message}`);
      }
    },
    async renew(refused) {
      // Somebody else may have been refused before.
      if (kept !== refused) return kept !== undefined;
      try {
        await renew();
        return true;
      } catch (error) {
        if (!(error instanceof GoError)) throw error;
        host.log.log('ERROR', 'refreshing credentials', { error: error.message });
        return false;
      }
    },
  };
}

/** What the program is told of the cluster. Go: rest.ConfigToExecCluster */
function clusterInfo(host: string, cluster: KubeCluster): string {
  const { certificateAuthority, certificateAuthorityData, tlsServerName, proxyUrl } = cluster;
  const ca = certificateAuthorityData || readAuthority(certificateAuthority);
  const config = cluster.extensions.get(`${GROUP}/exec`);
  const fields: readonly (readonly [name: string, value: string | undefined])[] = [
    ['server', marshalJson(host)],
    ['tls-server-name', tlsServerName === '' ? undefined : marshalJson(tlsServerName)],
    ['insecure-skip-tls-verify', cluster.insecureSkipTlsVerify ? 'true' : undefined],
    ['certificate-authority-data', ca === '' ? undefined : `"${encodeBase64(Buffer.from(ca, 'latin1'))}"`],
    ['proxy-url', proxyUrl === '' ? undefined : marshalJson(proxyUrl)],
    ['disable-compression', cluster.disableCompression ? 'true' : undefined],
    ['config', marshalJson(config ?? null)],
  ];
  return `{${fields.flatMap(([name, value]) => (value === undefined ? [] : `"${name}":${value}`)).join(',')}}`;
}

function readAuthority(file: string): string {
  if (file === '') return '';
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new GoError(`failed to load CA bundle for execProvider: ${osErrorText('open', file, error)}`);
  }
}

/** Go: Authenticator.refreshCredsLocked */
async function ask(
  exec: ExecConfig,
  cluster: string | undefined,
  tls: TlsOptions | undefined,
  host: ExecHost,
): Promise<Answer> {
  const interactive = isInteractive(exec.interactiveMode, host.isTerminal);
  const spec = `{${cluster === undefined ? '' : `"cluster":${cluster},`}"interactive":${interactive}}`;
  const info = `{"kind":"ExecCredential","apiVersion":"${exec.apiVersion}","spec":${spec}}\n`;
  const env = { ...host.env, ...Object.fromEntries(exec.env), KUBERNETES_EXEC_INFO: info };
  return readAnswer(await run(exec, env, interactive), exec.apiVersion, tls);
}

function isInteractive(mode: string, isTerminal: boolean): boolean {
  if (mode === 'Never') return false;
  if (mode === 'Always' && !isTerminal) {
    throw new GoError('exec plugin cannot support interactive mode: standard input is not a terminal');
  }
  return isTerminal;
}

/** What the program writes. What it says on standard error is for the user to read. */
function run(exec: ExecConfig, env: Environment, interactive: boolean): Promise<string> {
  const command = normalize(exec.command);
  const path = command.includes(sep) ? command : findProgram(command, env, exec.installHint);
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    const failed = (error: unknown): void => {
      const reason = osErrorText('fork/exec', path, error);
      reject(new GoError(`exec: ${reason}`));
    };
    try {
      const stdin = interactive ? 'inherit' : 'ignore';
      child = spawn(path, exec.args, { argv0: command, env: { ...env }, stdio: [stdin, 'pipe', 'inherit'] });
    } catch (error) {
      failed(error);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', failed);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new GoError(`exec: executable ${command} failed with exit code ${signal === null ? code : -1}`));
    });
  });
}

/** Go: exec.LookPath, Authenticator.wrapCmdRunErrorLocked */
function findProgram(command: string, env: Environment, installHint: string): string {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder === '' ? '.' : folder, command);
    if (folder !== '' && isProgram(path)) return path;
  }
  const hint = installHint === '' ? '' : `\n\n${cleanHint(installHint)}`;
  throw new GoError(`exec: executable ${command} not found${NOT_INSTALLED}${hint}`);
}

const NOT_INSTALLED = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (osErrorCode(error) === '') throw error;
    return false;
  }
}

/** Go: clientcmd cleanANSIEscapeCodes */
function cleanHint(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu, (c) => {
    return `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** What a program has printed. @throws GoError */
export function readAnswer(text: string, wanted: string, tls: TlsOptions | undefined): Answer {
  const status = readStatus(text, wanted);
  if (status === undefined) throw new GoError("exec plugin didn't return a status field");
  const { token, cert, key, expires } = status;
  if (token === '' && cert === '' && key === '') {
    throw new GoError("exec plugin didn't return a token or cert/key pair");
  }
  if ((cert === '') !== (key === '')) throw new GoError('exec plugin returned only certificate or key, not both');
  return {
    ...(token !== '' && { authorization: `Bearer ${token}` }),
    tls: cert === '' ? tls : { ...tls, ...keyPair(cert, key) },
    ...(expires !== undefined && { expires }),
  };
}

function keyPair(cert: string, key: string): { cert: string; key: string } {
  try {
    return loadKeyPair(cert, key);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`failed parsing client key/certificate: ${error.message}`);
  }
}

interface Status {
  readonly token: string;
  readonly cert: string;
  readonly key: string;
  readonly expires: number | undefined;
}

function readStatus(text: string, wanted: string): Status | undefined {
  try {
    const { value, apiVersion, kind } = readDocument(text, 'any');
    const known = kind === '' || kind === 'ExecCredential';
    if (!known && apiVersion === '') throw unknownInternalKind(kind, GROUP);
    if (!known || (apiVersion !== '' && !VERSIONS.includes(apiVersion))) {
      throw unknownKind(kind || 'ExecCredential', apiVersion);
    }
    // Read before its version is looked at: what does not fit is said first.
    const status = apiVersion === '' ? undefined : readCredential(value, apiVersion.slice(GROUP.length + 1));
    const version = apiVersion || `${GROUP}/__internal`;
    if (version !== wanted) {
      const other = `exec plugin is configured to use API version ${wanted}, plugin returned version ${version}`;
      throw new WrongVersion(other);
    }
    return status;
  } catch (error) {
    if (!(error instanceof GoError) || error instanceof WrongVersion) throw error;
    throw new GoError(`decoding stdout: ${error.message}`);
  }
}

class WrongVersion extends GoError {}

/** @param version `v1`, which Go's words name the types by */
function readCredential(value: Value, version: string): Status | undefined {
  const reader = new Reader(value, 'ExecCredential', '', { text: undefined }, { version });
  const status = reader.struct('status', 'ExecCredentialStatus', (r) => ({
    token: r.string('token'),
    cert: r.string('clientCertificateData'),
    key: r.string('clientKeyData'),
    expires: readTime(r.get('expirationTimestamp') ?? null, r),
  }));
  // Of no use to anybody here, but it has to fit.
  reader.struct('spec', 'ExecCredentialSpec', (r) => [
    r.boolean('interactive'),
    r.struct('cluster', 'Cluster', () => 0),
  ]);
  if (reader.fault.text !== undefined) throw new GoError(reader.fault.text);
  return status;
}

/** Go: metav1.Time, to which an empty text is no time */
function readTime(value: Value, reader: Reader): number | undefined {
  const text = reader.string('expirationTimestamp');
  return typeof value === 'string' ? Number(parseTime(RFC3339, text, UTC, UTC).unix) * 1000 : undefined;
}
