import { AnyOf, BTree, EveryOf, Row } from './glob-combine.ts';
import {
  Any,
  Contains,
  charge,
  type Matcher,
  Max,
  Min,
  Nothing,
  Prefix,
  PrefixAny,
  PrefixSuffix,
  Rune,
  Suffix,
  SuffixAny,
  Super,
  Text,
} from './glob-match.ts';
import { runesOf } from './glob-runes.ts';
import { type GlobNode, globNode, sameNode } from './glob-syntax.ts';

/**
 * A syntax tree as matchers, joined and simplified the way gobwas/glob does it: what a pattern matches depends on
 * it, since some of the library's simplifications are not equivalent. Go: gobwas/glob compiler.
 */
export function compileTree(node: GlobNode): Matcher {
  return simplify(compileNode(node));
}

function compileNode(node: GlobNode): Matcher {
  switch (node.kind) {
    case 'anyOf': {
      const shorter = withoutCommonParts(node);
      return shorter ? compileTree(shorter) : new AnyOf(node.children.map(compileChild));
    }
    case 'pattern':
      if (node.children.length === 0) return new Nothing();
      return join(joinNeighbours(node.children.map(compileChild)));
    case 'any':
      return new Any();
    case 'super':
      return new Super();
    case 'single':
      return new Rune('single', [0x2f], true, (rune) => rune !== 0x2f);
    case 'nothing':
      return new Nothing();
    case 'list': {
      const runes = runesOf(node.text);
      return new Rune('list', runes, node.not, (rune) => runes.includes(rune) !== node.not);
    }
    case 'range': {
      const [low, high] = [...node.text].map((ch) => ch.codePointAt(0) as number) as [number, number];
      return new Rune('range', [low, high], node.not, (rune) => (rune >= low && rune <= high) !== node.not);
    }
    case 'text':
      return new Text(node.text);
  }
}

function compileChild(node: GlobNode): Matcher {
  return simplify(compileTree(node));
}

/** Go: compiler.go optimizeMatcher. */
function simplify(m: Matcher): Matcher {
  if (m instanceof AnyOf) return m.matchers.length === 1 ? (m.matchers[0] as Matcher) : m;
  if (m instanceof Rune && m.kind === 'list' && !m.not && m.runes.length === 1) {
    return new Text(utf8(m.runes[0] as number));
  }
  return m instanceof BTree ? simplifyTree(m) : m;
}

function utf8(rune: number): string {
  return String.fromCharCode(...new TextEncoder().encode(String.fromCodePoint(rune)));
}

function simplifyTree(tree: BTree): Matcher {
  const left = tree.left && simplify(tree.left);
  const right = tree.right && simplify(tree.right);
  const { value } = tree;
  const same = new BTree(value, left, right);
  if (!(value instanceof Text)) return same;
  const { text } = value;
  if (!left && !right) return new Text(text);
  if (left instanceof Super && right instanceof Super) return new Contains(text, false);
  if (left instanceof Super && !right) return new Suffix(text);
  if (right instanceof Super && !left) return new Prefix(text);
  if (!left && right instanceof Suffix) return new PrefixSuffix(text, right.suffix);
  if (!right && left instanceof Prefix) return new PrefixSuffix(left.prefix, text);
  if (!right && left instanceof Any) return new SuffixAny(text);
  if (!left && right instanceof Any) return new PrefixAny(text);
  return same;
}

/** Go: compiler.go compileMatchers: around the longest part of fixed length. */
function join(matchers: readonly Matcher[]): Matcher {
  if (matchers.length === 1) return matchers[0] as Matcher;
  const glued = glue(matchers);
  if (glued) return glued;
  let pivot = -1;
  let longest = -1;
  for (const [i, m] of matchers.entries()) {
    if (m.len !== -1 && m.len >= longest) {
      longest = m.len;
      pivot = i;
    }
  }
  if (pivot === -1) return new BTree(matchers[0] as Matcher, undefined, join(matchers.slice(1)));
  const left = matchers.slice(0, pivot);
  const right = matchers.slice(pivot + 1);
  return new BTree(
    matchers[pivot] as Matcher,
    left.length > 0 ? join(left) : undefined,
    right.length > 0 ? join(right) : undefined,
  );
}

function glue(matchers: readonly Matcher[]): Matcher | undefined {
  charge(1);
  if (matchers.length <= 1) return undefined;
  return glueAsEvery(matchers) ?? glueAsRow(matchers);
}

function glueAsRow(matchers: readonly Matcher[]): Matcher | undefined {
  let len = 0;
  for (const m of matchers) {
    if (m.len === -1) return undefined;
    len += m.len;
  }
  charge(matchers.length);
  return new Row(len, matchers);
}

