import * as library from 're2js';

/**
 * re2js. The command line loads it when a pattern first needs it (scripts/build-cli.ts): it is a quarter of what a render
 * loads, and most patterns of charts are simple.
 */
export const re2 = (): typeof library => library;
