/** Executing templates: the language itself, and the functions by family. */
import { fromPlain, type GoMap } from '../../../src/go/value.ts';
import { Trace } from '../../../src/template/trace.ts';
import { type Answer, base64, finding, type Target, textOf } from '../target.ts';
import {
  type Calls,
  callsShape,
  callWords,
  execShape,
  LIST_CALLS,
  MATH_CALLS,
  STRING_CALLS,
} from './template-calls.ts';
import { WORDS } from './template-text.ts';
import { isLimit, outcomeOf, render, renderQuestion, rootOf, sameExactly } from './template-world.ts';

/** Addresses are others in each run; Go takes its heap from anywhere. */
function withoutAddresses(answer: Answer): Answer {
  return JSON.parse(JSON.stringify(answer).replace(/0x[0-9a-f]{10,12}/g, '0xc000012345')) as Answer;
}

function sameRender(ours: Answer, helm: Answer): boolean {
  if ('err' in ours && isLimit(new Error(ours.err))) return true;
  return sameExactly(withoutAddresses(ours), withoutAddresses(helm));
}

const rendering: Pick<Target, 'run' | 'question' | 'same' | 'longest'> = {
  longest: 1_000,
  run: (input) => render(textOf(input)),
  question: (input) => renderQuestion(input),
  same: sameRender,
};

function familyTarget(name: string, calls: Calls, seeds: readonly string[]): Target {
  return { name, seeds, words: callWords(calls), shape: callsShape(calls), ...rendering };
}

const EXEC_SEEDS = [
  '{{ range $i, $v := .Values.l }}{{ $i }}={{ $v | quote }}{{ else }}none{{ end }}',
  '{{ define "t" }}<{{ . }}>{{ end }}{{ include "t" .Values.s | upper }}{{ with .Values.m }}{{ .b.c }}{{ $.Values.i }}{{ end }}',
  '{{ .Values.nosuch.x }}',
  '{{ tpl .Values.tpl . }}{{ required "r" .Values.none }}',
  '{{ range $n, $f := .Files.Glob "conf/**" }}{{ $n }}:{{ $f | toString }}{{ end }}{{ .Files.Lines "a.txt" }}{{ (.Files.Glob "*").AsConfig }}',
  '{{ range 3 }}{{ . }}{{ end }}{{ if and 1 0 "x" }}a{{ else if or nil "y" }}b{{ end }}{{ (index .Values.l 5).a }}{{ slice .Values.s 1 2 }}',
];

/** What is rendered of a text: each of its readings, written again. */
const CODECS = `{{ $t := .Values.text }}{{ fromYaml $t | toJson }}|{{ fromYamlArray $t | toYaml }}|{{ fromJson $t | toYaml }}|
{{ fromJsonArray $t | toJson }}|{{ fromToml $t | toJson }}|{{ fromYaml $t | toToml }}|{{ fromYaml $t | toYamlPretty }}|
{{ fromYaml $t | toPrettyJson }}|{{ fromYaml $t | toRawJson }}|{{ $t | toYaml }}|{{ $t | toJson }}|{{ $t | toRawJson }}|{{ dict $t $t | toToml }}|
{{ $t | toYamlPretty }}|{{ fromYaml $t }}|{{ printf "%#v" (fromJson $t) }}`;

export const execTargets: readonly Target[] = [
  {
    name: 'template-exec',
    seeds: EXEC_SEEDS,
    words: [...WORDS, ...callWords([]), 'include', 'tpl', 'with', '.Values.'],
    shape: execShape,
    ...rendering,
  },
  {
    name: 'template-trace',
    seeds: EXEC_SEEDS,
    words: [...WORDS, ...callWords([...STRING_CALLS, ...LIST_CALLS])],
    shape: execShape,
    longest: 1_000,
    run: (input) => {
      const text = textOf(input);
      const plain = outcomeOf(() => render(text));
      const trace = new Trace();
      const root = rootOf();
      trace.mark(root.get('Values') as GoMap, []);
      const traced = outcomeOf(() => render(text, root, trace));
      if (traced !== plain && !isLimit(new Error(traced)) && !isLimit(new Error(plain)))
        finding(`traced it gives ${traced}, else ${plain}`);
      return plain.length;
    },
  },
  familyTarget('sprig-strings', STRING_CALLS, [
    '{{ wrap 5 "a b c d e f" }}',
    '{{ "a-b c" | camelcase | snakecase }}',
    '{{ urlParse "http://u@h/p?q" | toJson }}',
  ]),
  familyTarget('sprig-lists', LIST_CALLS, [
    '{{ merge (dict "a" 1) .Values.m | toJson }}',
    '{{ chunk 2 .Values.l | toJson }}',
    '{{ dig "a" "b" 1 .Values.m }}',
  ]),
  familyTarget('sprig-math', MATH_CALLS, [
    '{{ add 1 "2" 3.5 }}',
    '{{ round 1.55 1 }}',
    '{{ divf 1 3 | toString }}',
    '{{ toDecimal "777" }}',
  ]),
  {
    name: 'template-codecs',
    seeds: [
      'a: {b: [1, "x", null]}\n',
      '{"a": [1.0, 1e3, "\\u00e9<"]}',
      '[1, {"a": 2}]',
      'a = 1\n[b]\nc = [1.5, "x"]\nd = 1979-05-27T07:32:00Z\n',
      '- a\n- |\n  b\n',
    ],
    words: [
      ': ',
      '- ',
      '\n',
      '{',
      '}',
      '"',
      'null',
      '~',
      '0o7',
      '!!',
      '&a ',
      '*a',
      '<<: ',
      '| ',
      '>-',
      '[[',
      ']]',
      "'''",
      '1979-05-27',
      '0x1F',
      '1_000',
      'inf',
      '\u0085',
      '\u2028',
    ],
    longest: 300,
    run: (input) => render(CODECS, rootOf(fromPlain({ text: textOf(input) }) as GoMap)),
    question: (input) => {
      // Values come as JSON, which has no bytes that are no UTF-8.
      if (!textOf(input).isWellFormed()) return undefined;
      const question = renderQuestion(Buffer.from(CODECS), { text: textOf(input) });
      return question && { ...question, args: [base64(Buffer.from(CODECS)), ...question.args.slice(1)] };
    },
    same: sameRender,
  },
];
