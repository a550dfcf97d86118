/** Label and field selectors. Go: apimachinery/pkg/labels, pkg/fields */
import { isList, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { each, strings, text } from '../edit.ts';
import { badRequest } from '../server/refusal.ts';

export type Matcher = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

const SETS = /^\s*([^\s!=,()]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/;

/** The parts between commas that stand in no brackets. */
function parts(selector: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let at = 0;
  for (let i = 0; i <= selector.length; i++) {
    const c = selector[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (i === selector.length || (c === ',' && depth === 0)) {
      found.push(selector.slice(at, i));
      at = i + 1;
    }
  }
  return found;
}

/** @throws Refusal 400 */
export function parseLabelSelector(selector: string): (labels: Labels) => boolean {
  if (selector.trim() === '') return () => true;
  const tests = parts(selector).map((part) => labelTest(part, selector));
  return (labels) => tests.every((test) => test(labels));
}

function labelTest(part: string, selector: string): (labels: Labels) => boolean {
  const value = (labels: Labels, key: string): string | undefined =>
    Object.hasOwn(labels, key) ? labels[key] : undefined;
  const set = SETS.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((item) => item.trim()));
    return operator === 'in'
      ? (labels) => values.has(value(labels, key) ?? '\0')
      : (labels) => !values.has(value(labels, key) ?? '\0');
  }
  const equality = /^\s*([^\s!=<>,()]+)\s*(==|=|!=|>|<)\s*([^\s=!<>,()]*)\s*$/.exec(part);
  if (equality) {
    const [, key = '', operator, wanted = ''] = equality;
    if (operator === '!=') return (labels) => value(labels, key) !== wanted;
    if (operator === '>') return (labels) => Number(value(labels, key)) > Number(wanted);
    if (operator === '<') return (labels) => Number(value(labels, key)) < Number(wanted);
    return (labels) => value(labels, key) === wanted;
  }
  const existence = /^\s*(!?)\s*([^\s!=<>,()]+)\s*$/.exec(part);
  if (!existence) throw badRequest(`unable to parse requirement: found '${part.trim()}', in selector '${selector}'`);
  const [, not, key = ''] = existence;
  return (labels) => (value(labels, key) === undefined) === (not === '!');
}

/** A LabelSelector of an object; one without conditions matches everything, none at all nothing. */
export function matchesSelector(selector: Json | undefined, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const wanted = strings(own(selector, 'matchLabels'));
  if (Object.entries(wanted).some(([key, value]) => own(labels, key) !== value)) return false;
  return each(selector, 'matchExpressions').every((expression) => {
    const found = own(labels, text(expression['key']));
    const list = own(expression, 'values');
    const values = isList(list) ? list : [];
    switch (expression['operator']) {
      case 'In':
        return found !== undefined && values.includes(found);
      case 'NotIn':
        return found === undefined || !values.includes(found);
      case 'Exists':
        return found !== undefined;
      default:
        return found === undefined;
    }
  });
}

/** A LabelSelector as text: `app=web,tier in (a,b)`. Go: metav1.FormatLabelSelector */
export function formatSelector(selector: Json | undefined): string {
  const terms = Object.entries(strings(own(selector, 'matchLabels'))).map(([k, v]) => [k, `${k}=${v}`] as const);
  const sets = each(selector, 'matchExpressions').map((expression) => {
    const key = text(expression['key']);
    const values = [...((expression['values'] ?? []) as string[])].sort().join(',');
    const forms: Readonly<Record<string, string>> = { Exists: key, DoesNotExist: `!${key}` };
    const operator = text(expression['operator']).toLowerCase();
    return [key, forms[text(expression['operator'])] ?? `${key} ${operator} (${values})`] as const;
  });
  const all = [...terms, ...sets].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return all.length === 0 ? '<none>' : all.map(([, term]) => term).join(',');
}

/** Fields besides name and namespace, by storage. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  'jobs.batch': ['status.successful'],
  'replicasets.apps': ['status.replicas'],
  replicationcontrollers: ['status.replicas'],
  nodes: ['spec.unschedulable'],
  services: ['spec.clusterIP', 'spec.type'],
};

/** @throws Refusal 400 for a field that the kind cannot be selected by */
export function parseFieldSelector(selector: string, storage: string): Matcher {
  if (selector.trim() === '') return () => true;
  const tests = selector.split(',').map((part): Matcher => {
    const match = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
    if (!match) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
    const [, field = '', operator, wanted] = match;
    const known = ['metadata.name', 'metadata.namespace', ...(FIELDS[storage] ?? [])];
    if (!known.includes(field)) {
      const isPlain = FIELDS[storage] === undefined;
      const why = `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
      throw badRequest(isPlain ? why : `field label not supported: ${field}`);
    }
    return (object) => (fieldOf(object, field) === wanted) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

function fieldOf(object: KubeObject, path: string): string {
  let at: Json | undefined = object;
  for (const key of path.split('.')) at = own(at, key);
  if (path === 'status.successful') return String(own(own(object, 'status'), 'succeeded') ?? 0);
  return at === undefined || at === null ? (path === 'spec.hostNetwork' ? 'false' : '') : String(at);
}
