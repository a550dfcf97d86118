/** Chart.lock and requirements.lock. Go: helm pkg/chart/v2 Lock */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { toYaml } from '../yaml/emit.ts';
import { type Decoded, STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';
import { DEPENDENCY, dependencyToValue, toDependency } from './metadata.ts';
import type { Lock } from './types.ts';

/** Go's zero time, which a lock without `generated` has. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

const LOCK: StructShape = {
  kind: 'struct',
  type: 'v2.Lock',
  fields: {
    generated: { kind: 'time' },
    digest: STRING,
    dependencies: { kind: 'list', type: '[]*v2.Dependency', of: DEPENDENCY },
  },
};

/**
 * The lock in a file; nothing where the file is empty.
 *
 * @throws PintleError `CHART_INVALID` with Helm's text.
 */
export function readLock(data: Uint8Array, name: string): Lock | undefined {
  let raw: Decoded | undefined;
  try {
    raw = unmarshalStruct(LOCK, decodeBytes(data));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('CHART_INVALID', `cannot load ${name}: ${error.message}`, { cause: error });
  }
  if (raw === undefined) return undefined;
  const list = (raw['dependencies'] ?? []) as (Decoded | null)[];
  return {
    generated: (raw['generated'] as string | undefined) ?? ZERO_TIME,
    digest: (raw['digest'] as string | undefined) ?? '',
    dependencies: list.filter((entry) => entry !== null).map(toDependency),
  };
}

/** Chart.lock as Helm writes it. */
export function lockToYaml(lock: Lock): string {
  return toYaml(
    new Map<string, Parameters<typeof toYaml>[0]>([
      ['generated', lock.generated],
      ['digest', lock.digest],
      ['dependencies', lock.dependencies.length > 0 ? lock.dependencies.map(dependencyToValue) : null],
    ]),
  );
}
