/** One timer for each key: a new one takes the place of the old one. */
export class Timers<K> {
  private readonly timers: Map<K, ReturnType<typeof setTimeout>> = new Map();
  private stopped = false;

  after(key: K, milliseconds: number, then: () => void): void {
    this.cancel(key);
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(key);
      then();
    }, milliseconds);
    this.timers.set(key, timer);
  }

  has(key: K): boolean {
    return this.timers.has(key);
  }

  cancel(key: K): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  /** No timer runs or starts any more. */
  stop(): void {
    this.stopped = true;
    for (const key of [...this.timers.keys()]) this.cancel(key);
  }
}
