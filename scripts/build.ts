/**
 * Builds dist/: the core bundle for any platform, the Node face, the testing face, the command line, and types.
 * Code splitting lets what two entries share be loaded once, and what few need only when they do.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildCli } from './build-cli.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
// Loaded from their own packages, not made part of ours: openpgp is LGPL, pg is for few.
const external = ['openpgp', 'pg'];
const quick = process.argv.includes('--quick');

rmSync(`${root}dist`, { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'src/index.ts',
    node: 'src/node/index.ts',
    testing: 'src/testing/index.ts',
    'isolated-render': 'src/node/renderer/isolated-render.ts',
    'render-worker': 'src/node/renderer/render-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: ['es2023', 'node20.19'],
  minify: true,
  keepNames: false,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'globalThis.PINTLE_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
  external,
});

await buildCli(root, version, external);

// The browser bundle stands alone: no bare import is left in it, and crypto is in chunks of its own.
await build({
  absWorkingDir: root,
  entryPoints: { pintle: 'src/index.ts' },
  outdir: 'dist/browser',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2023'],
  minify: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'globalThis.PINTLE_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
});

if (!quick) {
  execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
}
