/** A file that a source found: its path with `/`, and its bytes. */
export interface SourceFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly modified?: Date;
}
