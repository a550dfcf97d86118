/** Takes out of answers what differs from run to run. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b10\.(96|244)\.\d+\.\d+\b/g, 'ADDRESS'],
  [/\b(sandbox-node|rig-node)\b/g, 'NODE'],
  [/\b(rig|sandbox)-volume-\d+/g, 'VOLUME'],
  [/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-SUFFIX'],
  [/\b(UPPER|p)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-SUFFIX'],
  [/\b(web|db|ds|w)-[bcdfghjklmnpqrstvwxz2456789]{7,10}\b/g, '$1-HASH'],
  [/^"\d+s"$/g, '"AGE"'],
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
      if (key === 'columnDefinitions') return [key, withoutDescriptions(item)];
      if (key === 'managedFields') return [key, sorted(ownersOf(item))];
      if (key === 'cells' && Array.isArray(item)) return [key, item.map((cell) => (isAge(cell) ? 'AGE' : cell))];
      if (key === 'ca.crt') return [key, 'CERTIFICATE'];
      if (key === 'rows' && item === null) return [key, []];
      if (key === 'message' && typeof item === 'string') return [key, inOrder(withoutRevision(item))];
      if (key === 'conditions' || key === 'causes') return [key, byText(sorted(item))];
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

function isAge(cell: unknown): boolean {
  return typeof cell === 'string' && /^\d+s$/.test(cell);
}

/** Long texts for people, which the sandbox does not have. */
function withoutDescriptions(columns: unknown): unknown {
  return (columns as Record<string, unknown>[]).map(({ description: _, ...column }) => column);
}

/** What controllers wrote is not recorded in the sandbox. */
function ownersOf(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.filter((entry) => !/^(kube-|kwok)/.test(entry.manager) || entry.subresource === undefined);
}

/** Several faults are told in the order of a Go map. */
function inOrder(message: string): string {
  const match = /^(.* is invalid: \[)(.*)\]$/s.exec(message);
  return match ? `${match[1]}${(match[2] as string).split(', ').sort().join(', ')}]` : message;
}

function byText(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  const id = (item: unknown): string => {
    const { type, field, message } = item as Record<string, unknown>;
    return JSON.stringify([type, field, message]);
  };
  return [...list].sort((a, b) => (id(a) < id(b) ? -1 : 1));
}

/** Texts that show an object show its revision and the order of its fields, too. */
function withoutRevision(message: string): string {
  return message
    .replace(/in record \(\d+\)/, 'in record (REVISION)')
    .replace(/Invalid value: "\{.*\}": /s, 'Invalid value: OBJECT: ');
}
