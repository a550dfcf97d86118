import type { Command } from '../types.ts';
import { environmentHelp } from './environment-help.ts';

/** The command that has all others. */
export const ROOT: Command = {
  use: '',
  get long(): string {
    return environmentHelp();
  },
  commands: [
    {
      name: '__render',
      short: '',
      hidden: true,
      load: async () => (await import('./render.ts')).render,
    },
    {
      name: '__template-worker',
      short: '',
      hidden: true,
      load: async () => (await import('./template/worker.ts')).templateWorker,
    },
    {
      name: '__wasm-fetch',
      short: '',
      hidden: true,
      load: async () => (await import('./plugin/plugin-wasm.ts')).wasmFetch,
    },
    {
      name: '__wasm-plugin',
      short: '',
      hidden: true,
      load: async () => (await import('./plugin/plugin-wasm.ts')).wasmPlugin,
    },
    {
      name: 'cache',
      short: 'look after the charts that were downloaded',
      load: async () => (await import('./cache/cache.ts')).cache,
    },
    {
      name: 'completion',
      short: 'print a script that completes commands in your shell',
      load: async () => (await import('./completion.ts')).completion,
    },
    {
      name: 'create',
      short: 'make a new chart with everything that a first one needs',
      load: async () => (await import('./create/create.ts')).create,
    },
    {
      name: 'dependency',
      aliases: ['dep', 'dependencies'],
      short: 'look after the charts that a chart depends on',
      load: async () => (await import('./dependency/dependency.ts')).dependency,
    },
    {
      name: 'env',
      short: 'show the settings and folders in use',
      load: async () => (await import('./env.ts')).env,
    },
    {
      name: 'get',
      short: 'print parts of what is recorded of a release',
      load: async () => (await import('./get/get.ts')).get,
    },
    { name: 'help', short: 'explain a command', load: async () => (await import('./help.ts')).help },
    {
      name: 'history',
      aliases: ['hist'],
      short: 'show the revisions of a release',
      load: async () => (await import('./history/history.ts')).history,
    },
    {
      name: 'install',
      short: 'put a chart into a cluster, as a release',
      load: async () => (await import('./install/install.ts')).install,
    },
    {
      name: 'lint',
      short: 'look for mistakes in a chart',
      load: async () => (await import('./lint/lint.ts')).lint,
    },
    {
      name: 'list',
      aliases: ['ls'],
      short: 'list releases',
      load: async () => (await import('./list/list.ts')).list,
    },
    {
      name: 'package',
      short: 'pack a chart folder into an archive',
      load: async () => (await import('./package/package.ts')).packageChart,
    },
    {
      name: 'plugin',
      short: 'install, list and remove plugins',
      load: async () => (await import('./plugin/plugin.ts')).plugin,
    },
    {
      name: 'pull',
      aliases: ['fetch'],
      short: 'download charts',
      load: async () => (await import('./pull/pull.ts')).pull,
    },
    {
      name: 'push',
      short: "put a chart's archive into a registry",
      load: async () => (await import('./push/push.ts')).push,
    },
    {
      name: 'registry',
      short: 'log in to registries and out of them',
      load: async () => (await import('./registry/registry.ts')).registry,
    },
    {
      name: 'repo',
      short: 'add, list, remove, update and index repositories of charts',
      load: async () => (await import('./repo/repo.ts')).repo,
    },
    {
      name: 'rollback',
      short: 'bring back an earlier revision of a release',
      load: async () => (await import('./rollback/rollback.ts')).rollback,
    },
    {
      name: 'sandbox',
      short: 'look into the embedded cluster',
      load: async () => (await import('./sandbox/sandbox.ts')).sandbox,
    },
    { name: 'search', short: 'search for charts', load: async () => (await import('./search/search.ts')).search },
    {
      name: 'show',
      aliases: ['inspect'],
      short: 'show what is in a chart',
      load: async () => (await import('./show/show.ts')).show,
    },
    {
      name: 'status',
      short: 'show the status of a release',
      load: async () => (await import('./status/status.ts')).status,
    },
    {
      name: 'template',
      short: "render a chart's templates and print the manifests",
      load: async () => (await import('./template/template.ts')).template,
    },
    {
      name: 'test',
      short: "run a release's tests",
      load: async () => (await import('./test/test.ts')).test,
    },
    {
      name: 'uninstall',
      aliases: ['del', 'delete', 'un'],
      short: 'delete releases and their resources',
      suggestFor: ['remove', 'rm'],
      load: async () => (await import('./uninstall/uninstall.ts')).uninstall,
    },
    {
      name: 'unlock',
      short: 'free a release on which a command died',
      load: async () => (await import('./unlock/unlock.ts')).unlock,
    },
    {
      name: 'upgrade',
      short: 'change a release to another version or other values',
      load: async () => (await import('./upgrade/upgrade.ts')).upgrade,
    },
    {
      name: 'verify',
      short: 'check that a chart is what its author signed',
      load: async () => (await import('./verify/verify.ts')).verify,
    },
    {
      name: 'version',
      short: 'show the version of this program',
      load: async () => (await import('./version.ts')).version,
    },
  ],
};
