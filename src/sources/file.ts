/** A file that a source found: its path with `/`, and its bytes. */
export interface SourceFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly modified?: Date;
}

/** The most bytes that one file of a chart may have. */
export const MAX_FILE_SIZE: number = 5 * 1024 * 1024;
/** The most files of a chart. Helm has no such limit; no real chart comes near it. */
export const MAX_ENTRIES = 10_000;

/** The content without the byte order mark that some editors put first. */
export function stripBom(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}
