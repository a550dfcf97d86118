import { noMore } from '../../complete/completers.ts';
import { bool, string } from '../../flags/flag-types.ts';
import { flag } from '../../flags/flags.ts';
import { OUTPUT_FLAG } from '../../terminal/output.ts';
import type { Command } from '../../types.ts';

const SELECTOR = flag('selector', string, '', 'only objects with these labels, e.g. app=web,tier!=db', { short: 'l' });

const get: Command = {
  use: 'get [TYPE [NAME...]]',
  long: `Show what is in the embedded cluster: all that a namespace has, objects of one type, or single objects.

A type is written as for kubectl: by its name, in the singular or the plural, by its short name, or by its kind, with its
group where the name alone is not enough: deploy, ingresses.networking.k8s.io.`,
  examples: `
pintle sandbox get

# as the cluster has it
pintle sandbox get deployment shop-web -o yaml

pintle sandbox get pods -A -l app.kubernetes.io/instance=shop`,
  flags: [
    flag('all-namespaces', bool, false, 'show the objects of all namespaces', { short: 'A' }),
    OUTPUT_FLAG,
    SELECTOR,
  ],
  complete: async (call, args, typed) => (await import('./sandbox-complete.ts')).completeObjects(call, args, typed),
  run: async (call) => (await import('./sandbox-run.ts')).runSandboxGet(call),
};

const remove: Command = {
  use: 'delete TYPE NAME...',
  long: `Delete objects from the embedded cluster, with all that they own.

Releases are removed with 'pintle uninstall'; this is for trying out what happens when somebody else removes something.`,
  examples: `
pintle sandbox delete pod shop-web-5c9d5b8f6-x2x7w

# does an upgrade bring it back?
pintle sandbox delete configmap shop-settings && pintle upgrade shop ./shop --sandbox`,
  arity: { min: 2 },
  complete: async (call, args, typed) => (await import('./sandbox-complete.ts')).completeObjects(call, args, typed),
  run: async (call) => (await import('./sandbox-run.ts')).runSandboxDelete(call),
};

const reset: Command = {
  use: 'reset',
  long: 'Empty the embedded cluster: all releases and objects in it are gone, and the next command begins with a new one.',
  examples: '\npintle sandbox reset',
  arity: { max: 0 },
  complete: noMore,
  run: async (call) => (await import('./sandbox-run.ts')).runSandboxReset(call),
};

/** `pintle sandbox` */
export const sandbox: Command = {
  use: 'sandbox',
  long: `Look into the embedded cluster, which takes the place of a real one with --sandbox or $PINTLE_SANDBOX: an apiserver
and controllers in this program, with their state in a folder. Nothing in it runs: Pods become ready at once.`,
  examples: `
pintle install shop ./shop --sandbox
pintle sandbox get`,
  arity: { max: 0 },
  commands: [
    { name: 'delete', short: 'delete objects from the embedded cluster', load: async () => remove },
    { name: 'get', short: 'show objects of the embedded cluster', load: async () => get },
    { name: 'reset', short: 'empty the embedded cluster', load: async () => reset },
  ],
};
