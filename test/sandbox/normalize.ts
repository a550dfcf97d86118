/** Takes out of answers what differs from run to run. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b10\.(96|244)\.\d+\.\d+\b/g, 'ADDRESS'],
  [/\b(sandbox-node|rig-node)\b/g, 'NODE'],
  [/\b(rig|sandbox)-volume-\d+/g, 'VOLUME'],
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-SUFFIX'],
  [/\b(UPPER|p)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-SUFFIX'],
];

/** Keys whose values are numbers or names of the moment. */
const KEYS: Readonly<Record<string, string>> = {
  resourceVersion: 'REVISION',
  nodePort: 'PORT',
  continue: 'TOKEN',
  'pod-template-hash': 'HASH',
  'controller-revision-hash': 'HASH',
  storageVersionHash: 'HASH',
};

export function normalize(value: unknown): unknown {
  let text = JSON.stringify(sorted(value)) ?? 'null';
  for (const [pattern, replacement] of RULES) text = text.replace(pattern, replacement);
  return JSON.parse(text);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, item]) => {
      if (KEYS[key] !== undefined && item !== '' && typeof item !== 'object') return [key, KEYS[key]];
      if (key === 'remainingItemCount') return [key, 0];
      return [key, sorted(item)];
    }),
  );
}

/** Where two values differ, one line a place. */
export function differences(real: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(real) && Array.isArray(ours) && real.length === ours.length) {
    return real.flatMap((item, i) => differences(item, ours[i], `${path}[${i}]`));
  }
  if (isRecord(real) && isRecord(ours)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(ours)])].sort();
    return keys.flatMap((key) => differences(real[key], ours[key], `${path}.${key}`));
  }
  const [a, b] = [JSON.stringify(real), JSON.stringify(ours)];
  return a === b ? [] : [`${path}: real ${cut(a)} · sandbox ${cut(b)}`];
}

function cut(text: string | undefined): string {
  return text === undefined ? 'nothing' : text.length > 700 ? `${text.slice(0, 700)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
