/** Runs jobs side by side, so many at a time, and starts no more once one has failed. */
export function jobLimit(atOnce: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  let failed: { readonly error: unknown } | undefined;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      if (failed !== undefined) throw failed.error;
      return await job();
    } catch (error) {
      failed ??= { error };
      throw error;
    } finally {
      // Who waits takes over the place.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
