/**
 * Runs every script of test/scripts. `node test/scripts.test.ts --update` writes what differs into the scripts;
 * `PINTLE_BIN=bin/pintle.js` runs that program instead of the sources.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeHost } from '../src/node/host.ts';
import { runScript } from './script.ts';

const folder = fileURLToPath(new URL('scripts', import.meta.url));
const update = process.argv.includes('--update');

for (const name of readdirSync(folder).filter((file) => file.endsWith('.txtar'))) {
  test(name.replace(/\.txtar$/, ''), async () => {
    const path = `${folder}/${name}`;
    const text = readFileSync(path, 'utf8');
    const done = await runScript(text, { host: nodeHost(), update });
    if (done !== text) writeFileSync(path, done);
  });
}