/** Go: compiler.go glueMatchersAsEvery: wildcards with the same separators are a length and their absence. */
function glueAsEvery(matchers: readonly Matcher[]): Matcher | undefined {
  let any = false;
  let all = false;
  let min = 0;
  let separators: readonly number[] | undefined;
  for (const m of matchers) {
    const own = separatorsOf(m);
    if (!own) return undefined;
    if (m instanceof Super) all = true;
    else if (m instanceof Any) any = true;
    else min++;
    separators ??= own;
    if (own.length !== separators.length || own.some((rune, i) => rune !== separators?.[i])) return undefined;
  }
  charge(matchers.length);
  if (all && !any && min === 0) return new Super();
  if (any && !all && min === 0) return new Any();
  const found = separators ?? [];
  if ((any || all) && min > 0 && found.length === 0) return new Min(min);
  const every: Matcher[] = [];
  if (min > 0) every.push(new Min(min));
  if (min > 0 && !any && !all) every.push(new Max(min));
  // The library looks for the separators as one text, so several of them rarely stop anything.
  if (found.length > 0) every.push(new Contains(found.map(utf8).join(''), true));
  return new EveryOf(every);
}

/** What a wildcard stops at; undefined for what is no wildcard. */
function separatorsOf(m: Matcher): readonly number[] | undefined {
  if (m instanceof Super) return [];
  if (m instanceof Any) return [0x2f];
  if (m instanceof Rune && (m.kind === 'single' || (m.kind === 'list' && m.not))) return m.runes;
  return undefined;
}

/** Go: compiler.go minimizeMatchers: replaces the longest run that can be glued, until none can. */
function joinNeighbours(matchers: readonly Matcher[]): readonly Matcher[] {
  let current = matchers;
  for (;;) {
    const next = joinLongest(current);
    if (next.length === current.length) return next;
    current = next;
  }
}

function joinLongest(matchers: readonly Matcher[]): readonly Matcher[] {
  let best: Matcher | undefined;
  let from = 0;
  let to = 0;
  for (let l = 0; l < matchers.length; l++) {
    for (let r = matchers.length; r > l; r--) {
      const glued = glue(matchers.slice(l, r));
      if (!glued) continue;
      const longer = best !== undefined && best.len > -1 && glued.len > best.len;
      if (best === undefined || longer || to - from < r - l) {
        best = glued;
        from = l;
        to = r;
      }
    }
  }
  return best ? [...matchers.slice(0, from), best, ...matchers.slice(to)] : matchers;
}

/** Go: compiler.go minimizeTreeAnyOf: `{ab,ac}` is `a{b,c}`. */
function withoutCommonParts(node: GlobNode): GlobNode | undefined {
  const branches = node.children;
  const [left, right] = commonParts(branches);
  if (left.length === 0 && right.length === 0) return undefined;
  const parts: GlobNode[] = [];
  if (left.length > 0) parts.push(globNode('pattern', left));
  const rests: GlobNode[] = [];
  for (const branch of branches) {
    const rest = branch.children.slice(left.length, branch.children.length - right.length);
    const own = rest.length === 0 ? globNode('nothing') : globNode('pattern', rest);
    if (!rests.some((other) => sameNode(other, own))) rests.push(own);
  }
  if (rests.length === 1 && rests[0]?.kind !== 'nothing') parts.push(rests[0] as GlobNode);
  else if (rests.length > 1) parts.push(globNode('anyOf', rests));
  if (right.length > 0) parts.push(globNode('pattern', right));
  return globNode('pattern', parts);
}

/** Go: compiler.go commonChildren: the parts that all branches start and end with. */
function commonParts(branches: readonly GlobNode[]): [left: GlobNode[], right: GlobNode[]] {
  if (branches.length <= 1) return [[], []];
  const shortest = branches.reduce((a, b) => (b.children.length < a.children.length ? b : a));
  const parts = shortest.children;
  const others = branches.filter((branch) => branch !== shortest);
  const left: GlobNode[] = [];
  const right: GlobNode[] = [];
  let leftEnded = false;
  let rightEnded = false;
  for (let i = 0, j = parts.length - 1; j >= 0 && left.length + right.length < parts.length; i++, j--) {
    for (const { children } of others) {
      if (leftEnded && rightEnded) break;
      leftEnded ||= !sameNode(parts[i] as GlobNode, children[i] as GlobNode);
      rightEnded ||= !leftEnded && j <= i;
      rightEnded ||= !sameNode(parts[j] as GlobNode, children[j + children.length - parts.length] as GlobNode);
    }
    if (!leftEnded) left.push(parts[i] as GlobNode);
    if (!rightEnded) right.unshift(parts[j] as GlobNode);
    if (leftEnded && rightEnded) break;
  }
  return [left, right];
}
