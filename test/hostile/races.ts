/** Row A9: while files are put into folders, somebody else puts links in the place of those folders. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, writeChart } from './charts.ts';
import type { Case, Command, Place, Row } from './frame.ts';
import { type Entry, tgz } from './tar.ts';

const SWAP = fileURLToPath(new URL('swap.py', import.meta.url));
/** All in all, what the row wants is 10,000 in its cases. */
const SWAPS = 800;
const COUNT = '.swaps';
const FOLDERS = Array.from({ length: 40 }, (_, i) => `d${i}`);

/** 1,600 files, in folders. */
const many = (top: string): Entry[] =>
  FOLDERS.flatMap((folder) =>
    Array.from({ length: 40 }, (_, i): Entry => ({ name: `${top}${folder}/f${i}`, data: 'x'.repeat(100) })),
  );

interface Race {
  readonly name: string;
  /** Where it is written to, in `root`. */
  readonly folder: string;
  /** So many levels below it folders are swapped. */
  readonly depths: readonly number[];
  readonly make: (place: Place) => Command;
}

const CHART = 'apiVersion: v2\nname: c\nversion: 1.0.0\n';
const PLUGIN =
  'apiVersion: v1\nname: p\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\nruntimeConfig: {platformCommand: [{command: "true"}]}\n';

const untarring: Race = {
  name: 'pull --untar',
  folder: 'out',
  depths: [0, 1, 2, 3],
  make: ({ root }) => {
    mkdirSync(join(root, '.served'));
    writeFileSync(join(root, '.served', 'c.tgz'), tgz([{ name: 'c/Chart.yaml', data: CHART }, ...many('c/')]));
    const entry = '{apiVersion: v2, name: c, version: 1.0.0, urls: [c.tgz]}';
    writeFileSync(join(root, '.served', 'index.yaml'), `apiVersion: v1\nentries: {c: [${entry}]}\n`);
    return { args: ['pull', 'c', '--repo', '@URL@', '--untar', '--untardir', 'out'], serves: '.served' };
  },
};

const plugging: Race = {
  name: 'plugin install',
  // Wherever HELM_PLUGINS is: archives go to the data folder, as with Helm.
  folder: '.home/.local/share/helm/plugins',
  depths: [0, 1, 2, 3],
  make: ({ root }) => {
    writeFileSync(join(root, 'p-1.0.0.tgz'), tgz([{ name: 'p/plugin.yaml', data: PLUGIN }, ...many('p/')]));
    return { args: ['plugin', 'install', 'p-1.0.0.tgz', '--verify=false'] };
  },
};

const rendering: Race = {
  name: 'template --output-dir',
  folder: 'out',
  depths: [1, 2, 3],
  make: ({ root }) => {
    const files: Files = Object.fromEntries(
      FOLDERS.flatMap((folder) =>
        Array.from({ length: 10 }, (_, i) => [`templates/${folder}/f${i}.yaml`, 'kind: A\n'] as const),
      ),
    );
    writeChart(root, files);
    return { args: ['template', 'r', 'c', '--output-dir', 'out'] };
  },
};

const depending: Race = {
  name: 'dependency build',
  folder: 'c/charts',
  depths: [1, 2],
  make: ({ root }) => {
    const names = Array.from({ length: 60 }, (_, i) => `dep${i}`);
    for (const name of names) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
    }
    const list = names.map((name) => `  - {name: ${name}, version: 1.0.0, repository: "file://../${name}"}\n`);
    writeChart(root, { 'Chart.yaml': `${CHART}dependencies:\n${list.join('')}` });
    return { args: ['dependency', 'build', 'c'] };
  },
};

function casesOf({ name, folder, depths, make }: Race): Case[] {
  return depths.map((depth) => ({
    name: `${name}, ${depth === 0 ? 'the folder itself' : `folders ${depth} below`}`,
    make: (place) => {
      const { root, outside } = place;
      // What would be written through a link finds there what it needs.
      for (const one of [
        'c/templates',
        'plugin',
        'templates',
        'archives',
        ...FOLDERS,
        ...FOLDERS.map((d) => `c/${d}`),
      ]) {
        mkdirSync(join(outside, one), { recursive: true });
      }
      const command = make(place);
      mkdirSync(join(root, folder), { recursive: true });
      const words = [join(root, folder), outside, join(root, COUNT), String(SWAPS), String(depth)];
      return { ...command, through: ['python3', SWAP, ...words] };
    },
    // Either way is right; what is outside is looked at for every case.
    expect: ({ exit, stderr }, { root }) => {
      assert.ok(exit === 0 || /^Error: \S/m.test(stderr), stderr);
      const swaps = Number(readFileSync(join(root, COUNT), 'utf8'));
      assert.ok(swaps >= SWAPS, `no more than ${swaps} swaps`);
    },
    // Swapping takes a processor all the time, and the command is run several times.
    seconds: 60,
    once: true,
    unsafe: true,
  }));
}

export const raceRows: readonly Row[] = [
  {
    id: 'A9',
    title: 'links put in the place of folders meanwhile',
    cases: [untarring, plugging, rendering, depending].flatMap(casesOf),
  },
];
