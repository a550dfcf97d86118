/** Part E, as far as there is no page and no server of ours: plugins. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGINS } from './archives.ts';
import type { Case, Command, Place, Row } from './frame.ts';
import { refused } from './frame.ts';
import { type Entry, tgz } from './tar.ts';

function manifest(name: string, more = ''): string {
  return `apiVersion: v1\nname: ${name}\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nconfig: {usage: p}\n${more}`;
}

const RUNS =
  'runtimeConfig: {platformCommand: [{command: "sh", args: ["-c", "touch $HOME/../ran"]}], platformHooks: {install: [{command: "sh", args: ["-c", "touch $HOME/../ran"]}]}}\n';

/** Installs an archive that holds a plugin.yaml and more. */
function installing(yaml: string, more: readonly Entry[] = [], end = true): (place: Place) => Command {
  return ({ root }) => {
    writeFileSync(join(root, 'p-1.0.0.tgz'), tgz([{ name: 'p/plugin.yaml', data: yaml }, ...more], end));
    return { args: ['plugin', 'install', 'p-1.0.0.tgz', '--verify=false'] };
  };
}

/** An error, before anything was written or run. */
const nothing: Case['expect'] = (result, place) => {
  refused(/^Error: \S/m)(result, place);
  assert.ok(!existsSync(join(place.root, 'ran')), 'a hook ran');
  const folder = join(place.root, PLUGINS);
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
};

const E1: Row = {
  id: 'E1',
  title: 'plugins with names that are paths, and odd archives',
  cases: [
    {
      name: 'an honest one',
      make: installing(manifest('p', RUNS)),
      expect: ({ exit, stderr }, { root }) => {
        assert.equal(exit, 0, stderr);
        assert.ok(existsSync(join(root, 'ran')), 'its hook did not run');
      },
      once: true,
    },
    ...['../../x', 'a/b', '..', '""', '"a b"', '"a\\u001b[31m"'].map(
      (name): Case => ({ name: `named ${name}`, make: installing(manifest(name, RUNS)), expect: nothing, once: true }),
    ),
    {
      name: 'of a version that is a path',
      make: installing(manifest('p', RUNS).replace('1.0.0', '../../x')),
      expect: nothing,
      once: true,
    },
    { name: 'a key twice', make: installing(`${manifest('p', RUNS)}name: q\n`), expect: nothing, once: true },
    {
      name: 'an archive without end',
      make: installing(manifest('p', RUNS), [{ name: 'p/x', data: 'x', size: 4096 }], false),
      expect: nothing,
      once: true,
    },
    {
      name: 'two plugins of one name',
      make: ({ root }) => {
        for (const folder of ['one', 'two']) {
          mkdirSync(join(root, 'plugins', folder), { recursive: true });
          writeFileSync(
            join(root, 'plugins', folder, 'plugin.yaml'),
            manifest('p', 'runtimeConfig: {platformCommand: [{command: "true"}]}\n'),
          );
        }
        return { args: ['plugin', 'list'], env: { HELM_PLUGINS: join(root, 'plugins') } };
      },
      expect: ({ exit, stderr }) => assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr),
    },
  ],
};

const ARGUMENTS = ['$(id)', '; id', '`id`', 'a\nb', '-leading', '"quoted"', "it's", '%PATH%', '&& id', '', '*', 'a b'];

const E2: Row = {
  id: 'E2',
  title: "words of a plugin's command line",
  cases: ARGUMENTS.map(
    (argument): Case => ({
      name: JSON.stringify(argument),
      make: ({ root }) => {
        const folder = join(root, 'plugins', 'p');
        mkdirSync(folder, { recursive: true });
        writeFileSync(
          join(folder, 'plugin.yaml'),
          manifest('p', 'runtimeConfig: {platformCommand: [{command: "$HELM_PLUGIN_DIR/show"}]}\n'),
        );
        writeFileSync(join(folder, 'show'), '#!/bin/sh\nprintf "<%s>" "$@"\n');
        chmodSync(join(folder, 'show'), 0o755);
        return { args: ['p', 'first', argument, 'last'], env: { HELM_PLUGINS: join(root, 'plugins') } };
      },
      expect: ({ exit, stdout, stderr }) => {
        assert.equal(exit, 0, stderr);
        assert.ok(stdout.endsWith(`<first><${argument}><last>`), stdout);
      },
      // What it prints goes to the process's own output.
      once: true,
    }),
  ),
};

export const pluginRows: readonly Row[] = [E1, E2];
