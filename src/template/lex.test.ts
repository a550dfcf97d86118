import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lexer, tokenText } from './lex.ts';

/** The tokens of a text, spaces left out: the type where it says more than the text, else the text. */
function lex(text: string): string {
  const lexer = new Lexer(text, () => false);
  const tokens: string[] = [];
  for (let token = lexer.next(); token.type !== 'eof'; token = lexer.next()) {
    if (token.type === 'space') continue;
    const at = `${token.line}:${token.pos}`;
    if (token.type === 'error') return [...tokens, `error ${at} ${token.val}`].join(' | ');
    tokens.push(`${token.type} ${at} ${JSON.stringify(token.val)}`);
  }
  return tokens.join(' | ');
}

const cases: [text: string, tokens: string][] = [
  ['', ''],
  [' \n', 'text 1:0 " \\n"'],
  ['a{{b}}', 'text 1:0 "a" | leftDelim 1:1 "{{" | identifier 1:3 "b" | rightDelim 1:4 "}}"'],
  ['a \n {{- 3 -}} \n b', 'text 1:0 "a" | leftDelim 2:4 "{{" | number 2:8 "3" | rightDelim 2:11 "}}" | text 3:16 "b"'],
  ['{{-3}}', 'leftDelim 1:0 "{{" | number 1:2 "-3" | rightDelim 1:4 "}}"'],
  ['{{/* x\n*/}}y', 'text 2:11 "y"'],
  ['x {{- /* x */ -}} y', 'text 1:0 "x" | text 1:18 "y"'],
  [
    '{{.a.b $x.y $}}',
    'leftDelim 1:0 "{{" | field 1:2 ".a" | field 1:4 ".b" | variable 1:7 "$x" | field 1:9 ".y" | variable 1:12 "$" | rightDelim 1:13 "}}"',
  ],
  [
    '{{if nil|.}}',
    'leftDelim 1:0 "{{" | if 1:2 "if" | nil 1:5 "nil" | pipe 1:8 "|" | dot 1:9 "." | rightDelim 1:10 "}}"',
  ],
  [
    '{{$a, $b := `q\nr` "s"}}',
    'leftDelim 1:0 "{{" | variable 1:2 "$a" | char 1:4 "," | variable 1:6 "$b" | declare 1:9 ":=" | rawString 1:12 "`q\\nr`" | string 2:18 "\\"s\\"" | rightDelim 2:21 "}}"',
  ],
  [
    "{{1+2i 0x1p-2 1e3 'a' true}}",
    'leftDelim 1:0 "{{" | complex 1:2 "1+2i" | number 1:7 "0x1p-2" | number 1:14 "1e3" | charConstant 1:18 "\'a\'" | bool 1:22 "true" | rightDelim 1:26 "}}"',
  ],
  ['{{(a)}}', 'leftDelim 1:0 "{{" | leftParen 1:2 "(" | identifier 1:3 "a" | rightParen 1:4 ")" | rightDelim 1:5 "}}"'],
  ['\n{{ $é }}', 'text 1:0 "\\n" | leftDelim 2:1 "{{" | variable 2:4 "$é" | rightDelim 2:7 "}}"'],
  ['{{\n"a\n', 'leftDelim 1:0 "{{" | error 2:3 unterminated quoted string'],
  ['{{`a\n', 'leftDelim 1:0 "{{" | error 1:2 unterminated raw quoted string'],
  ["{{'", 'leftDelim 1:0 "{{" | error 1:2 unterminated character constant'],
  ['{{3k}}', 'leftDelim 1:0 "{{" | error 1:2 bad number syntax: "3k"'],
  ['{{(3}}', 'leftDelim 1:0 "{{" | leftParen 1:2 "(" | number 1:3 "3" | error 1:4 unclosed left paren'],
  ['{{)}}', 'leftDelim 1:0 "{{" | error 1:2 unexpected right paren'],
  ['{{\u0001}}', 'leftDelim 1:0 "{{" | error 1:2 unrecognized character in action: U+0001'],
  ['{{a-b}}', 'leftDelim 1:0 "{{" | error 1:2 bad character U+002D \'-\''],
  ['{{:x', 'leftDelim 1:0 "{{" | error 1:2 expected :='],
  ['{{/* x', 'error 1:2 unclosed comment'],
  ['{{/* x */ }}', 'error 1:2 comment ends before closing delimiter'],
  ['{{', 'leftDelim 1:0 "{{" | error 1:2 unclosed action'],
];

for (const [text, tokens] of cases) {
  test(`tokens of ${JSON.stringify(text)}`, () => {
    assert.equal(lex(text), tokens);
  });
}

test('words that are functions are no keywords', () => {
  const types = (lexer: Lexer): string[] => [lexer.next(), lexer.next()].map((token) => token.type);
  assert.deepEqual(types(new Lexer('{{break}}', () => false)), ['leftDelim', 'break']);
  assert.deepEqual(types(new Lexer('{{break}}', () => true)), ['leftDelim', 'identifier']);
});

const named: [text: string, name: string][] = [
  ['{{end', '<end>'],
  ['{{"a longer string"', '"\\"a longer "...'],
  ['{{`éééééé`', '"`éééééé`"...'],
  ['{{short', '"short"'],
];

for (const [text, name] of named) {
  test(`messages call the token of ${text} ${name}`, () => {
    const lexer = new Lexer(text, () => false);
    lexer.next();
    assert.equal(tokenText(lexer.next()), name);
  });
}
