import { yamlError } from './reader.ts';
import { Scanner } from './scan.ts';
import {
  ALIAS,
  ANCHOR,
  BLOCK,
  BLOCK_END,
  BLOCK_ENTRY,
  BLOCK_MAPPING_START,
  BLOCK_SEQUENCE_START,
  DOCUMENT_END,
  DOCUMENT_START,
  FLOW_ENTRY,
  FLOW_MAPPING_END,
  FLOW_MAPPING_START,
  FLOW_SEQUENCE_END,
  FLOW_SEQUENCE_START,
  KEY,
  PLAIN,
  STREAM_END,
  TAG,
  TAG_DIRECTIVE,
  VALUE,
  VERSION_DIRECTIVE,
} from './tokens.ts';

/** Events. Go: yamlh.go yaml_event_type_t. */
export const EVENT_STREAM_END = 1;
export const EVENT_DOCUMENT_START = 2;
export const EVENT_DOCUMENT_END = 3;
export const EVENT_ALIAS = 4;
export const EVENT_SCALAR = 5;
export const EVENT_SEQUENCE_START = 6;
export const EVENT_SEQUENCE_END = 7;
export const EVENT_MAPPING_START = 8;
export const EVENT_MAPPING_END = 9;

// What the parser expects next. Go: yamlh.go yaml_parser_state_t.
const FIRST_DOCUMENT = 1;
const NEXT_DOCUMENT = 2;
const CONTENT = 3;
const AFTER_DOCUMENT = 4;
const BLOCK_NODE = 5;
const FIRST_BLOCK_ENTRY = 6;
const NEXT_BLOCK_ENTRY = 7;
const INDENTLESS_ENTRY = 8;
const FIRST_BLOCK_KEY = 9;
const NEXT_BLOCK_KEY = 10;
const BLOCK_VALUE = 11;
const FIRST_FLOW_ENTRY = 12;
const NEXT_FLOW_ENTRY = 13;
const PAIR_KEY = 14;
const PAIR_VALUE = 15;
const PAIR_END = 16;
const FIRST_FLOW_KEY = 17;
const NEXT_FLOW_KEY = 18;
const FLOW_VALUE = 19;
const FLOW_EMPTY_VALUE = 20;
const FINISHED = 21;

/** Turns tokens into events, one a call. Go: parserc.go. */
export class Parser {
  readonly scanner: Scanner;
  private state = FIRST_DOCUMENT;
  private readonly states: number[] = [];
  private handles: Map<string, string> = new Map();

  // The event.
  /** Of an alias, or of a node that has one; else ''. */
  anchor = '';
  /** Resolved, e.g. `tag:yaml.org,2002:str`; '' for none. */
  tag = '';
  /** For a scalar: plain and untagged, or tagged `!`. Its type may be told from its text. */
  implicit = false;
  /** The token type of a scalar: its style. */
  style = 0;
  /** Where the event begins; lines and columns count from 0. */
  line = 0;
  column = 0;
  pos = 0;
  /** Where it ends, for scalars. */
  endPos = 0;
  /** A flow collection. */
  flow = false;
  private text: string | undefined;

  /** `keep: false` leaves out the values of scalars that take work to put together. */
  constructor(source: string, keep: boolean, scanner: Scanner = new Scanner(source, keep)) {
    this.scanner = scanner;
    this.scanner.peek();
    this.scanner.skip();
  }

  /** The value of a scalar event; ask before the next event. */
  get value(): string {
    return this.text ?? this.scanner.text.slice(this.pos, this.endPos);
  }

  /** The next event. */
  next(): number {
    switch (this.state) {
      case FIRST_DOCUMENT:
        return this.documentStart(true);
      case NEXT_DOCUMENT:
        return this.documentStart(false);
      case CONTENT:
        return this.documentContent();
      case AFTER_DOCUMENT:
        return this.documentEnd();
      case BLOCK_NODE:
        return this.node(true, false);
      case FIRST_BLOCK_ENTRY:
        this.scanner.peek();
        this.scanner.skip();
        return this.blockEntry();
      case NEXT_BLOCK_ENTRY:
        return this.blockEntry();
      case INDENTLESS_ENTRY:
        return this.indentlessEntry();
      case FIRST_BLOCK_KEY:
        this.scanner.peek();
        this.scanner.skip();
        return this.blockKey();
      case NEXT_BLOCK_KEY:
        return this.blockKey();
      case BLOCK_VALUE:
        return this.blockValue();
      default:
        return this.nextInFlow();
    }
  }

