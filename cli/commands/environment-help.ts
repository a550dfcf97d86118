const VARIABLES: readonly (readonly [string, string])[] = [
  ['HELM_CACHE_HOME', 'folder for what can be fetched again'],
  ['HELM_CONFIG_HOME', 'folder for configuration'],
  ['HELM_CONTENT_CACHE', 'folder for downloaded charts, by digest'],
  ['HELM_DATA_HOME', 'folder for data, such as plugins and starters'],
  ['HELM_DEBUG', 'whether to say more about what happens'],
  ['HELM_DRIVER', 'where releases are kept: secret, configmap, memory or sql'],
  ['HELM_DRIVER_SQL_CONNECTION_STRING', 'the database of the sql driver'],
  ['HELM_MAX_HISTORY', 'how many revisions of a release are kept'],
  ['HELM_NAMESPACE', 'namespace to work in'],
  ['HELM_NO_PLUGINS', '1 leaves plugins out'],
  ['HELM_PLUGINS', 'folder for plugins'],
  ['HELM_REGISTRY_CONFIG', 'file with the credentials of registries'],
  ['HELM_REPOSITORY_CACHE', 'folder for the indexes of chart repositories'],
  ['HELM_REPOSITORY_CONFIG', 'file with the names and URLs of chart repositories'],
  ['KUBECONFIG', 'kubeconfig files (default ~/.kube/config)'],
  ['HELM_KUBEAPISERVER', 'address of the Kubernetes API server'],
  ['HELM_KUBECAFILE', "certificate authority of the API server's certificate"],
  ['HELM_KUBEASGROUPS', 'groups to act as, with commas between them'],
  ['HELM_KUBEASUSER', 'user to act as'],
  ['HELM_KUBECONTEXT', 'context of the kubeconfig to use'],
  ['HELM_KUBETOKEN', 'bearer token for the cluster'],
  ['HELM_KUBEINSECURE_SKIP_TLS_VERIFY', "whether not to check the API server's certificate"],
  ['HELM_KUBETLS_SERVER_NAME', "name to expect in the API server's certificate"],
  ['HELM_BURST_LIMIT', 'requests that may go out at once (default 100, -1 for no limit)'],
  ['HELM_QPS', 'requests a second, apart from bursts'],
  ['HELM_COLOR', 'when to use colours: never, auto or always (default auto)'],
  ['NO_COLOR', 'anything but empty means no colours, whatever HELM_COLOR says'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies for the network, and what goes without'],
  ['SOURCE_DATE_EPOCH', 'time of the files in packed charts, in seconds (default 1980-01-01)'],
  ['CI', 'true holds dependencies against a Chart.lock that has digests'],
  ['PINTLE_SANDBOX', 'folder of an embedded cluster to use instead of a real one'],
  ['PINTLE_LOCKED', '1 is --locked wherever it can be; 0 is never, whatever CI says'],
  ['PINTLE_TRUSTED_TOKEN_HOSTS', 'token servers that may get the credentials of other hosts'],
  ['PINTLE_PLUGIN_TIMEOUT', 'how long downloaders, hooks and post-renderers may run (default 10m)'],
  ['PINTLE_PLUGIN_ENV', 'variables that plugins get, apart from HELM_*; all if not set'],
  ['PINTLE_COMPAT_ERRORS', "1 prints errors as Helm's text alone"],
];

/** What `pintle --help` says before the list of commands. */
export function environmentHelp(): string {
  return `Pintle is a package manager for Kubernetes, compatible with Helm: its charts, files,
commands and flags work the same, so that \`alias helm=pintle\` is all it takes.

Render a chart with \`pintle template\`, look into one with \`pintle show\`, check one with
\`pintle lint\`, begin one with \`pintle create\` and pack it with \`pintle package\`. Get and send
charts with \`pintle pull\` and \`pintle push\`, and what they depend on with \`pintle dependency\`.

Environment variables:

${VARIABLES.map(([name, what]) => `  $${name.padEnd(34)} ${what}`).join('\n')}

Files are kept in the folders that HELM_CACHE_HOME, HELM_CONFIG_HOME and HELM_DATA_HOME name;
without them in the folder helm under XDG_CACHE_HOME, XDG_CONFIG_HOME and XDG_DATA_HOME;
and without those in ~/.cache/helm, ~/.config/helm and ~/.local/share/helm (on macOS under
~/Library, on Windows under %TEMP% and %APPDATA%). \`pintle env\` shows which are in use.`;
}
