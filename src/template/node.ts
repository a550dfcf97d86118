import { byteLength } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';

/** The tree that one template text, or one `define` or `block` in it, parses to. Immutable once parsed. */
export interface Tree {
  /** The template's own name. */
  readonly name: string;
  /** The name of the text that it stands in: the file in error messages. */
  readonly parseName: string;
  /** The whole text. */
  readonly text: string;
  readonly root: ListNode;
  /** Where its list starts in the text; see outline.ts. */
  readonly start: number;
  /** How many levels of calls its execution takes at most. */
  readonly nesting: number;
  /** It holds nothing but space. */
  readonly isEmpty: boolean;
}

interface At {
  /** Where the node starts, in UTF-16 units from the start of the text. */
  readonly pos: number;
}

export interface ListNode extends At {
  readonly type: 'list';
  /** Where it starts in the text, `pos` being that of its first node; none where it stands in no braces of its own. */
  readonly start?: number;
  readonly nodes: readonly Statement[];
  /** Whether it has been executed since it was parsed; not said of one that was known before. See outline.ts. */
  isExecuted?: boolean;
}

export interface TextNode extends At {
  readonly type: 'text';
  readonly text: string;
}

export interface ActionNode extends At {
  readonly type: 'action';
  readonly pipe: PipeNode;
}

export interface BranchNode extends At {
  readonly type: 'if' | 'range' | 'with';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface TemplateNode extends At {
  readonly type: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface JumpNode extends At {
  readonly type: 'break' | 'continue';
}

/** What a list holds. */
export type Statement = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

export interface PipeNode extends At {
  readonly type: 'pipe';
  /** `=`, not `:=`. */
  readonly isAssign: boolean;
  readonly decl: readonly VariableNode[];
  readonly cmds: readonly CommandNode[];
}

export interface CommandNode extends At {
  readonly type: 'command';
  readonly args: readonly Operand[];
}

export interface IdentifierNode extends At {
  readonly type: 'identifier';
  readonly ident: string;
}

/** `$x.a.b`; the first name has its dollar sign. */
export interface VariableNode extends At {
  readonly type: 'variable';
  readonly ident: readonly string[];
}

/** `.a.b` */
export interface FieldNode extends At {
  readonly type: 'field';
  readonly ident: readonly string[];
}

/** `(pipeline).a.b` or `function.a.b` */
export interface ChainNode extends At {
  readonly type: 'chain';
  readonly node: Operand;
  readonly fields: readonly string[];
}

export interface DotNode extends At {
  readonly type: 'dot';
}

export interface NilNode extends At {
  readonly type: 'nil';
}

export interface BoolNode extends At {
  readonly type: 'bool';
  readonly value: boolean;
}

/** A number as it was written; number.ts has what it is worth. */
export interface NumberNode extends At {
  readonly type: 'number';
  readonly kind: 'charConstant' | 'complex' | 'number';
  readonly text: string;
}

export interface StringNode extends At {
  readonly type: 'string';
  readonly quoted: string;
  readonly text: string;
}

/** What a command is made of. */
export type Operand =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | PipeNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode;

export type Node = Statement | Operand | ListNode | CommandNode;

/** The node's source as Go prints it back. Go: parse/node.go writeTo. */
export function nodeText(node: Node): string {
  switch (node.type) {
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'text':
      return node.text;
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'if':
    case 'range':
    case 'with':
      return branchText(node);
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe ? ` ${nodeText(node.pipe)}` : ''}}}`;
    case 'break':
    case 'continue':
      return `{{${node.type}}}`;
    case 'pipe':
      return pipeText(node);
    case 'command':
      return node.args.map(argumentText).join(' ');
    default:
      return operandText(node);
  }
}

function branchText(node: BranchNode): string {
  const otherwise = node.elseList ? `{{else}}${nodeText(node.elseList)}` : '';
  return `{{${node.type} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
}

function pipeText(node: PipeNode): string {
  const decl = node.decl.length > 0 ? `${node.decl.map(nodeText).join(', ')} ${node.isAssign ? '=' : ':='} ` : '';
  return decl + node.cmds.map(nodeText).join(' | ');
}

function argumentText(node: Operand): string {
  return node.type === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}

function operandText(node: Exclude<Operand, PipeNode>): string {
  switch (node.type) {
    case 'identifier':
      return node.ident;
    case 'variable':
      return node.ident.join('.');
    case 'field':
      return `.${node.ident.join('.')}`;
    case 'chain':
      return `${argumentText(node.node)}.${node.fields.join('.')}`;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return node.quoted;
  }
}

/** Where a node stands: line from 1, column in bytes from 0. Go: parse/parse.go ErrorContext. */
export function nodePosition(tree: Tree, node: Pick<Node, 'pos'>): { line: number; column: number } {
  const { text } = tree;
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < node.pos; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: byteLength(text.slice(start, node.pos)) };
}

/** How many levels of calls a node's execution takes at most. */
export function nestingOf(node: Node | undefined): number {
  switch (node?.type) {
    case 'list':
      return deepest(node.nodes);
    case 'action':
    case 'template':
      return nestingOf(node.pipe);
    case 'if':
    case 'range':
    case 'with':
      return 1 + Math.max(nestingOf(node.pipe), nestingOf(node.list), nestingOf(node.elseList));
    case 'pipe':
      return node.cmds.length - 1 + deepest(node.cmds);
    case 'command':
      return node.args.reduce((max, arg) => Math.max(max, nestingOf(arg) + (arg.type === 'pipe' ? 1 : 0)), 0);
    case 'chain':
      return 1 + nestingOf(node.node);
    default:
      return 0;
  }
}

function deepest(nodes: readonly Node[]): number {
  return nodes.reduce((max, node) => Math.max(max, nestingOf(node)), 0);
}

/** Whether a list holds nothing but space. Go: parse/parse.go IsEmptyTree. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.type === 'text' && isBlank(node.text));
}

/** Go: bytes.TrimSpace leaves nothing. JavaScript counts U+FEFF as space and U+0085 not; Go has it the other way. */
function isBlank(text: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}
