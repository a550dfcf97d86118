/**
 * For tests of programs that use Pintle: a world in which the time stands still and randomness repeats, and a
 * registry in memory.
 *
 * @module
 */
export { type FixedHostOptions, fixedHost } from './fixed-host.ts';
export {
  type MemoryRegistry,
  type MemoryRegistryOptions,
  type MemoryRepository,
  memoryAnswer,
  memoryRegistry,
} from './memory-registry.ts';
