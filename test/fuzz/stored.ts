/** Inputs in a file: JSON, those that are UTF-8 as text, others as `{"base64": "…"}`, so that a change can be read. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

type Stored = string | { readonly base64: string };

/** The inputs of a file; none where there is no file. */
export function readInputs(path: string): Uint8Array[] {
  if (!existsSync(path)) return [];
  const stored = JSON.parse(readFileSync(path, 'utf8')) as Stored[];
  return stored.map((one) => (typeof one === 'string' ? Buffer.from(one) : Buffer.from(one.base64, 'base64')));
}

export function writeInputs(path: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.map((input) => JSON.stringify(store(Buffer.from(input))));
  writeFileSync(path, lines.length > 0 ? `[\n${lines.join(',\n')}\n]\n` : '[]\n');
}

function store(input: Buffer): Stored {
  const text = input.toString('utf8');
  return Buffer.from(text).equals(input) ? text : { base64: input.toString('base64') };
}
