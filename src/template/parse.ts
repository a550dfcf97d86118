import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { quote, unquote } from '../go/quote.ts';
import { ParseError } from './errors.ts';
import { Lexer, type Token, type TokenType, tokenText } from './lex.ts';
import {
  type BranchNode,
  type CommandNode,
  isEmptyList,
  type ListNode,
  type NumberNode,
  nestingOf,
  nodeText,
  type Operand,
  type PipeNode,
  type Statement,
  type Tree,
  type VariableNode,
} from './node.ts';
import { readNumber } from './number.ts';
import { endOf, keptList, LaterList, type Outline, revivedList, type TreeOutline, WHOLE } from './outline.ts';

/**
 * How deeply controls and parentheses may nest together, and how many stages a pipeline may have. Go's parser stops
 * at 10,000 parentheses and has no limit for the rest; a JavaScript stack does not hold as many.
 */
export const MAX_NESTING = 500;

/** The trees of one text by template name: the text itself under its own name, then its definitions. */
export type TreeSet = ReadonlyMap<string, Tree>;

/** What a text parsed to. */
export interface ParsedText {
  readonly trees: TreeSet;
  /** What spares parsing the same text as a whole again, if anything can; made when it is asked for. */
  outline(): Outline | undefined;
  /** The same with all lists that have been executed by now; undefined where that was known before. */
  learned(): Outline | undefined;
}

/**
 * Parses a template text.
 *
 * @param hasFunction says which functions there are: others are errors
 * @param known of the very same text for the very same functions: its lists are then parsed as they are asked for
 * @throws ParseError
 */
export function parseTemplate(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
  known?: Outline,
): ParsedText {
  const outline = known?.trees.some(([tree, start]) => tree === name && start !== WHOLE) ? undefined : known;
  const shared = newShared(name, text, hasFunction, outline);
  if (outline === undefined) new Parser(name, shared).parseAll();
  else for (const tree of outline.trees) addLater(tree, shared);
  const all = (): Outline | undefined => outline ?? outlineOf(shared);
  return { trees: shared.trees, outline: all, learned: () => (shared.news.any ? withLists(all(), shared) : undefined) };
}

/** What the parsers of one text have in common. */
interface Shared {
  readonly parseName: string;
  readonly text: string;
  readonly hasFunction: (name: string) => boolean;
  readonly lexer: Lexer;
  readonly trees: Map<string, Tree>;
  /** The lists read so far, as in {@link Outline.spans}, but in order of their ends. */
  readonly spans: (readonly [start: number, end: number])[];
  nesting: number;
  /** Where the text is known to parse. */
  readonly outline: Outline | undefined;
  /** Whether any of the text was parsed. */
  readonly news: { any: boolean };
}

function newShared(
  parseName: string,
  text: string,
  hasFunction: Shared['hasFunction'],
  outline: Outline | undefined,
  news = { any: outline === undefined },
): Shared {
  const lexer = new Lexer(text, hasFunction);
  return { parseName, text, hasFunction, lexer, trees: new Map(), spans: [], nesting: 0, outline, news };
}

function addLater([given, start, nesting, isEmpty, list]: TreeOutline, shared: Shared): void {
  const { parseName, text, trees } = shared;
  const name = start === WHOLE ? parseName : given;
  const later = (at: number): ListNode => listAt(at, shared);
  const root = list ? new LaterList(start, () => revivedList(list, later)) : later(start);
  trees.set(name, { name, parseName, text, root, start, nesting, isEmpty });
}

/** The list that starts at a place of a text with an outline. */
function listAt(start: number, { parseName, text, hasFunction, outline, news }: Shared): LaterList {
  return new LaterList(start, () => {
    news.any = true;
    const shared = newShared(parseName, text, hasFunction, outline, news);
    return new Parser(parseName, shared).parseAgain(start);
  });
}

function outlineOf({ parseName, trees, spans }: Shared): Outline | undefined {
  // A definition under the name of the text itself: what that makes of it depends on the name.
  if (trees.get(parseName)?.start !== WHOLE) return undefined;
  return {
    spans: [...spans].sort(([a], [b]) => a - b).flat(),
    trees: [...trees.values()].map(({ name, start, nesting, isEmpty }) => [name, start, nesting, isEmpty]),
  };
}

function withLists(outline: Outline | undefined, { parseName, trees }: Shared): Outline | undefined {
  return (
    outline && {
      ...outline,
      trees: outline.trees.map(([name, start, nesting, isEmpty, list]) => {
        const tree = trees.get(start === WHOLE ? parseName : name);
        const kept = tree?.start === start ? keptList(tree.root) : list;
        return kept && 'nodes' in kept ? [name, start, nesting, isEmpty, kept] : [name, start, nesting, isEmpty];
      }),
    }
  );
}

