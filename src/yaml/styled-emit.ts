import { BudgetError, longestText } from '../go/budget.ts';
import { resolvePlain } from './resolve.ts';
import { DOUBLE_QUOTED, FLOW, FOLDED, LITERAL, SINGLE_QUOTED, type StyledNode, TAGGED } from './styled-node.ts';
import { isOldBoolean, type ScalarTraits, scalarTraits } from './styled-scalar.ts';
import { StyledWriter } from './styled-writer.ts';

/** A document to write, and whether its lists stand deeper than their keys. */
export interface StyledDocument {
  readonly node: StyledNode;
  readonly wide?: boolean;
}

/**
 * Documents as the encoder of yaml.v3 writes them with an indentation of 2 and compact lists: styles, tags, anchors
 * and comments are kept.
 */
export function writeStyledDocuments(documents: readonly StyledDocument[]): string {
  const emitter = new StyledEmitter();
  for (const { node, wide } of documents) emitter.document(node, wide ?? false);
  return emitter.out;
}

/** What is written next; after a comment within brackets (`trail`) the comma stands already. Go: yaml_emitter_state_t. */
type State =
  | 'content'
  | 'end'
  | 'firstItem'
  | 'item'
  | 'firstKey'
  | 'key'
  | 'value'
  | 'complexValue'
  | 'firstFlowItem'
  | 'flowItem'
  | 'trailFlowItem'
  | 'firstFlowKey'
  | 'flowKey'
  | 'trailFlowKey'
  | 'flowValue'
  | 'complexFlowValue';

type EventType = 'start' | 'end' | 'leaf';

/** An open collection. */
interface Frame {
  readonly node: StyledNode;
  next: number;
  /** The foot comment of the last key, which follows its value. */
  tail: string;
}

const MAX_SIMPLE_KEY = 128;
const INDENT = 2;

/**
 * Turns a tree into events, and writes each by what went before it. Comments go by the event, too, since one that
 * finds no place waits for the next. Go: yaml.v3 encode.go node, and the states of emitterc.go.
 */
class StyledEmitter extends StyledWriter {
  private readonly indents: number[] = [];
  private state: State = 'content';
  private readonly states: State[] = [];
  private flowLevel = 0;
  private compact = true;
  private first = true;
  private inMapping = false;
  private inSimpleKey = false;
  /** The comment on a key's line. */
  private keyLine = '';
  // Of the node that is written.
  private traits: ScalarTraits = scalarTraits('');
  private tag = '';

  document(root: StyledNode, wide: boolean): void {
    const document = root.kind === 'document' ? root : undefined;
    this.compact = !wide;
    this.takeComments(document?.head ?? '', '', '', '');
    if (!this.first) {
      this.writeIndent();
      this.indicator('---', true);
      this.writeIndent();
    }
    this.first = false;
    if (this.head !== '') {
      this.headComment();
      this.putBreak();
    }
    this.state = 'content';
    this.write(document === undefined ? root : (document.content[0] as StyledNode));
    this.takeComments('', '', document?.foot ?? '', '');
    this.footIndent = 0;
    this.footComment();
    this.footIndent = -1;
    this.writeIndent();
  }

  /** The events of a tree, without recursion. Go: encode.go node. */
  private write(root: StyledNode): void {
    const open: Frame[] = [];
    const longest = longestText(undefined);
    this.begin(root, '', open);
    for (let frame = open[open.length - 1]; frame !== undefined; frame = open[open.length - 1]) {
      const { node } = frame;
      if (this.out.length > longest) throw new BudgetError('characters', longest);
      if (frame.next < node.content.length) this.child(frame, open);
      else {
        open.pop();
        this.takeComments('', node.line, node.foot, frame.tail);
        this.emit('end', node);
      }
    }
  }

  private child(frame: Frame, open: Frame[]): void {
    const child = frame.node.content[frame.next++] as StyledNode;
    const isKey = frame.node.kind === 'mapping' && frame.next % 2 === 1;
    const { tail } = frame;
    if (isKey) frame.tail = child.foot;
    this.begin(child, isKey ? tail : '', open, isKey);
  }

  private begin(node: StyledNode, tail: string, open: Frame[], isKey = false): void {
    const foot = isKey ? '' : node.foot;
    if (node.kind === 'mapping' || node.kind === 'sequence') {
      this.takeComments(node.head, '', '', node.kind === 'mapping' ? tail : '');
      open.push({ node: isKey ? { ...node, foot: '' } : node, next: 0, tail: '' });
      this.emit('start', node);
    } else {
      this.takeComments(node.head, node.line, foot, node.kind === 'scalar' ? tail : '');
      this.emit('leaf', node);
    }
  }

  /** Comments that were not written yet stay, unless there are new ones. Go: yaml_emitter_analyze_event. */
  private takeComments(head: string, line: string, foot: string, tail: string): void {
    if (head !== '') this.head = head;
    if (line !== '') this.line = line;
    if (foot !== '') this.foot = foot;
    if (tail !== '') this.tail = tail;
  }

