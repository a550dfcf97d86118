/** What a manager owns of a type that has changed since. Go: structured-merge-diff/typed/reconcile_schema.go */
import { EMPTY_SET, type FieldNode, type FieldSet } from '../../../cluster/patch/field-set.ts';
import { isDeducedMap, type MergeType } from './type.ts';

/** Who owned something inside of what now has one owner as a whole, owns it. The same set where nothing changes. */
export function reconcileFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  let changed = false;
  const out = new Map<string, FieldNode>();
  for (const [text, node] of set) {
    const next = reconcileNode(node, elementType(node, type));
    changed ||= next !== node;
    out.set(text, next);
  }
  return changed ? out : set;
}

function elementType({ element }: FieldNode, type: MergeType | undefined): MergeType | undefined {
  if (type?.map !== undefined)
    return element.type === 'f' ? (type.map.field(element.name) ?? type.map.element) : undefined;
  return type?.scalar === undefined ? type?.list?.element : undefined;
}

function reconcileNode(node: FieldNode, type: MergeType | undefined): FieldNode {
  // Go leaves alone what nothing is known of.
  if (node.children.size === 0 || type === undefined || (type.map && isDeducedMap(type.map))) return node;
  const atomic = type.map?.atomic ?? (type.scalar === undefined && type.list?.atomic === true);
  if (atomic) return { element: node.element, member: true, children: EMPTY_SET };
  const children = reconcileFields(node.children, type);
  return children === node.children ? node : { ...node, children };
}
