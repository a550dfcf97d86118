/**
 * Builds the command line into dist/cli/: start-up is most of what a short run takes, and loading many small ES
 * modules is most of start-up. So what esbuild splits is put together again, as CommonJS, into one file for what
 * every run needs, one for what renders, and one for each part that few runs need.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile, transform } from 'esbuild';

/**
 * The files made of several chunks: the entry points that they serve with all that these import. What the first needs
 * is in none of the others; what several of the others need is in the file `shared`.
 */
const PACKS: readonly (readonly [name: string, entries: readonly string[]])[] = [
  ['main', ['cli/main.ts', 'src/node/host.ts']],
  [
    'render',
    ['cli/commands/template/template.ts', 'cli/commands/template/template-run.ts', 'src/node/kube/namespace.ts'],
  ],
  ['schema', ['src/values/schema/verdict.ts']],
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

/** How chunks find each other: by the name of their file, each run when it is first asked for. */
const LOADER = `const table = {}, loaded = {};
function load(id) {
  const name = id.replace(/^.*\\//, '');
  if (id[0] !== '.') return require(id);
  if (loaded[name]) return loaded[name];
  if (!table[name]) Object.assign(table, require('./' + files[name] + '.cjs'));
  const module = { exports: {} };
  table[name](module, load);
  // Plain values are read faster than an ES module's live bindings, of which none changes here.
  return (loaded[name] = Object.assign({}, module.exports));
}
`;

/** What stands for `import.meta.url`, which CommonJS has not and libraries ask for. */
const FILE_URL = 'pintle_file_url';

/** Builds the command line; `options` say how esbuild treats the sources. */
export async function buildCli(root: string, options: BuildOptions): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: { cli: 'cli/main.ts' },
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
    write: false,
  });
  const files = assign(metafile);
  const table = new Map<string, string[]>();
  for (const output of outputFiles) {
    const file = files.get(basename(output.path)) as string;
    const entry = `${JSON.stringify(basename(output.path))}: (function (module, require) {${await asFunction(output)}})`;
    table.set(file, [...(table.get(file) ?? []), entry]);
  }
  mkdirSync(`${root}dist/cli`, { recursive: true });
  for (const [file, entries] of table) {
    const chunks = `{\n${entries.join(',\n')}\n}`;
    const url = chunks.includes(FILE_URL)
      ? `const ${FILE_URL} = require('node:url').pathToFileURL(__filename).href;\n`
      : '';
    const text =
      file === 'main'
        ? `const files = ${JSON.stringify(Object.fromEntries(files))};\n${LOADER}Object.assign(table, ${chunks});\nmodule.exports = load('./cli.js');\n`
        : `module.exports = ${chunks};\n`;
    writeFileSync(`${root}dist/cli/${file}.cjs`, `'use strict';\n${url}${text}`);
  }
}

/** Which file each chunk goes to. */
function assign({ outputs }: Metafile): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (output: string, file: string): void => {
    const id = basename(output);
    const before = files.get(id);
    if (before === 'main' || before === 'shared' || before === file) return;
    files.set(id, before === undefined ? file : 'shared');
    for (const { path, kind, external } of outputs[output]?.imports ?? []) {
      if (!external && kind === 'import-statement') visit(path, file);
    }
  };
  for (const [file, entries] of PACKS) {
    for (const entry of entries) {
      const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry);
      if (!found) throw new Error(`${entry} is no entry point of its own`);
      visit(found[0], file);
    }
  }
  for (const output of Object.keys(outputs)) {
    if (!files.has(basename(output))) files.set(basename(output), basename(output, '.js'));
  }
  return files;
}

/** A chunk as the body of a CommonJS function; `import()` loads at once, since all of it is on disk. */
async function asFunction(output: OutputFile): Promise<string> {
  const { code } = await transform(output.text, {
    format: 'cjs',
    platform: 'node',
    target: ['es2023', 'node20.19'],
    minify: true,
    define: { 'import.meta.url': FILE_URL },
    supported: { 'dynamic-import': false },
  });
  return code;
}