  private emit(type: EventType, node: StyledNode): void {
    if (type !== 'end') {
      this.tag = eventTag(node);
      if (node.kind === 'scalar') this.traits = scalarTraits(node.value);
    }
    switch (this.state) {
      case 'content':
        this.states.push('end');
        this.headComment();
        this.place(node, false, false);
        this.lineAndFoot();
        break;
      case 'firstItem':
        this.deeper(false, this.inMapping && (this.column === 0 || !this.indention) && this.compact);
        this.item(type, node);
        break;
      case 'item':
        this.item(type, node);
        break;
      case 'firstKey':
        this.deeper(false, false);
        this.key(type, node);
        break;
      case 'key':
        this.key(type, node);
        break;
      case 'value':
      case 'complexValue':
        this.value(type, node, this.state === 'value');
        break;
      default:
        this.emitInFlow(type, node);
    }
  }

  private emitInFlow(type: EventType, node: StyledNode): void {
    switch (this.state) {
      case 'firstFlowItem':
        this.openFlow('[');
        this.flowItem(type, node, true);
        break;
      case 'flowItem':
      case 'trailFlowItem':
        this.flowItem(type, node, this.state === 'trailFlowItem');
        break;
      case 'firstFlowKey':
        this.openFlow('{');
        this.flowKey(type, node, true);
        break;
      case 'flowKey':
      case 'trailFlowKey':
        this.flowKey(type, node, this.state === 'trailFlowKey');
        break;
      default:
        this.flowValue(node, this.state === 'flowValue');
    }
  }

  private openFlow(bracket: string): void {
    this.indicator(bracket, true, true);
    this.deeper(true, false);
    this.flowLevel++;
  }

  /** Go: yaml_emitter_increase_indent_compact. */
  private deeper(flow: boolean, compact: boolean): void {
    const { indent } = this;
    this.indents.push(indent);
    if (indent < 0) this.indent = flow ? INDENT : 0;
    else if (this.states[this.states.length - 1] === 'item') this.indent += 2;
    else this.indent = INDENT * Math.trunc((indent + INDENT) / INDENT) - (compact ? 2 : 0);
  }

  private shallower(): void {
    this.indent = this.indents.pop() as number;
  }

  private pop(): void {
    this.state = this.states.pop() as State;
  }

  private close(): void {
    this.shallower();
    this.pop();
  }

  private item(type: EventType, node: StyledNode): void {
    if (type === 'end') {
      this.close();
      return;
    }
    this.headComment();
    this.writeIndent();
    this.indicator('-', true, false, true);
    this.states.push('item');
    this.place(node, false, false);
    this.lineAndFoot();
  }

  private key(type: EventType, node: StyledNode): void {
    this.headComment();
    if (type === 'end') {
      this.close();
      return;
    }
    this.writeIndent();
    if (this.line !== '') {
      this.keyLine = this.line;
      this.line = '';
    }
    if (this.isSimpleKey(node)) {
      this.states.push('value');
      this.place(node, true, true);
    } else {
      this.indicator('?', true, false, true);
      this.states.push('complexValue');
      this.place(node, true, false);
    }
  }

  private value(type: EventType, node: StyledNode, simple: boolean): void {
    if (simple) this.indicator(':', false);
    else {
      this.writeIndent();
      this.indicator(':', true, false, true);
    }
    if (this.keyLine !== '') this.placeKeyLine(type, node);
    this.states.push('key');
    this.place(node, true, false);
    this.lineAndFoot();
  }

  /** The comment on a key's line goes with a scalar, or before a block. */
  private placeKeyLine(type: EventType, node: StyledNode): void {
    if (node.kind === 'scalar') {
      if (this.line !== '') return;
      this.line = this.keyLine;
      this.keyLine = '';
    } else if (type === 'start' && (node.style & FLOW) === 0) {
      const { line } = this;
      this.line = this.keyLine;
      this.lineComment();
      this.keyLine = '';
      this.line = line;
    }
  }

  private flowItem(type: EventType, node: StyledNode, noComma: boolean): void {
    if (type === 'end') {
      this.flowLevel--;
      this.shallower();
      if (this.column === 0) this.writeIndent();
      this.indicator(']', false);
      this.lineAndFoot();
      this.pop();
      return;
    }
    if (!noComma) this.indicator(',', false);
    this.headComment();
    if (this.column === 0) this.writeIndent();
    this.states.push(this.hasTrail() ? 'trailFlowItem' : 'flowItem');
    this.place(node, false, false);
    if (this.hasTrail()) this.indicator(',', false);
    this.lineAndFoot();
  }

  private flowKey(type: EventType, node: StyledNode, noComma: boolean): void {
    if (type === 'end') {
      if (!noComma && (this.head !== '' || this.foot !== '' || this.tail !== '')) this.indicator(',', false);
      this.headComment();
      this.flowLevel--;
      this.shallower();
      this.indicator('}', false);
      this.lineAndFoot();
      this.pop();
      return;
    }
    if (!noComma) this.indicator(',', false);
    this.headComment();
    if (this.column === 0) this.writeIndent();
    if (this.isSimpleKey(node)) {
      this.states.push('flowValue');
      this.place(node, true, true);
    } else {
      this.indicator('?', true);
      this.states.push('complexFlowValue');
      this.place(node, true, false);
    }
  }

