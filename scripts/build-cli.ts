/**
 * Builds the command line into dist/cli/, as CommonJS: start-up is most of what a short run takes, and loading many small
 * modules is most of start-up. So there is one file for what every run needs, one for what renders, one for what talks
 * to clusters, and one for each other part that few runs need: a part that shares a module with a larger one comes before
 * it, so as not to load all of that. Rolldown puts the modules of a file into one scope, so
 * that they find each other without a table.
 */
import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';
import { inAscii } from '../src/node/charts/ascii-json.ts';

/** The files, and the modules that each is for, with all that these import and no file before it has. */
const PACKS: readonly (readonly [name: string, entries: readonly string[]])[] = [
  ['main', ['cli/main.ts', 'src/node/host.ts', 'cli/commands/version.ts']],
  ['render', ['cli/commands/template/template.ts', 'cli/commands/template/template-run.ts']],
  ['schema', ['src/values/schema/verdict.ts']],
  ['certificates', ['src/functions/certificates.ts']],
  ['keep', ['src/node/charts/write-kept.ts', 'src/node/charts/kept-chart-bytes.ts', 'src/node/charts/ascii-json.ts']],
  ['search', ['cli/commands/search/search.ts', 'cli/commands/search/search-repo-run.ts']],
  [
    'cluster',
    [
      'cli/commands/list/list.ts',
      'cli/commands/list/list-run.ts',
      'src/node/kube/connect.ts',
      'src/node/http/send.ts',
      'src/node/http/sessions.ts',
      'src/release/stores/secret.ts',
    ],
  ],
];

/**
 * Modules that a usual run of what imports them has no use for: they are loaded when something of theirs is first named.
 * So nothing of theirs is named while a module is loaded, as a class to extend is.
 */
const LAZY: Readonly<Record<string, readonly string[]>> = {
  folders: [
    'src/chart/ignore.ts',
    'src/chart/load.ts',
    'src/chart/lock.ts',
    'src/chart/values-file.ts',
    'src/node/files/directory.ts',
    'src/sources/sniff.ts',
  ],
  archives: [
    'src/node/inflate.ts',
    'src/sources/archive.ts',
    'src/sources/gzip.ts',
    'src/sources/tar.ts',
    'src/yaml/scan-tag.ts',
  ],
  wrecks: ['src/sources/gunzip-exact.ts', 'src/sources/inflate-exact.ts'],
  origins: [
    'src/render/errors.ts',
    'src/render/origins.ts',
    'src/template/origin.ts',
    'src/template/path-set.ts',
    'src/template/trace-walk.ts',
    'src/template/trace.ts',
    'src/template/traced-output.ts',
  ],
  globs: [
    'src/go/glob-combine.ts',
    'src/go/glob-compile.ts',
    'src/go/glob-match.ts',
    'src/go/glob-runes.ts',
    'src/go/glob-syntax.ts',
    'src/go/glob.ts',
  ],
  times: [
    'src/functions/clock.ts',
    'src/go/calendar.ts',
    'src/go/time-layout.ts',
    'src/go/time-parse.ts',
    'src/go/time.ts',
  ],
  schemas: ['src/values/schema/json-value.ts', 'src/values/schema/quick.ts', 'src/values/schema/simple.ts'],
  addresses: [
    'src/go/ip-address.ts',
    'src/go/ip-bytes.ts',
    'src/go/printable.ts',
    'src/go/url.ts',
    'src/sources/http/address.ts',
  ],
  rare: [
    'cli/output-files.ts',
    'src/go/decimal.ts',
    'src/go/der.ts',
    'src/go/goutils.ts',
    'src/go/json-parse.ts',
    'src/go/regexp-syntax.ts',
    'src/go/xstrings.ts',
    'src/values/json-first.ts',
    'src/values/set-syntax.ts',
  ],
  schema: ['src/values/schema/decimal.ts', 'src/values/schema/plain.ts'],
};

/** What the bundler knows of a module. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** A library that is loaded when it is first asked for, and the module that gives it. */
const LATE = { library: 're2js', file: './re2js.cjs', module: 'src/go/re2.ts' };

