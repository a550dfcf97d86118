import assert from 'node:assert/strict';
import { extname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile, type OutputFile } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a page loads before it renders its first chart. */
const LIMIT = 400 * 1024;

/** The entry and every chunk that it imports statically, however far. */
function loadedAtOnce(meta: Metafile, entry: string): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind } of meta.outputs[file]?.imports ?? []) if (kind === 'import-statement') visit(path);
  };
  visit(entry);
  return seen;
}

test('the browser bundle is under 400 KiB gzipped, with crypto in chunks of its own', async () => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    // Where this suite was compiled for an older Node, so were the sources.
    entryPoints: { pintle: `src/index${extname(import.meta.filename)}` },
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2023'],
    minify: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const files = loadedAtOnce(metafile, 'out/pintle.js');
  const bytes = outputFiles
    .filter((file: OutputFile) => files.has(file.path.slice(root.length)))
    .reduce((sum: number, file: OutputFile) => sum + gzipSync(file.contents, { level: 9 }).length, 0);
  assert.ok(bytes < LIMIT, `${(bytes / 1024).toFixed(1)} KiB gzipped`);
  assert.ok(bytes > 10 * 1024, 'the bundle is there');

  const inputs = new Set([...files].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {})));
  const heavy = [...inputs].filter((name) => /bcryptjs|noble\/ciphers|scrypt|certificate/.test(name));
  assert.deepEqual(heavy, [], 'loaded only when a chart asks for it');
});