  private flowValue(node: StyledNode, simple: boolean): void {
    this.indicator(':', !simple);
    this.states.push(this.hasTrail() ? 'trailFlowKey' : 'flowKey');
    this.place(node, true, false);
    if (this.hasTrail()) this.indicator(',', false);
    this.lineAndFoot();
  }

  private hasTrail(): boolean {
    return this.line !== '' || this.foot !== '' || this.tail !== '';
  }

  private isSimpleKey(node: StyledNode): boolean {
    if (node.kind === 'alias') return node.value.length <= MAX_SIMPLE_KEY;
    let length = node.anchor.length + tagLength(this.tag);
    if (node.kind === 'scalar') {
      if (this.traits.multiline) return false;
      length += utf8Length(node.value);
    } else if (node.content.length > 0) return false;
    return length <= MAX_SIMPLE_KEY;
  }

  /** Go: yaml_emitter_emit_node. */
  private place(node: StyledNode, mapping: boolean, simpleKey: boolean): void {
    this.inMapping = mapping;
    this.inSimpleKey = simpleKey;
    if (node.kind === 'alias') {
      this.indicator('*', true);
      this.put(node.value);
      this.pop();
      return;
    }
    const style = node.kind === 'scalar' ? this.scalarStyle(node) : 0;
    if (node.anchor !== '') {
      this.indicator('&', true);
      this.put(node.anchor);
    }
    if (this.tag !== '') this.writeTag(this.tag);
    if (node.kind === 'scalar') {
      this.deeper(true, false);
      this.scalar(node.value, style);
      this.close();
      return;
    }
    const flow = this.flowLevel > 0 || (node.style & FLOW) !== 0 || node.content.length === 0;
    if (node.kind === 'sequence') this.state = flow ? 'firstFlowItem' : 'firstItem';
    else this.state = flow ? 'firstFlowKey' : 'firstKey';
  }

  /** Go: encode.go node, then yaml_emitter_select_scalar_style. */
  private scalarStyle(node: StyledNode): number {
    const { traits } = this;
    const inFlow = this.flowLevel > 0;
    let style = wantedStyle(node);
    if (this.inSimpleKey && traits.multiline) style = DOUBLE_QUOTED;
    if (style === 0) {
      const allowed = inFlow ? traits.flowPlain : traits.blockPlain;
      if (!allowed || (node.value === '' && (inFlow || this.inSimpleKey))) style = SINGLE_QUOTED;
    }
    if (style === SINGLE_QUOTED && !traits.single) style = DOUBLE_QUOTED;
    if ((style & (LITERAL | FOLDED)) !== 0 && (!traits.block || inFlow || this.inSimpleKey)) style = DOUBLE_QUOTED;
    return style;
  }

  private writeTag(tag: string): void {
    if (!this.whitespace) this.raw(' ');
    this.put(tag);
  }
}

/** The tag as it is written, or ''. Go: encode.go node, yaml_emitter_analyze_tag and yaml_emitter_process_tag. */
function eventTag({ tag, style, kind }: StyledNode): string {
  if (kind === 'alias' || tag === '') return '';
  // The encoder leaves out a tag that the plain text implies, but does not see that `<<` implies its own.
  if ((style & TAGGED) === 0 && tag !== '!!binary' && tag !== '!!merge') return '';
  if (tag.startsWith('!!')) return `!!${escapeTag(tag.slice(2))}`;
  return tag.startsWith('!') ? `!${escapeTag(tag.slice(1))}` : `!<${escapeTag(tag)}>`;
}

/** What Go counts of a tag in a key: handle and suffix, without the brackets. */
function tagLength(tag: string): number {
  return tag.startsWith('!<') ? tag.length - 3 : tag.length;
}

const TAG_TEXT = /[^\w\-;/?:@&=+$,.~*'()[\]]/gu;

function escapeTag(text: string): string {
  return text.replace(TAG_TEXT, (c) => encodeURIComponent(c).replace('!', '%21'));
}

function wantedStyle(node: StyledNode): number {
  const { style, value, tag } = node;
  for (const wanted of [DOUBLE_QUOTED, SINGLE_QUOTED, LITERAL, FOLDED]) if ((style & wanted) !== 0) return wanted;
  if (value.includes('\n')) return LITERAL;
  const forced = tag === '!!str' && (style & TAGGED) === 0;
  return forced && typeof resolvePlain(value) !== 'string' && !isOldBoolean(value) ? DOUBLE_QUOTED : 0;
}

function utf8Length(text: string): number {
  return text.length * 3 <= MAX_SIMPLE_KEY ? text.length : new TextEncoder().encode(text).length;
}
