/** Executing templates: the language itself, and the functions by family. */
import fc from 'fast-check';
import type { GoMap } from '../../../src/go/value.ts';
import { Trace } from '../../../src/template/trace.ts';
import { type Answer, finding, type Target, textOf } from '../target.ts';
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
import { fixedTemplate, isLimit, outcomeOf, render, renderQuestion, rootOf, sameExactly } from './template-world.ts';

/** Addresses are others in each run, as Go takes its heap from anywhere; what is inside of a time's zone nobody asks. */
function withoutAddresses(answer: Answer): Answer {
  const text = JSON.stringify(answer).replace(/0x[0-9a-f]{10,12}/g, '0xc000012345');
  return JSON.parse(text.replace(/\*time\.Location=&\{[^)]*\)/g, '*time.Location')) as Answer;
}

function sameRender(ours: Answer, helm: Answer): boolean {
  if ('err' in ours && isLimit(new Error(ours.err))) return true;
  // Go goes a hundred thousand templates deep before it says what we say.
  if ('err' in helm && helm.err === 'no answer for ten seconds') return true;
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

/** What is asked of a date; that it prints by itself would show the time zone of Helm's machine. */
const DATES = `{{ $t := toDate "2006-01-02T15:04:05Z07:00" .Values.date }}{{ $z := .Values.zone }}{{ $l := .Values.layout }}
{{ dateInZone $l $t $z }}|{{ dateInZone $l (dateModify .Values.step $t) $z }}|{{ htmlDateInZone $t $z }}|{{ htmlDate $t }}|
{{ dateInZone $l (int64 .Values.seconds) $z }}|{{ date $l (int .Values.seconds) }}|{{ durationRound .Values.step }}|
{{ duration .Values.n }}|{{ duration (int64 .Values.seconds) }}|{{ durationRound (int64 .Values.seconds) }}|{{ unixEpoch $t }}|
{{ $t }} {{ $t.Weekday }} {{ $t.YearDay }} {{ $t.Month }} {{ $t.Unix }} {{ $t.UTC.Format $l }} {{ toJson $t }} {{ $t.IsZero }}|
{{ mustDateModify .Values.step $t }}|{{ mustToDate "2006-01-02T15:04:05Z07:00" .Values.date }}`;

const ZONES = 'UTC Local Europe/Berlin America/New_York Asia/Kathmandu Australia/Lord_Howe Etc/GMT+5 nowhere'.split(
  ' ',
);

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
    ...fixedTemplate(CODECS, (input) => ({ text: textOf(input) })),
    same: sameRender,
  },
  {
    name: 'sprig-dates',
    seeds: [
      '2024-02-29T13:04:05.5+02:00\n2006-01-02 15:04 MST\nEurope/Berlin\n-1h30m\n100',
      '1969-12-31T23:59:59Z\nJan _2 06 03:04PM -0700\nAmerica/New_York\n36h\n-7',
    ],
    words: [...ZONES, '-', '+', 'T', 'Z', 'h', 'm', 's', '9999', '0000', '2006', 'Mon', '.000'],
    shape: fc
      .tuple(
        fc
          .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
          .map((date) => date.toISOString()),
        fc.constantFrom('2006-01-02 15:04:05 MST', 'Mon Jan _2 -07:00', '3:04PM .999 002', ''),
        fc.constantFrom(...ZONES),
        fc.constantFrom('1h', '-36h', '1.5s', '100000h', '-1ns', 'x'),
        fc.integer().map(String),
      )
      .map((all) => all.join('\n')),
    longest: 200,
    ...fixedTemplate(DATES, (input) => {
      // Other zones may be others in the time zone data of Helm's machine.
      const [date, layout, zone = '', step, n = ''] = textOf(input).split('\n');
      return {
        date,
        layout,
        zone: ZONES.includes(zone) ? zone : 'UTC',
        step,
        n,
        seconds: /^-?\d{1,12}$/.test(n) ? Number(n) : 0,
      };
    }),
    same: sameRender,
  },
];
