import type { Flags } from '../types.ts';

/** Global flags that are read here wherever they stand; all others are the plugin's. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--kube-context',
  '--namespace',
  '-n',
  '--kubeconfig',
  '--kube-apiserver',
  '--kube-token',
  '--kube-as-user',
  '--kube-as-group',
  '--kube-ca-file',
  '--registry-config',
  '--repository-cache',
  '--repository-config',
  '--kube-insecure-skip-tls-verify',
  '--kube-tls-server-name',
]);

/** Takes the global flags out of a plugin's arguments. Go: manuallyProcessArgs */
export function splitArguments(args: readonly string[]): { known: string[]; rest: string[] } {
  const known: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const equals = arg.indexOf('=');
    if (arg === '--debug' || (equals > 0 && WITH_VALUE.has(arg.slice(0, equals)))) known.push(arg);
    else if (WITH_VALUE.has(arg)) known.push(...args.slice(i, ++i + 1));
    else rest.push(arg);
  }
  return { known, rest };
}

/** Reads the global flags among a plugin's arguments; the others come back. Go: processParent */
export function takeGlobals(args: readonly string[], globals: Flags): string[] {
  const { known, rest } = splitArguments(args);
  globals.parse(known);
  return rest;
}
