import { fileURLToPath } from 'node:url';

const given = process.env['PINTLE_PROGRAM'] || fileURLToPath(new URL('../bin/pintle.js', import.meta.url));

/** How suites start Pintle: PINTLE_PROGRAM, which may be the standalone executable, or `bin/pintle.js`. */
export const PINTLE: readonly string[] = given.endsWith('.js') ? [process.execPath, given] : [given];
