/** Chart.lock and requirements.lock. Go: helm pkg/chart/v2 Lock */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import type { Value } from '../go/value.ts';
import { toYaml } from '../yaml/emit.ts';
import { ANY_SHAPE, type Decoded, NIL_LIST, STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';
import { DEPENDENCY, dependencyToValue, toDependency } from './metadata.ts';
import type { Lock, LockedDependency } from './types.ts';

/** Go's zero time, which a lock without `generated` has. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** What a lock has that does not list dependencies at all, which is written as null and not as an empty list. */
const NONE: readonly LockedDependency[] = Object.freeze([]);

/** Helm's struct has no `digest`: whatever stands there must not make a lock unreadable. */
const LOCKED: StructShape = { ...DEPENDENCY, fields: { ...DEPENDENCY.fields, digest: ANY_SHAPE } };

const LOCK: StructShape = {
  kind: 'struct',
  type: 'v2.Lock',
  fields: {
    generated: { kind: 'time' },
    digest: STRING,
    dependencies: { kind: 'list', type: '[]*v2.Dependency', of: LOCKED },
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
  const list = raw['dependencies'] as readonly (Decoded | null)[] | undefined;
  return {
    generated: (raw['generated'] as string | undefined) ?? ZERO_TIME,
    digest: (raw['digest'] as string | undefined) ?? '',
    dependencies: list === undefined || list === NIL_LIST ? NONE : list.filter((entry) => entry !== null).map(toLocked),
  };
}

function toLocked(raw: Decoded): LockedDependency {
  const dependency = toDependency(raw);
  const { digest } = raw;
  return typeof digest === 'string' && /^[!-~]+$/.test(digest) ? { ...dependency, digest } : dependency;
}

/** Chart.lock as Helm writes it, with a line more for each dependency that has a digest. */
export function lockToYaml(lock: Lock): string {
  const rest = toYaml(
    new Map<string, Value>([
      ['generated', lock.generated],
      ['digest', lock.digest],
    ]),
  );
  const { dependencies } = lock;
  if (dependencies.length === 0) return `dependencies: ${dependencies === NONE ? 'null' : '[]'}\n${rest}`;
  return `dependencies:\n${dependencies.map(lockedToYaml).join('')}${rest}`;
}

function lockedToYaml(locked: LockedDependency): string {
  const text = toYaml([dependencyToValue(locked)]);
  return locked.digest === undefined ? text : `${text}  ${toYaml(new Map([['digest', locked.digest]]))}`;
}
