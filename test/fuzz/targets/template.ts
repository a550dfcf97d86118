/** Go's templates: reading them. What executes them and what prints their values stands beside this file. */

import { Lexer, type Token } from '../../../src/template/lex.ts';
import { type Node, nodeText, type Tree } from '../../../src/template/node.ts';
import { LaterList } from '../../../src/template/outline.ts';
import { parseTemplate } from '../../../src/template/parse.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import { execTargets } from './template-exec.ts';
import { libraryTargets } from './template-libraries.ts';
import { printTargets } from './template-print.ts';
import { anyText, WORDS } from './template-text.ts';
import { isFunction, sameExactly } from './template-world.ts';

const SEEDS = [
  'a {{ .b | print }}',
  '{{ if .a }}{{ else with $ }}{{ end }}',
  '{{ define "a" }}{{ end }}{{ template "a" . }}',
  '{{- range $i, $v := .l -}}\n{{ break }}{{ else if 1 }}{{ continue }}{{ end }}',
  '{{/* c */ -}} {{ block "b" (index . 1).x }}{{ `raw` }}{{ "s\\n" }}{{ \'c\' }}{{ 0x1p-2 }}{{ 1i }}{{ end }}',
];

/** Tokens stand in the text where they say, one after the other, with nothing but space and comments between them. */
function checkTokens(text: string): Token[] {
  const lexer = new Lexer(text, isFunction);
  const tokens: Token[] = [];
  let end = 0;
  for (let token = lexer.next(); token.type !== 'eof' && token.type !== 'error'; token = lexer.next()) {
    if (text.slice(token.pos, token.pos + token.val.length) !== token.val || token.val === '')
      finding('a token is not in the text');
    if (token.pos < end) finding('a token begins before the last one ends');
    if (!/^(?:[ \t\r\n]|-|\/\*.*?\*\/|\{\{|\}\})*$/s.test(text.slice(end, token.pos))) finding('text is passed over');
    if (token.line !== text.slice(0, token.pos).split('\n').length) finding('a token is not on its line');
    end = token.pos + token.val.length;
    tokens.push(token);
  }
  return tokens;
}

function printed(trees: ReadonlyMap<string, Tree>): string {
  return JSON.stringify([...trees].map(([name, { root }]) => [name, nodeText(root), places(root)]));
}

/** Where all nodes stand; where lists start is known to some ways of reading only. */
function places(node: Node): string {
  return JSON.stringify(node, (key, value) => {
    if (key === 'start' || key === 'isExecuted') return undefined;
    return value instanceof LaterList ? { type: value.type, pos: value.pos, nodes: value.nodes } : value;
  });
}

/** A text parses by its outline to what it parsed to without, whichever of its lists are kept. */
function checkOutline(text: string): string {
  const first = parseTemplate('t', text, isFunction);
  const outline = first.outline();
  const fresh = printed(first.trees);
  if (outline === undefined) return fresh;
  const kept = JSON.parse(JSON.stringify(outline));
  const again = parseTemplate('t', text, isFunction, kept);
  if (printed(again.trees) !== fresh) finding('the outline gives other trees');
  const learned = again.learned();
  if (learned === undefined) return fresh;
  const third = parseTemplate('t', text, isFunction, JSON.parse(JSON.stringify(learned)));
  if (printed(third.trees) !== fresh) finding('what was learned gives other trees');
  return fresh;
}

/** Go's parser nests on, and its messages are the same. */
function sameOrLimit(ours: Answer, helm: Answer): boolean {
  return ('err' in ours && /the limit for one render/.test(ours.err)) || sameExactly(ours, helm);
}

const readTargets: readonly Target[] = [
  {
    name: 'template-lex',
    seeds: SEEDS,
    words: WORDS,
    shape: anyText,
    run: (input) => checkTokens(textOf(input)).length,
  },
  {
    name: 'template-parse',
    seeds: SEEDS,
    words: WORDS,
    shape: anyText,
    run: (input) => {
      const { trees } = parseTemplate('t', textOf(input), isFunction);
      const tree = trees.get('t');
      return tree === undefined ? '' : nodeText(tree.root);
    },
    question: (input) => ({ call: 'template-parse', args: [base64(input)] }),
    same: sameOrLimit,
  },
  {
    name: 'template-outline',
    seeds: SEEDS,
    words: WORDS,
    shape: anyText,
    run: (input) => checkOutline(textOf(input)),
  },
];

export const templateTargets: readonly Target[] = [...readTargets, ...execTargets, ...printTargets, ...libraryTargets];
