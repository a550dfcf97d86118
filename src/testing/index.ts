/**
 * For tests of programs that use Pintle: a world in which the time stands still and randomness repeats.
 *
 * @module
 */
export { type FixedHostOptions, fixedHost } from './fixed-host.ts';
