import { type Budget, BudgetError } from '../go/budget.ts';
import {
  EVENT_ALIAS,
  EVENT_DOCUMENT_END,
  EVENT_MAPPING_END,
  EVENT_MAPPING_START,
  EVENT_SCALAR,
  EVENT_SEQUENCE_END,
  EVENT_SEQUENCE_START,
  EVENT_STREAM_END,
  Parser,
} from './parse.ts';
import { yamlError } from './reader.ts';
import { BLOCK, PLAIN } from './tokens.ts';

/** A node of a YAML document with its place in the text. */
export interface YamlNode {
  readonly kind: 'scalar' | 'sequence' | 'mapping' | 'alias';
  /** Where it begins; lines and columns count from 0, columns and offsets in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly start: number;
  /** Resolved, e.g. `tag:yaml.org,2002:str`; '' for none. */
  readonly tag: string;
  /** Its anchor, or for an alias the anchor that it names; '' for none. */
  readonly anchor: string;
  /** A scalar's text. */
  readonly value: string;
  /** A scalar that is plain and untagged, whose type may be told from its text. */
  readonly implicit: boolean;
  readonly style: 'plain' | 'quoted' | 'block' | 'flow';
  /** Items of a sequence; keys and values of a mapping by turns. */
  readonly children: readonly YamlNode[];
  /** The node that an alias stands for. */
  readonly target: YamlNode | undefined;
}

/**
 * The first document of a text as a tree, or undefined for a text without one. Throws go-yaml's error for a text
 * that is no YAML; a parser of another dialect may be handed in. Go: decode.go parser.parse.
 */
export function parseYamlNodes(
  text: string,
  budget?: Budget,
  parser: Parser = new Parser(text, true),
): YamlNode | undefined {
  if (parser.next() === EVENT_STREAM_END) return undefined;
  return readDocument(parser, budget);
}

/** The content of the document whose start was just read, and its end. */
function readDocument(parser: Parser, budget: Budget | undefined): YamlNode | undefined {
  const anchors = new Map<string, YamlNode>();
  const open: YamlNode[] = [];
  let root: YamlNode | undefined;
  for (;;) {
    const event = parser.next();
    if (event === EVENT_DOCUMENT_END) return root;
    if (event === EVENT_MAPPING_END || event === EVENT_SEQUENCE_END) {
      open.pop();
      continue;
    }
    budget?.node();
    const node = nodeOf(event, parser, anchors);
    root ??= node;
    (open[open.length - 1]?.children as YamlNode[] | undefined)?.push(node);
    if (event === EVENT_MAPPING_START || event === EVENT_SEQUENCE_START) {
      open.push(node);
      budget?.depth(open.length);
    }
  }
}

function nodeOf(event: number, parser: Parser, anchors: Map<string, YamlNode>): YamlNode {
  const { line, column, pos: start, anchor, tag } = parser;
  if (event === EVENT_ALIAS) {
    const target = anchors.get(anchor);
    if (target === undefined) throw yamlError(`unknown anchor '${anchor}' referenced`);
    return {
      kind: 'alias',
      line,
      column,
      start,
      tag: '',
      anchor,
      value: '',
      implicit: false,
      style: 'plain',
      children: NONE,
      target,
    };
  }
  const scalar = event === EVENT_SCALAR;
  const node: YamlNode = {
    kind: scalar ? 'scalar' : event === EVENT_MAPPING_START ? 'mapping' : 'sequence',
    line,
    column,
    start,
    tag,
    anchor,
    value: scalar ? parser.value : '',
    implicit: scalar && parser.implicit,
    style: scalar ? scalarStyle(parser.style) : parser.flow ? 'flow' : 'block',
    children: scalar ? NONE : [],
    target: undefined,
  };
  if (anchor !== '') anchors.set(anchor, node);
  return node;
}

/** The children of what has none. */
const NONE: readonly YamlNode[] = [];

function scalarStyle(type: number): YamlNode['style'] {
  return type === PLAIN ? 'plain' : type === BLOCK ? 'block' : 'quoted';
}

/** How deep a tree may be that is walked by recursion, when no budget says. */
export const MAX_TREE_DEPTH = 1000;

/** Throws when `depth` is beyond what the budget, or else the stack, can bear. */
export function checkDepth(depth: number, budget: Budget | undefined): void {
  if (budget !== undefined) budget.depth(depth);
  if (depth > MAX_TREE_DEPTH) throw new BudgetError('depth', MAX_TREE_DEPTH);
}
