/**
 * For tests of programs that use Pintle: a world in which the time stands still and randomness repeats, a
 * registry in memory, and a cluster in memory.
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
export {
  createSandbox,
  type Sandbox,
  type SandboxChange,
  type SandboxJournal,
  type SandboxOptions,
} from './sandbox/sandbox.ts';
export type { SandboxState } from './sandbox/store/store.ts';
