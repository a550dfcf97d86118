/** Label selectors of objects, as queries and as questions. Go: metav1.LabelSelectorAsSelector */
import { isList, isObject, type Json, own } from '../json.ts';

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/**
 * A label selector of an object's specification as a query, or undefined where it is none.
 *
 * @example labelSelector({ matchLabels: { app: 'web' } }) === 'app=web'
 */
export function labelSelector(selector: Json | undefined): string | undefined {
  return requirements(selector)
    ?.map(({ key, operator, values }) => {
      const list = [...values].sort().join(',');
      if (operator === '=') return `${key}=${list}`;
      if (operator === 'In') return `${key} in (${list})`;
      if (operator === 'NotIn') return `${key} notin (${list})`;
      return operator === 'Exists' ? key : `!${key}`;
    })
    .join(',');
}

/** Whether labels are what a selector asks for. */
export function selects(selector: Json | undefined, labels: Json | undefined): boolean {
  const all = requirements(selector);
  if (all === undefined) return false;
  return all.every(({ key, operator, values }) => {
    const value = own(labels, key);
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const listed = typeof value === 'string' && values.includes(value);
    return operator === 'NotIn' ? !listed : listed;
  });
}

const OPERATORS: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

// In order of key, as Go writes them.
function requirements(selector: Json | undefined): readonly Requirement[] | undefined {
  if (!isObject(selector)) return undefined;
  const out: Requirement[] = [];
  const labels = own(selector, 'matchLabels') ?? null;
  if (isObject(labels)) {
    for (const [key, value] of Object.entries(labels)) {
      if (typeof value !== 'string') return undefined;
      out.push({ key, operator: '=', values: [value] });
    }
  } else if (labels !== null) return undefined;
  const expressions = own(selector, 'matchExpressions') ?? null;
  if (expressions === null) return sorted(out);
  if (!isList(expressions)) return undefined;
  for (const expression of expressions) {
    const key = own(expression, 'key');
    const operator = own(expression, 'operator');
    const values = own(expression, 'values') ?? [];
    if (typeof key !== 'string' || typeof operator !== 'string' || !OPERATORS.has(operator)) return undefined;
    if (!isList(values) || !values.every((v) => typeof v === 'string')) return undefined;
    out.push({ key, operator, values });
  }
  return sorted(out);
}

function sorted(all: Requirement[]): Requirement[] {
  return all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
