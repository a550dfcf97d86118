/** What makes a kubeconfig unusable; everything wrong is said at once. Go: client-go tools/clientcmd/validation.go */
import { closeSync, openSync } from 'node:fs';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl } from '../../go/url.ts';
import { osErrorText } from '../files/os-error.ts';
import type { ExecConfig, KubeCluster, KubeConfig, KubeContext, KubeUser } from './config.ts';
import { aggregate } from './load.ts';

/**
 * Checks the chosen context, user and cluster, with flags over them.
 *
 * @throws GoError
 */
export function validate(
  config: KubeConfig,
  contextName: string,
  context: KubeContext,
  user: KubeUser,
  cluster: KubeCluster,
): void {
  const faults: string[] = [];
  if (contextName !== '' && !config.contexts.has(contextName)) {
    faults.push(`context was not found for specified context: ${contextName}`);
  }
  checkUser(context.user, user, faults);
  checkCluster(context.cluster, cluster, faults);
  if (faults.length > 0) throw new GoError(`invalid configuration: ${aggregate(faults)}`);
}

function checkUser(name: string, user: KubeUser, faults: string[]): void {
  if (user.clientCertificate !== '' || user.clientCertificateData !== '') checkCertificate(name, user, faults);
  if (user.exec !== undefined) {
    if (user.authProvider !== undefined) {
      faults.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
    }
    checkExec(name, user.exec, faults);
  }
  const methods = [
    ...(user.token === '' ? [] : ['token']),
    ...(user.username === '' && user.password === '' ? [] : ['basicAuth']),
  ];
  if (methods.length > 1) {
    const found = `more than one authentication method found for ${name}; found [${methods.join(' ')}]`;
    faults.push(`${found}, only one is allowed`);
  }
  const { impersonate, impersonateUid, impersonateGroups, impersonateExtra } = user;
  if (impersonate === '' && (impersonateUid !== '' || impersonateGroups.length > 0 || impersonateExtra.size > 0)) {
    faults.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  }
}

function checkCertificate(name: string, user: KubeUser, faults: string[]): void {
  const { clientCertificate, clientCertificateData, clientKey, clientKeyData } = user;
  if (clientCertificate !== '' && clientCertificateData !== '') {
    faults.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
  }
  if (clientKey !== '' && clientKeyData !== '') {
    faults.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
  }
  if (clientKey === '' && clientKeyData === '') {
    const use = 'to use the clientCert authentication method.';
    faults.push(`client-key-data or client-key must be specified for ${name} ${use}`);
  }
  checkReadable(clientCertificate, `unable to read client-cert ${clientCertificate} for ${name} due to`, faults);
  checkReadable(clientKey, `unable to read client-key ${clientKey} for ${name} due to`, faults);
}

const MODES: readonly string[] = ['Never', 'IfAvailable', 'Always'];

function checkExec(name: string, exec: ExecConfig, faults: string[]): void {
  const plugin = 'to use exec authentication plugin';
  if (exec.command === '') faults.push(`command must be specified for ${name} ${plugin}`);
  if (exec.apiVersion === '') faults.push(`apiVersion must be specified for ${name} ${plugin}`);
  for (const [variable] of exec.env) {
    if (variable === '') faults.push(`env variable name must be specified for ${name} ${plugin}`);
  }
  if (exec.interactiveMode === '') faults.push(`interactiveMode must be specified for ${name} ${plugin}`);
  else if (!MODES.includes(exec.interactiveMode)) {
    faults.push(`invalid interactiveMode for ${name}: ${quote(exec.interactiveMode)}`);
  }
}

function checkCluster(name: string, cluster: KubeCluster, faults: string[]): void {
  const { proxyUrl, certificateAuthority, certificateAuthorityData } = cluster;
  if (proxyUrl !== '') {
    const fault = proxyFault(proxyUrl);
    if (fault !== undefined) {
      faults.push(`invalid 'proxy-url' ${quote(proxyUrl)} for cluster ${quote(name)}: ${fault}`);
    }
  }
  if (certificateAuthority !== '' && certificateAuthorityData !== '') {
    const both = `certificate-authority-data and certificate-authority are both specified for ${name}`;
    faults.push(`${both}. certificate-authority-data will override.`);
  }
  const doing = `unable to read certificate-authority ${certificateAuthority} for ${name} due to`;
  checkReadable(certificateAuthority, doing, faults);
}

/** Go: clientcmd parseProxyURL */
function proxyFault(text: string): string | undefined {
  try {
    const { scheme } = parseUrl(text);
    if (['http', 'https', 'socks5'].includes(scheme)) return undefined;
    return `unsupported scheme ${quote(scheme)}, must be http, https, or socks5`;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return `could not parse: ${text}`;
  }
}

function checkReadable(file: string, doing: string, faults: string[]): void {
  if (file === '') return;
  try {
    closeSync(openSync(file, 'r'));
  } catch (error) {
    faults.push(`${doing} ${osErrorText('open', file, error)}`);
  }
}
