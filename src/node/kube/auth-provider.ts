/** Ways to prove who asks that are built into client-go, or were. Go: client-go plugin/pkg/client/auth */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import type { TlsOptions } from '../../host.ts';
import type { Environment } from '../environment.ts';
import type { ClientConfig } from './client-config.ts';
import type { AuthProviderConfig } from './config.ts';
import type { Authenticator } from './credentials.ts';

/** What took the place of those that are gone. */
const GONE: Readonly<Record<string, string>> = {
  azure: `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
  gcp: `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
};

/**
 * What makes the authenticator, given the way to the server.
 *
 * @throws GoError
 */
export async function providerAuthenticator(
  config: ClientConfig,
  provider: AuthProviderConfig,
  env: Environment,
): Promise<(tls: TlsOptions | undefined) => Authenticator> {
  const { name } = provider;
  if (Object.hasOwn(GONE, name)) throw new GoError(GONE[name] as string);
  if (name !== 'oidc') throw new GoError(`no Auth Provider found for name ${quote(name)}`);
  const { oidcAuthenticator } = await import('./oidc.ts');
  return oidcAuthenticator(config, provider, env);
}
