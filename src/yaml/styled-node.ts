import { CommentParser } from './comment-parse.ts';
import {
  EVENT_ALIAS,
  EVENT_DOCUMENT_END,
  EVENT_MAPPING_END,
  EVENT_MAPPING_START,
  EVENT_SCALAR,
  EVENT_SEQUENCE_END,
  EVENT_STREAM_END,
} from './parse.ts';
import { yamlError } from './reader.ts';
import { LONG_TAG } from './resolve.ts';
import { BLOCK, PLAIN } from './tokens.ts';

// How a node is written; several may hold. Go: yaml.v3 yaml.go Style.
export const TAGGED = 1;
export const DOUBLE_QUOTED = 2;
export const SINGLE_QUOTED = 4;
export const LITERAL = 8;
export const FOLDED = 16;
export const FLOW = 32;

/** A node that remembers how it was written and the comments around it. Go: yaml.v3 yaml.go Node. */
export interface StyledNode {
  kind: 'document' | 'mapping' | 'sequence' | 'scalar' | 'alias';
  style: number;
  /** In the short form, e.g. `!!null`; of an untagged scalar only where it is null or a merge. */
  tag: string;
  /** A scalar's text, or the anchor that an alias names. */
  value: string;
  anchor: string;
  head: string;
  line: string;
  foot: string;
  /** Keys and values by turns; items; the root of a document. */
  content: StyledNode[];
}

/** A node without comments. */
export function styledNode(kind: StyledNode['kind'], value = '', style = 0, tag = ''): StyledNode {
  return { kind, style, tag, value, anchor: '', head: '', line: '', foot: '', content: [] };
}

/**
 * The first document of a text, or undefined for a text without one. Throws the errors of yaml.v3.
 * Go: yaml.v3 decode.go parser.document.
 */
export function parseStyledDocument(text: string): StyledNode | undefined {
  const parser = new CommentParser(text === '' ? '\n' : text);
  if (parser.next() === EVENT_STREAM_END) return undefined;
  const document = styledNode('document');
  document.head = parser.headComment;
  const open: StyledNode[] = [document];
  const anchors = new Set<string>();
  for (;;) {
    const event = parser.next();
    const parent = open[open.length - 1] as StyledNode;
    if (event === EVENT_DOCUMENT_END) {
      document.foot = parser.footComment;
      return document;
    }
    if (event === EVENT_MAPPING_END || event === EVENT_SEQUENCE_END) {
      open.pop();
      endCollection(parent, parser);
      added(open[open.length - 1] as StyledNode);
      continue;
    }
    const node = nodeOf(event, parser, anchors);
    parent.content.push(node);
    if (event === EVENT_SCALAR || event === EVENT_ALIAS) added(parent);
    else open.push(node);
  }
}

function nodeOf(event: number, parser: CommentParser, anchors: Set<string>): StyledNode {
  const node = plainNode(event, parser);
  node.head = parser.headComment;
  node.line = parser.lineComment;
  node.foot = parser.footComment;
  if (event === EVENT_ALIAS) {
    if (!anchors.has(node.value)) throw yamlError(`unknown anchor '${node.value}' referenced`);
  } else if (parser.anchor !== '') {
    node.anchor = parser.anchor;
    anchors.add(node.anchor);
  }
  return node;
}

function plainNode(event: number, parser: CommentParser): StyledNode {
  if (event === EVENT_ALIAS) return styledNode('alias', parser.anchor);
  const tagged = parser.tag !== '' && parser.tag !== '!';
  const tag = tagged ? shortTag(parser.tag) : '';
  const style = tagged ? TAGGED : 0;
  if (event !== EVENT_SCALAR) {
    const kind = event === EVENT_MAPPING_START ? 'mapping' : 'sequence';
    return styledNode(kind, '', parser.flow ? style | FLOW : style, tag);
  }
  const { value } = parser;
  const quotes = scalarStyle(parser);
  return styledNode('scalar', value, style | quotes, tagged || quotes !== 0 ? tag : (PLAIN_TAGS.get(value) ?? ''));
}

/** The tags of plain scalars that count here. Go: resolve.go resolveMapList. */
const PLAIN_TAGS: ReadonlyMap<string, string> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, '!!null'] as const),
  ['<<', '!!merge'],
]);

/** Go: yaml.v3 resolve.go shortTag. */
function shortTag(tag: string): string {
  return tag.startsWith(LONG_TAG) ? `!!${tag.slice(LONG_TAG.length)}` : tag;
}

function scalarStyle(parser: CommentParser): number {
  const { style, pos } = parser;
  if (style === PLAIN) return 0;
  const { text } = parser.scanner;
  if (style === BLOCK) return text.charCodeAt(pos) === 62 ? FOLDED : LITERAL;
  return text.charCodeAt(pos - 1) === 34 ? DOUBLE_QUOTED : SINGLE_QUOTED;
}

/** Go: decode.go parser.mapping, behind its loop. */
function endCollection(node: StyledNode, parser: CommentParser): void {
  node.line = parser.lineComment;
  node.foot = parser.footComment;
  if (node.kind !== 'mapping' || (node.style & FLOW) !== 0 || node.foot === '' || node.content.length < 2) return;
  (node.content[node.content.length - 2] as StyledNode).foot = node.foot;
  node.foot = '';
}

/** Moves the foot comments of a mapping's last child to the key that they belong to. */
function added({ kind, style, content }: StyledNode): void {
  if (kind !== 'mapping') return;
  const last = content[content.length - 1] as StyledNode;
  if (last.foot === '') return;
  if (content.length % 2 === 0) {
    const key = content[content.length - 2] as StyledNode;
    if (key.foot !== '') return;
    key.foot = last.foot;
    last.foot = '';
  } else if ((style & FLOW) === 0 && content.length > 2) {
    (content[content.length - 3] as StyledNode).foot = last.foot;
    last.foot = '';
  }
}
