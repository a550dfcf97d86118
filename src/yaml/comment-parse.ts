import { CommentScanner } from './comment-scan.ts';
import { EVENT_ALIAS, EVENT_DOCUMENT_START, EVENT_MAPPING_END, EVENT_SEQUENCE_END, Parser } from './parse.ts';
import { yamlError } from './reader.ts';
import {
  BLOCK_ENTRY,
  BLOCK_MAPPING_START,
  BLOCK_SEQUENCE_START,
  DOCUMENT_START,
  TAG_DIRECTIVE,
  VERSION_DIRECTIVE,
} from './tokens.ts';

/**
 * The parser as yaml.v3 has it: events carry comments, and errors name the line where the collection begins.
 * Go: yaml.v3 parserc.go.
 */
export class CommentParser extends Parser {
  /** The comments of the event. */
  headComment = '';
  lineComment = '';
  footComment = '';

  private readonly source: CommentScanner;
  /** The lines where the open collections begin. */
  private readonly marks: number[] = [];
  /** A comment on a list's item that belongs to the collection in it as a whole. */
  private stem: string | undefined;

  constructor(text: string) {
    const source = new CommentScanner(text, true);
    super(text, true, source);
    this.source = source;
  }

  override next(): number {
    this.headComment = this.lineComment = this.footComment = '';
    const event = super.next();
    if (event === EVENT_ALIAS) this.takeComments();
    return event;
  }

  /** Go: yaml_parser_set_event_comments. */
  private takeComments(): void {
    const { source } = this;
    this.headComment = source.headComment;
    this.lineComment = source.lineComment;
    this.footComment = source.footComment;
    source.headComment = source.lineComment = source.footComment = '';
    this.stem = undefined;
  }

  protected override fail(problem: string): never {
    let context = 0;
    if (problem === 'did not find expected node content') context = this.line;
    else if (COLLECTION_FAULT.test(problem)) context = this.marks[this.marks.length - 1] ?? 0;
    if (context === 0) super.fail(problem);
    throw yamlError(problem, context);
  }

  protected override documentStart(first: boolean): number {
    const type = this.scanner.peek();
    const event = super.documentStart(first);
    const explicit = type === VERSION_DIRECTIVE || type === TAG_DIRECTIVE || type === DOCUMENT_START;
    if (event === EVENT_DOCUMENT_START && first && !explicit) this.splitDocumentHead();
    return event;
  }

  /** What stands before the last empty line is the document's, the rest that of its first node. */
  private splitDocumentHead(): void {
    const head = this.source.headComment;
    const end = head.length - 1;
    if (end > 0 && head.charCodeAt(end) === 10) {
      this.headComment = head.slice(0, end);
      this.source.headComment = '';
      return;
    }
    const gap = head.lastIndexOf('\n\n');
    if (gap < 0) return;
    this.headComment = head.slice(0, gap);
    this.source.headComment = head.slice(gap + 2);
  }

  protected override documentEnd(): number {
    const event = super.documentEnd();
    this.takeComments();
    if (this.footComment === '') {
      this.footComment = this.headComment;
      this.headComment = '';
    }
    return event;
  }

  protected override scalar(type: number): number {
    const event = super.scalar(type);
    this.takeComments();
    return event;
  }

  protected override collection(type: number, block: boolean, indentless: boolean): number {
    const event = super.collection(type, block, indentless);
    if (event === 0 || type === BLOCK_ENTRY) return event;
    this.marks.push(this.source.lines[this.source.head] as number);
    if (this.flow) this.takeComments();
    else if (this.stem !== undefined) {
      this.headComment = this.stem;
      this.stem = undefined;
    }
    return event;
  }

  /** Go: yaml_parser_split_stem_comment. */
  protected override skipEntry(): void {
    const { source } = this;
    const stem = source.headComment;
    super.skipEntry();
    if (stem === '') return;
    const type = source.peek();
    if (type !== BLOCK_SEQUENCE_START && type !== BLOCK_MAPPING_START) return;
    this.stem = stem;
    source.headComment = source.headComment.slice(stem.length + 1);
  }

  protected override blockEntry(): number {
    const event = super.blockEntry();
    if (event === EVENT_SEQUENCE_END) this.marks.pop();
    return event;
  }

  protected override blockKey(): number {
    return this.ended(super.blockKey(), EVENT_MAPPING_END);
  }

  protected override flowEntry(first: boolean): number {
    return this.ended(super.flowEntry(first), EVENT_SEQUENCE_END);
  }

  protected override flowKey(first: boolean): number {
    return this.ended(super.flowKey(first), EVENT_MAPPING_END);
  }

  private ended(event: number, end: number): number {
    if (event === end) {
      this.marks.pop();
      this.takeComments();
    }
    return event;
  }
}

const COLLECTION_FAULT = /^did not find expected (?:'-' indicator|key|',' or)/;