  private nextInFlow(): number {
    switch (this.state) {
      case FIRST_FLOW_ENTRY:
        this.scanner.peek();
        this.scanner.skip();
        return this.flowEntry(true);
      case NEXT_FLOW_ENTRY:
        return this.flowEntry(false);
      case PAIR_KEY:
        return this.pairKey();
      case PAIR_VALUE:
        return this.pairValue();
      case PAIR_END:
        this.scanner.peek();
        this.state = NEXT_FLOW_ENTRY;
        return this.here(EVENT_MAPPING_END);
      case FIRST_FLOW_KEY:
        this.scanner.peek();
        this.scanner.skip();
        return this.flowKey(true);
      case NEXT_FLOW_KEY:
        return this.flowKey(false);
      case FLOW_VALUE:
        return this.flowValue(false);
      case FLOW_EMPTY_VALUE:
        return this.flowValue(true);
      default:
        return EVENT_STREAM_END;
    }
  }

  /** Go: set_parser_error. The line it tells is that of the token counted from 0, that is, the line before. */
  protected fail(problem: string): never {
    throw yamlError(problem, this.scanner.lines[this.scanner.head]);
  }

  /** An event without content at the token at the head. */
  private here(event: number): number {
    const { scanner } = this;
    this.line = scanner.lines[scanner.head] as number;
    this.column = scanner.columns[scanner.head] as number;
    this.pos = scanner.starts[scanner.head] as number;
    return event;
  }

  /** A node that the text leaves out. Go: process_empty_scalar. */
  private empty(line: number, column: number, pos: number): number {
    this.anchor = this.tag = '';
    this.text = '';
    this.implicit = true;
    this.style = PLAIN;
    this.line = line;
    this.column = column;
    this.pos = this.endPos = pos;
    return EVENT_SCALAR;
  }

  private emptyHere(): number {
    this.here(0);
    return this.empty(this.line, this.column, this.pos);
  }

  private pop(): void {
    this.state = this.states.pop() as number;
  }

  protected documentStart(first: boolean): number {
    const { scanner } = this;
    let type = scanner.peek();
    while (!first && type === DOCUMENT_END) {
      scanner.skip();
      type = scanner.peek();
    }
    this.here(0);
    const { line, column, pos } = this;
    const explicit = type === VERSION_DIRECTIVE || type === TAG_DIRECTIVE || type === DOCUMENT_START;
    if (first && !explicit && type !== STREAM_END) {
      this.directives();
      this.state = BLOCK_NODE;
    } else if (type !== STREAM_END) {
      this.directives();
      if (scanner.peek() !== DOCUMENT_START) this.fail('did not find expected <document start>');
      this.state = CONTENT;
      scanner.skip();
    } else {
      this.state = FINISHED;
      scanner.skip();
      return EVENT_STREAM_END;
    }
    this.states.push(AFTER_DOCUMENT);
    this.line = line;
    this.column = column;
    this.pos = pos;
    return EVENT_DOCUMENT_START;
  }

  /** Go: process_directives. */
  private directives(): void {
    const { scanner } = this;
    let versioned = false;
    for (let type = scanner.peek(); type === VERSION_DIRECTIVE || type === TAG_DIRECTIVE; type = scanner.peek()) {
      const value = scanner.value();
      if (type === VERSION_DIRECTIVE) {
        if (versioned) this.fail('found duplicate %YAML directive');
        if (value !== '1.1') this.fail('found incompatible YAML document');
        versioned = true;
      } else {
        const [handle, prefix] = value.split('\0') as [string, string];
        if (this.handles.has(handle)) this.fail('found duplicate %TAG directive');
        this.handles.set(handle, prefix);
      }
      scanner.skip();
    }
    if (!this.handles.has('!')) this.handles.set('!', '!');
    if (!this.handles.has('!!')) this.handles.set('!!', 'tag:yaml.org,2002:');
  }

  private documentContent(): number {
    switch (this.scanner.peek()) {
      case VERSION_DIRECTIVE:
      case TAG_DIRECTIVE:
      case DOCUMENT_START:
      case DOCUMENT_END:
      case STREAM_END:
        this.pop();
        return this.emptyHere();
    }
    return this.node(true, false);
  }

  protected documentEnd(): number {
    const { scanner } = this;
    const type = scanner.peek();
    this.here(0);
    if (type === DOCUMENT_END) scanner.skip();
    this.handles = new Map();
    this.state = NEXT_DOCUMENT;
    return EVENT_DOCUMENT_END;
  }