/** `end` and `else` close a list and are no part of the tree. */
interface Closing {
  readonly type: 'end' | 'else';
  readonly pos: number;
  /** Where what follows it starts. */
  readonly next: number;
}

type Parsed = Statement | Closing;

/** Parses one tree. Go: parse/parse.go Tree, under whose names the methods go. */
class Parser {
  private name: string;
  private readonly shared: Shared;
  private readonly tokens: [Token, Token, Token];
  private peekCount = 0;
  private readonly vars: string[] = ['$'];
  private actionLine = 0;
  private rangeDepth = 0;
  /** Where the action read last starts. */
  private delim = 0;

  constructor(name: string, shared: Shared) {
    this.name = name;
    this.shared = shared;
    const none: Token = { type: 'eof', pos: 0, val: '', line: 0 };
    this.tokens = [none, none, none];
  }

  private next(): Token {
    if (this.peekCount > 0) this.peekCount--;
    else this.tokens[0] = this.shared.lexer.next();
    return this.tokens[this.peekCount] as Token;
  }

  private backup(): void {
    this.peekCount++;
  }

  private backup2(t1: Token): void {
    this.tokens[1] = t1;
    this.peekCount = 2;
  }

  private backup3(t2: Token, t1: Token): void {
    this.tokens[1] = t1;
    this.tokens[2] = t2;
    this.peekCount = 3;
  }

  private peek(): Token {
    if (this.peekCount > 0) return this.tokens[this.peekCount - 1] as Token;
    this.peekCount = 1;
    return (this.tokens[0] = this.shared.lexer.next());
  }

  private nextNonSpace(): Token {
    let token = this.next();
    while (token.type === 'space') token = this.next();
    return token;
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup();
    return token;
  }

  private fail(text: string): never {
    throw new ParseError(this.shared.parseName, this.tokens[0].line, text);
  }

  /** What `read` gives; its error becomes one of this text. */
  private guard<T>(read: () => T): T {
    try {
      return read();
    } catch (err) {
      if (err instanceof GoError) return this.fail(err.message);
      throw err;
    }
  }

