/** Where the output of plugins' programs goes. */
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { Sink } from './process.ts';

/** Where a command's plugin reads and writes. */
export interface Streams {
  readonly stdin: 'inherit' | 'ignore' | Uint8Array;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Gathers output up to a limit. */
export class Collector {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private readonly plugin: string;
  private readonly limit: number;

  constructor(plugin: string, limit: number) {
    this.plugin = plugin;
    this.limit = limit;
  }

  readonly add = (bytes: Uint8Array): void => {
    this.size += bytes.length;
    if (this.size > this.limit) {
      throw new PintleError('PLUGIN_FAILED', `plugin ${quote(this.plugin)} wrote more than ${this.limit} bytes`);
    }
    this.chunks.push(bytes);
  };

  bytes(): Uint8Array {
    return Buffer.concat(this.chunks, this.size);
  }
}
