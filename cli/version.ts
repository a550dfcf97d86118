import { VERSION } from '../src/node/version.ts';

/** The release of Helm whose behaviour this program has. */
export const HELM_VERSION = 'v4.2.4';

/** The Kubernetes release whose API Helm was built with, which is the default of `--kube-version`. */
export const KUBE_CLIENT_VERSION = 'v1.36';

/** This program's own version. */
export const PINTLE_VERSION: string = `v${VERSION}`;
