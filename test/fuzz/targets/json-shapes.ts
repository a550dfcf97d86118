/** Made-up objects of Kubernetes, for targets of several files. */
import fc from 'fast-check';

/** An object with any of these fields; now and then one holds what does not belong there. */
export function some(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(null, 0, 1.5, '', 'x', true, [], {}, [1, 'a'], [{}], { a: null });
  const entries = Object.entries(fields).map(([name, value]) => {
    return [name, fc.oneof({ arbitrary: value, weight: 24 }, { arbitrary: odd, weight: 1 })] as const;
  });
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] });
}

/** One of few texts, so that two objects often agree. */
export const FEW: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'web');

export const NUMBERS: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(0, 1, 2, 80, 443, -1, 1.5, '1', '50%');

export function list(of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.array(of, { maxLength: 3 });
}

export function map(of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.dictionary(FEW, of, { maxKeys: 3 });
}

/** Go looks at each value of such a key, and we at the last one. No encoder writes such JSON. */
export function hasKeyTwice(json: string): boolean {
  const written = json.replace(/"(?:[^"\\]|\\.)*"/gs, '""').match(/""\s*:/g)?.length ?? 0;
  let read = 0;
  try {
    JSON.parse(json, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) read += Object.keys(value).length;
      return value;
    });
  } catch {
    return false;
  }
  return read !== written;
}