/** Builds the command line of a version; `external` packages are loaded from where they are installed. */
export async function buildCli(root: string, version: string, external: readonly string[]): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: { main: `${root}cli/main.ts` },
    platform: 'node',
    external: (id) => isBuiltin(id) || external.includes(id),
    plugins: [
      {
        name: 'builtin',
        // Node's own modules are required: a file with `import()` is one whose code cannot be kept (bin/compile-cache.js).
        renderChunk: (code) =>
          code.replace(/\bimport\((["'`]node:[\w/]+["'`])\)/g, 'Promise.resolve().then(() => require($1))'),
      },
      {
        name: 'ascii',
        // One letter beyond Latin-1 makes engines hold all of a file in two bytes a letter.
        generateBundle: (_options, chunks) => {
          for (const chunk of Object.values(chunks)) if (chunk.type === 'chunk') chunk.code = ascii(chunk.code);
        },
      },
      {
        name: 'lazy',
        generateBundle: (_options, chunks) => {
          const all = Object.values(chunks).filter((chunk) => chunk.type === 'chunk');
          for (const lazy of all.filter(({ name }) => Object.hasOwn(LAZY, name)))
            for (const chunk of all)
              chunk.code = chunk.code.replaceAll(`require("./${lazy.fileName}")`, lazily(lazy.fileName, lazy.exports));
        },
      },
      {
        name: 'late',
        // It lies beside the file that asks for it.
        resolveId: (id) => (id === LATE.file ? { id, external: 'absolute' } : null),
        load: (id) =>
          id === `${root}${LATE.module}`
            ? `let library; export const re2 = () => (library ??= require('${LATE.file}'));`
            : null,
      },
    ],
    preserveEntrySignatures: 'allow-extension',
    // Our modules do nothing when they are loaded.
    treeshake: { moduleSideEffects: (id) => id.includes('/node_modules/') },
    transform: { target: 'es2023', define: { 'globalThis.PINTLE_VERSION': JSON.stringify(version) } },
    checks: { ineffectiveDynamicImport: false },
  });
  let packs: ReadonlyMap<string, string> | undefined;
  await bundle.write({
    dir: `${root}dist/cli`,
    format: 'cjs',
    minify: true,
    comments: { legal: false },
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: 'packs',
          name: (id, modules) => {
            packs ??= assign(root, modules);
            return packs.get(id) ?? null;
          },
        },
      ],
    },
  });
  await bundle.close();
  await buildLate(root);
}

/** Code with all letters beyond ASCII escaped, as strings, templates and patterns may have them, but not raw ones. */
function ascii(code: string): string {
  if (code.includes('String.raw')) return code;
  if (/(?<!\\)(?:\\\\)*\\[^\0-\x7f]/.test(code)) throw new Error('a letter beyond ASCII stands behind a backslash');
  return inAscii(code);
}

/** An expression for what a file exports that loads it when the first of that is named. */
function lazily(fileName: string, names: readonly string[]): string {
  const getters = names.map((name) => `get ${name}(){return l().${name}}`);
  return `(()=>{let m;const l=()=>m??=require("./${fileName}");return{${getters}}})()`;
}

async function buildLate(root: string): Promise<void> {
  const bundle = await rolldown({ cwd: root, input: LATE.library, platform: 'node' });
  await bundle.write({ file: `${root}dist/cli/${LATE.file}`, format: 'cjs', minify: true, comments: { legal: false } });
  await bundle.close();
}

/** Which file each module goes to, of those that go to one of {@link PACKS} or {@link LAZY}. */
function assign(root: string, modules: Modules): ReadonlyMap<string, string> {
  const lazy = Object.entries(LAZY).flatMap(([name, ids]) => ids.map((id) => [`${root}${id}`, name] as const));
  const packs = new Map(lazy);
  const seen = new Set<string>();
  for (const [name, entries] of PACKS) {
    const queue = entries.map((entry) => `${root}${entry}`);
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const info = seen.has(id) ? null : modules.getModuleInfo(id);
      if (info === null) continue;
      seen.add(id);
      if (!packs.has(id)) packs.set(id, name);
      queue.push(...info.importedIds);
    }
  }
  const asked = [...packs.keys(), ...PACKS.flatMap(([, entries]) => entries.map((entry) => `${root}${entry}`))];
  const missing = asked.find((id) => !seen.has(id));
  if (missing !== undefined) throw new Error(`nothing imports ${missing}`);
  return packs;
}
