const CHUNK = 8192;

/**
 * Text built character by character. JavaScript would keep each `+=` as a node of a tree until somebody reads the
 * text; for megabytes that is many times their size.
 */
export class TextBuilder {
  private readonly units = new Uint16Array(CHUNK);
  private used = 0;
  private readonly parts: string[] = [];

  add(text: string): void {
    if (text.length > CHUNK - this.used) this.flush();
    if (text.length > CHUNK) {
      this.parts.push(text);
      return;
    }
    for (let i = 0; i < text.length; i++) this.units[this.used++] = text.charCodeAt(i);
  }

  private flush(): void {
    if (this.used > 0) this.parts.push(String.fromCharCode(...this.units.subarray(0, this.used)));
    this.used = 0;
  }

  toString(): string {
    this.flush();
    return this.parts.join('');
  }
}