  /** Go: parse_node. */
  private node(block: boolean, indentless: boolean): number {
    const { scanner } = this;
    let type = scanner.peek();
    const { head } = scanner;
    this.line = scanner.lines[head] as number;
    this.column = scanner.columns[head] as number;
    this.pos = scanner.starts[head] as number;
    if (type >= ALIAS && type <= TAG) {
      if (type === ALIAS) {
        this.anchor = scanner.value();
        this.pop();
        scanner.skip();
        return EVENT_ALIAS;
      }
      type = this.properties(type);
    } else {
      this.anchor = this.tag = '';
    }
    if (type >= PLAIN && type <= BLOCK) return this.scalar(type);
    const event = this.collection(type, block, indentless);
    if (event !== 0) return event;
    if (this.anchor === '' && this.tag === '') this.fail('did not find expected node content');
    this.pop();
    this.implicit = this.tag === '';
    this.style = PLAIN;
    this.text = '';
    return EVENT_SCALAR;
  }

  protected scalar(type: number): number {
    const { scanner } = this;
    const { head } = scanner;
    this.implicit = this.tag === '' ? type === PLAIN : this.tag === '!';
    this.style = type;
    this.pos = scanner.starts[head] as number;
    this.endPos = scanner.ends[head] as number;
    this.text = scanner.values[head];
    this.pop();
    scanner.skip();
    return EVENT_SCALAR;
  }

  /** The start of a collection, or 0. Its first token stays: the next state takes it. */
  protected collection(type: number, block: boolean, indentless: boolean): number {
    this.flow = type === FLOW_SEQUENCE_START || type === FLOW_MAPPING_START;
    if (indentless && type === BLOCK_ENTRY) {
      this.state = INDENTLESS_ENTRY;
      return EVENT_SEQUENCE_START;
    }
    if (type === FLOW_SEQUENCE_START) {
      this.state = FIRST_FLOW_ENTRY;
      return EVENT_SEQUENCE_START;
    }
    if (type === FLOW_MAPPING_START) {
      this.state = FIRST_FLOW_KEY;
      return EVENT_MAPPING_START;
    }
    if (block && type === BLOCK_SEQUENCE_START) {
      this.state = FIRST_BLOCK_ENTRY;
      return EVENT_SEQUENCE_START;
    }
    if (block && type === BLOCK_MAPPING_START) {
      this.state = FIRST_BLOCK_KEY;
      return EVENT_MAPPING_START;
    }
    return 0;
  }

  /** An anchor, a tag, or both. Sets them and gives the type of the token behind them. */
  private properties(first: number): number {
    const { scanner } = this;
    this.anchor = this.tag = '';
    let tag: string | undefined;
    let tagLine = 0;
    let type = first;
    for (let k = 0; k < 2; k++) {
      if (type === ANCHOR && this.anchor === '') this.anchor = scanner.value();
      else if (type === TAG && tag === undefined) {
        tag = scanner.value();
        tagLine = scanner.lines[scanner.head] as number;
      } else break;
      scanner.skip();
      type = scanner.peek();
    }
    if (tag !== undefined) {
      const [handle, suffix] = tag.split('\0') as [string, string];
      const prefix = handle === '' ? '' : this.handles.get(handle);
      if (prefix === undefined || (handle !== '' && prefix + suffix === '')) {
        throw yamlError('found undefined tag handle', tagLine);
      }
      this.tag = prefix + suffix;
    }
    return type;
  }

  protected blockEntry(): number {
    const { scanner } = this;
    const type = scanner.peek();
    if (type === BLOCK_ENTRY) {
      const { head } = scanner;
      const line = scanner.lines[head] as number;
      const column = scanner.columns[head] as number;
      const pos = scanner.starts[head] as number;
      this.skipEntry();
      const after = scanner.peek();
      if (after !== BLOCK_ENTRY && after !== BLOCK_END) {
        this.states.push(NEXT_BLOCK_ENTRY);
        return this.node(true, false);
      }
      this.state = NEXT_BLOCK_ENTRY;
      return this.empty(line, column + 1, pos + 1);
    }
    if (type !== BLOCK_END) this.fail("did not find expected '-' indicator");
    this.pop();
    this.here(0);
    scanner.skip();
    return EVENT_SEQUENCE_END;
  }

  /** Takes the dash before an item. */
  protected skipEntry(): void {
    this.scanner.skip();
  }

  private indentlessEntry(): number {
    const { scanner } = this;
    if (scanner.peek() !== BLOCK_ENTRY) {
      this.pop();
      return this.here(EVENT_SEQUENCE_END);
    }
    const { head } = scanner;
    const line = scanner.lines[head] as number;
    const column = scanner.columns[head] as number;
    const pos = scanner.starts[head] as number;
    this.skipEntry();
    const after = scanner.peek();
    if (after !== BLOCK_ENTRY && after !== KEY && after !== VALUE && after !== BLOCK_END) {
      this.states.push(INDENTLESS_ENTRY);
      return this.node(true, false);
    }
    this.state = INDENTLESS_ENTRY;
    return this.empty(line, column + 1, pos + 1);
  }