  private expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  private unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${tokenText(token)} in ${context}`);
    let extra = '';
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      extra = ` in action started at ${this.shared.parseName}:${this.actionLine}`;
      // "unclosed action in action started" says action once too often.
      if (token.val.endsWith(' action')) extra = extra.slice(' in action'.length);
    }
    this.fail(tokenText(token) + extra);
  }

  /** Goes one level down; the caller comes up with `leave`. */
  private enter(): void {
    if (++this.shared.nesting > MAX_NESTING) this.tooDeep();
  }

  private tooDeep(): never {
    const cause = new BudgetError('depth', MAX_NESTING);
    throw new ParseError(this.shared.parseName, this.tokens[0].line, cause.message, { cause });
  }

  private leave(): void {
    this.shared.nesting--;
  }

  private add(root: ListNode, start: number): void {
    const { trees, parseName, text } = this.shared;
    const { name } = this;
    const isEmpty = isEmptyList(root);
    if (trees.get(name)?.isEmpty ?? true) {
      trees.set(name, { name, parseName, text, root, start, nesting: nestingOf(root), isEmpty });
    } else if (!isEmpty) this.fail(`template: multiple definition of template ${quote(name)}`);
  }

  parseAll(): void {
    this.add(this.wholeList(), WHOLE);
  }

  /** Parses one list of a text that is known to parse. */
  parseAgain(start: number): ListNode {
    if (start === WHOLE) return this.wholeList();
    this.shared.lexer.jump(start);
    return this.itemList(start)[0];
  }

  /** Go: parse/parse.go parse. */
  private wholeList(): ListNode {
    const nodes: Statement[] = [];
    const pos = this.peek().pos;
    while (this.peek().type !== 'eof') {
      if (this.peek().type === 'leftDelim') {
        const delim = this.next();
        if (this.nextNonSpace().type === 'define') {
          new Parser('definition', this.shared).parseDefinition();
          continue;
        }
        this.backup2(delim);
      }
      const node = this.textOrAction();
      if (isClosing(node)) this.fail(`unexpected ${closingText(node)}`);
      else nodes.push(node);
    }
    return { type: 'list', pos, start: WHOLE, nodes, isExecuted: false };
  }

  private parseDefinition(): void {
    const context = 'define clause';
    const token = this.nextNonSpace();
    if (token.type !== 'string' && token.type !== 'rawString') this.unexpected(token, context);
    this.name = this.guard(() => unquote(token.val));
    this.expect('rightDelim', context);
    this.parseBody(context, this);
  }

  /**
   * A list up to its `end`, installed under the parser's name.
   *
   * @param starter whose line a wrong end is told at: Go's blockControl asks the parser that met the block
   */
  private parseBody(context: string, starter: Parser): void {
    this.enter();
    const start = this.shared.lexer.offset;
    const [root, end] = this.innerList(start);
    if (end.type !== 'end') starter.fail(`unexpected ${closingText(end)} in ${context}`);
    if (this.shared.outline === undefined) this.add(root, start);
    this.leave();
  }

  /** The list of a control or definition, which is left for later where it is known to parse, and what closes it. */
  private innerList(start: number): [ListNode, Closing] {
    const { outline, lexer } = this.shared;
    if (outline === undefined) return this.itemList(start);
    this.peekCount = 0;
    lexer.jump(endOf(outline, start));
    return [listAt(start, this.shared), this.textOrAction() as Closing];
  }

  private itemList(start: number): [ListNode, Closing] {
    const nodes: Statement[] = [];
    const list: ListNode = { type: 'list', pos: this.peekNonSpace().pos, start, nodes, isExecuted: false };
    while (this.peekNonSpace().type !== 'eof') {
      const node = this.textOrAction();
      if (isClosing(node)) {
        this.shared.spans.push([start, this.delim]);
        return [list, node];
      }
      nodes.push(node);
    }
    this.fail('unexpected EOF');
  }

  private textOrAction(): Parsed {
    const token = this.nextNonSpace();
    if (token.type === 'text') return { type: 'text', pos: token.pos, text: token.val };
    if (token.type !== 'leftDelim') this.unexpected(token, 'input');
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    this.delim = token.pos;
    return node;
  }

  private action(): Parsed {
    const token = this.nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.blockControl();
      case 'break':
      case 'continue':
        return this.jumpControl(token.type, token.pos);
      case 'else':
        return this.elseControl();
      case 'end':
        return { type: 'end', pos: this.expect('rightDelim', 'end').pos, next: this.shared.lexer.offset };
      case 'if':
      case 'range':
      case 'with':
        return this.parseControl(token.type);
      case 'template':
        return this.templateControl();
    }
    this.backup();
    const { pos } = this.peek();
    return { type: 'action', pos, pipe: this.pipeline('command', 'rightDelim') };
  }

  private jumpControl(type: 'break' | 'continue', pos: number): Parsed {
    const token = this.nextNonSpace();
    if (token.type !== 'rightDelim') this.unexpected(token, `{{${type}}}`);
    if (this.rangeDepth === 0 && !this.shared.outline) this.fail(`{{${type}}} outside {{range}}`);
    return { type, pos };
  }

  private pipeline(context: string, end: TokenType): PipeNode {
    const { pos } = this.peekNonSpace();
    const decl: VariableNode[] = [];
    const isAssign = this.declarations(context, decl);
    const cmds: CommandNode[] = [];
    while (true) {
      const token = this.nextNonSpace();
      if (token.type === end) break;
      if (!startsOperand(token.type)) this.unexpected(token, context);
      this.backup();
      cmds.push(this.command());
      if (cmds.length > MAX_NESTING) this.tooDeep();
    }
    this.checkPipeline(cmds, context);
    return { type: 'pipe', pos, isAssign, decl, cmds };
  }

  /** Reads `$x :=`, `$x =` or `$i, $x :=` into `decl`; says whether it was `=`. */
  private declarations(context: string, decl: VariableNode[]): boolean {
    while (true) {
      const variable = this.peekNonSpace();
      if (variable.type !== 'variable') return false;
      this.next();
      // `$x foo` is a command: what was taken is put back, the space after `$x` too.
      const after = this.peek();
      const next = this.peekNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        this.nextNonSpace();
        this.addVariable(variable, decl);
        return next.type === 'assign';
      }
      if (next.type !== 'char' || next.val !== ',') {
        if (after.type === 'space') this.backup3(variable, after);
        else this.backup2(variable);
        return false;
      }
      this.nextNonSpace();
      this.addVariable(variable, decl);
      if (context !== 'range' || decl.length >= 2) this.fail(`too many declarations in ${context}`);
      const { type } = this.peekNonSpace();
      if (type !== 'variable' && type !== 'rightDelim' && type !== 'rightParen') {
        this.fail('range can only initialize variables');
      }
    }
  }

  private addVariable(token: Token, decl: VariableNode[]): void {
    decl.push({ type: 'variable', pos: token.pos, ident: token.val.split('.') });
    this.vars.push(token.val);
  }

  private checkPipeline(cmds: readonly CommandNode[], context: string): void {
    if (cmds.length === 0) this.fail(`missing value for ${context}`);
    for (let i = 1; i < cmds.length; i++) {
      switch (cmds[i]?.args[0]?.type) {
        case 'bool':
        case 'dot':
        case 'nil':
        case 'number':
        case 'string':
          this.fail(`non executable command in pipeline stage ${i + 1}`);
      }
    }
  }

  private parseControl(type: 'if' | 'range' | 'with'): BranchNode {
    this.enter();
    const declared = this.vars.length;
    const pipe = this.pipeline(type, 'rightDelim');
    if (type === 'range') this.rangeDepth++;
    const [list, closing] = this.innerList(this.shared.lexer.offset);
    if (type === 'range') this.rangeDepth--;
    const elseList = closing.type === 'else' ? this.elseList(type, closing) : undefined;
    this.vars.length = declared;
    this.leave();
    return { type, pos: pipe.pos, pipe, list, elseList };
  }

  /** `else if` and `else with` are an `else` that holds just another control, closed by the same `end`. */
  private elseList(type: 'if' | 'range' | 'with', closing: Closing): ListNode {
    if (type !== 'range' && this.peek().type === type) {
      this.next();
      return { type: 'list', pos: closing.pos, nodes: [this.parseControl(type)] };
    }
    const [list, end] = this.innerList(closing.next);
    if (end.type !== 'end') this.fail(`expected end; found ${closingText(end)}`);
    return list;
  }

  private elseControl(): Closing {
    const token = this.peekNonSpace();
    const pos = token.type === 'if' || token.type === 'with' ? token.pos : this.expect('rightDelim', 'else').pos;
    return { type: 'else', pos, next: this.shared.lexer.offset };
  }

  private blockControl(): Parsed {
    const context = 'block clause';
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = this.pipeline(context, 'rightDelim');
    new Parser(name, this.shared).parseBody(context, this);
    return { type: 'template', pos: token.pos, name, pipe };
  }

  private templateControl(): Parsed {
    const context = 'template clause';
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    if (this.nextNonSpace().type === 'rightDelim') return { type: 'template', pos: token.pos, name, pipe: undefined };
    this.backup();
    return { type: 'template', pos: token.pos, name, pipe: this.pipeline(context, 'rightDelim') };
  }

  private templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') this.unexpected(token, context);
    return this.guard(() => unquote(token.val));
  }

  private command(): CommandNode {
    const { pos } = this.peekNonSpace();
    const args: Operand[] = [];
    while (true) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand) args.push(operand);
      const token = this.next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.backup();
      else if (token.type !== 'pipe') this.unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.fail('empty command');
    return { type: 'command', pos, args };
  }

  /** A term with the fields that follow it. */
  private operand(): Operand | undefined {
    const node = this.term();
    if (!node || this.peek().type !== 'field') return node;
    const { pos } = this.peek();
    const fields: string[] = [];
    while (this.peek().type === 'field') fields.push(this.next().val.slice(1));
    switch (node.type) {
      case 'field':
      case 'variable':
        // Go: the node starts at the second name now, which is the place that errors show.
        return { type: node.type, pos, ident: [...node.ident, ...fields] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.fail(`unexpected . after term ${quote(nodeText(node))}`);
      default:
        return { type: 'chain', pos, node, fields };
    }
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const { pos, val } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.shared.hasFunction(val)) this.fail(`function ${quote(val)} not defined`);
        return { type: 'identifier', pos, ident: val };
      case 'dot':
      case 'nil':
        return { type: token.type, pos };
      case 'variable':
        return this.useVar(pos, val);
      case 'field':
        return { type: 'field', pos, ident: val.slice(1).split('.') };
      case 'bool':
        return { type: 'bool', pos, value: val === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number': {
        const node: NumberNode = { type: 'number', pos, kind: token.type, text: val };
        this.guard(() => readNumber(node));
        return node;
      }
      case 'leftParen':
        return this.parenthesized();
      case 'string':
      case 'rawString':
        return { type: 'string', pos, quoted: val, text: this.guard(() => unquote(val)) };
    }
    this.backup();
    return undefined;
  }

  private parenthesized(): PipeNode {
    // Go: parse/parse.go maxStackDepth has this text at 10,000.
    if (this.shared.nesting >= MAX_NESTING) this.fail('max expression depth exceeded');
    this.enter();
    const pipe = this.pipeline('parenthesized pipeline', 'rightParen');
    this.leave();
    return pipe;
  }

  private useVar(pos: number, name: string): VariableNode {
    if (!this.vars.includes(name) && !this.shared.outline) this.fail(`undefined variable ${quote(name)}`);
    return { type: 'variable', pos, ident: [name] };
  }
}

function isClosing(node: Parsed): node is Closing {
  return node.type === 'end' || node.type === 'else';
}

function startsOperand(type: TokenType): boolean {
  switch (type) {
    case 'bool':
    case 'charConstant':
    case 'complex':
    case 'dot':
    case 'field':
    case 'identifier':
    case 'number':
    case 'nil':
    case 'rawString':
    case 'string':
    case 'variable':
    case 'leftParen':
      return true;
    default:
      return false;
  }
}

function closingText(closing: Closing): string {
  return `{{${closing.type}}}`;
}
