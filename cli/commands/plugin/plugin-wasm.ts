import type { Command } from '../../types.ts';

/** The process around a plugin that is a WebAssembly module; started by ourselves alone. */
export const wasmPlugin: Command = {
  use: '__wasm-plugin',
  long: '',
  arity: { max: 0 },
  async run() {
    await (await import('../../../src/node/plugins/wasm-host.ts')).runWasmHost();
    return 0;
  },
};

/** The process that makes a request for it. */
export const wasmFetch: Command = {
  use: '__wasm-fetch',
  long: '',
  arity: { max: 0 },
  async run() {
    await (await import('../../../src/node/plugins/wasm-fetch.ts')).runWasmFetch();
    return 0;
  },
};