  protected blockKey(): number {
    const { scanner } = this;
    const type = scanner.peek();
    if (type === KEY) {
      const { head } = scanner;
      const line = scanner.lines[head] as number;
      const column = scanner.columns[head] as number;
      const pos = scanner.starts[head] as number;
      scanner.skip();
      const after = scanner.peek();
      if (after !== KEY && after !== VALUE && after !== BLOCK_END) {
        this.states.push(BLOCK_VALUE);
        return this.node(true, true);
      }
      this.state = BLOCK_VALUE;
      return this.empty(line, column + 1, pos + 1);
    }
    if (type !== BLOCK_END) this.fail('did not find expected key');
    this.pop();
    this.here(0);
    scanner.skip();
    return EVENT_MAPPING_END;
  }

  private blockValue(): number {
    const { scanner } = this;
    if (scanner.peek() !== VALUE) {
      this.state = NEXT_BLOCK_KEY;
      return this.emptyHere();
    }
    const { head } = scanner;
    const line = scanner.lines[head] as number;
    const column = scanner.columns[head] as number;
    const pos = scanner.starts[head] as number;
    scanner.skip();
    const after = scanner.peek();
    if (after !== KEY && after !== VALUE && after !== BLOCK_END) {
      this.states.push(NEXT_BLOCK_KEY);
      return this.node(true, true);
    }
    this.state = NEXT_BLOCK_KEY;
    return this.empty(line, column + 1, pos + 1);
  }

  protected flowEntry(first: boolean): number {
    const { scanner } = this;
    let type = scanner.peek();
    if (type !== FLOW_SEQUENCE_END) {
      if (!first) {
        if (type !== FLOW_ENTRY) this.fail("did not find expected ',' or ']'");
        scanner.skip();
        type = scanner.peek();
      }
      if (type === KEY) {
        this.state = PAIR_KEY;
        this.here(0);
        this.anchor = this.tag = '';
        this.implicit = true;
        this.flow = true;
        scanner.skip();
        return EVENT_MAPPING_START;
      }
      if (type !== FLOW_SEQUENCE_END) {
        this.states.push(NEXT_FLOW_ENTRY);
        return this.node(false, false);
      }
    }
    this.pop();
    this.here(0);
    scanner.skip();
    return EVENT_SEQUENCE_END;
  }

  /** The key of a pair without braces: `[a: b]`. */
  private pairKey(): number {
    const { scanner } = this;
    const type = scanner.peek();
    if (type !== VALUE && type !== FLOW_ENTRY && type !== FLOW_SEQUENCE_END) {
      this.states.push(PAIR_VALUE);
      return this.node(false, false);
    }
    this.here(0);
    scanner.skip();
    this.state = PAIR_VALUE;
    return this.empty(this.line, this.column, this.pos);
  }

  private pairValue(): number {
    const { scanner } = this;
    if (scanner.peek() === VALUE) {
      scanner.skip();
      const after = scanner.peek();
      if (after !== FLOW_ENTRY && after !== FLOW_SEQUENCE_END) {
        this.states.push(PAIR_END);
        return this.node(false, false);
      }
    }
    this.state = PAIR_END;
    return this.emptyHere();
  }

  protected flowKey(first: boolean): number {
    const { scanner } = this;
    let type = scanner.peek();
    if (type !== FLOW_MAPPING_END) {
      if (!first) {
        if (type !== FLOW_ENTRY) this.fail("did not find expected ',' or '}'");
        scanner.skip();
        type = scanner.peek();
      }
      if (type === KEY) {
        scanner.skip();
        type = scanner.peek();
        if (type !== VALUE && type !== FLOW_ENTRY && type !== FLOW_MAPPING_END) {
          this.states.push(FLOW_VALUE);
          return this.node(false, false);
        }
        this.state = FLOW_VALUE;
        return this.emptyHere();
      }
      if (type !== FLOW_MAPPING_END) {
        this.states.push(FLOW_EMPTY_VALUE);
        return this.node(false, false);
      }
    }
    this.pop();
    this.here(0);
    scanner.skip();
    return EVENT_MAPPING_END;
  }

  private flowValue(left: boolean): number {
    const { scanner } = this;
    const type = scanner.peek();
    this.state = NEXT_FLOW_KEY;
    if (!left && type === VALUE) {
      scanner.skip();
      const after = scanner.peek();
      if (after !== FLOW_ENTRY && after !== FLOW_MAPPING_END) {
        this.states.push(NEXT_FLOW_KEY);
        return this.node(false, false);
      }
    }
    return this.emptyHere();
  }
}
