/** Calls of template functions, with arguments that are mostly of the right type. */
import fc from 'fast-check';

/** A function's name, and a letter for each argument; see {@link ARGUMENTS}. */
export type Calls = readonly string[];

export const STRING_CALLS: Calls =
  `abbrev:is abbrevboth:iis camelcase:s cat:aaa contains:ss hasPrefix:ss hasSuffix:ss indent:is
  initials:s join:sl kebabcase:s lower:s nindent:is nospace:s plural:ssi quote:aa repeat:is replace:sss snakecase:s split:ss
  splitList:ss splitn:sis squote:aa substr:iis swapcase:s title:s toString:a toStrings:l trim:s trimAll:ss trimPrefix:ss
  trimSuffix:ss trunc:is untitle:s upper:s wrap:is wrapWith:iss b64enc:s b64dec:s b32enc:s b32dec:s adler32sum:s sha1sum:s
  sha256sum:s base:s dir:s clean:s ext:s isAbs:s osBase:s urlParse:s urlJoin:d html:a js:a urlquery:a print:aa println:aa
  regexMatch:ss regexFind:ss regexFindAll:ssi regexReplaceAll:sss regexReplaceAllLiteral:sss regexSplit:ssi regexQuoteMeta:s
  mustRegexFindAll:ssi mustRegexReplaceAll:sss semver:s semverCompare:ss toDate:ss mustToDate:ss duration:a len:s index:si
  slice:sii`.split(/\s+/);

export const LIST_CALLS: Calls =
  `list:aaa tuple:a first:l mustFirst:l rest:l mustRest:l last:l initial:l append:la mustAppend:la
  prepend:la mustPrepend:la push:la concat:ll reverse:l mustReverse:l uniq:l mustUniq:l without:laa has:al mustHas:al compact:l
  mustCompact:l slice:lii mustSlice:li chunk:il mustChunk:il sortAlpha:l join:sl until:i untilStep:iii seq:ii toStrings:l
  index:li len:l dict:sasa get:ds set:dsa unset:ds hasKey:ds pluck:sdd pick:dss omit:dss dig:sad dig:ssad merge:dd mustMerge:dd
  mergeOverwrite:dd mustMergeOverwrite:ddd deepCopy:a mustDeepCopy:a index:ds default:aa coalesce:aaa empty:a ternary:aao all:aa any:aa
  typeOf:a kindOf:a kindIs:sa typeIs:sa typeIsLike:sa deepEqual:aa eq:aa eq:aaa ne:aa lt:aa le:aa gt:aa ge:aa and:aaa or:aaa not:a toJson:a
  toYaml:a toPrettyJson:a toRawJson:a required:sa`.split(/\s+/);

export const MATH_CALLS: Calls =
  `add:nnn sub:nn mul:nnn div:nn mod:nn add1:n max:nnn min:nnn biggest:nn addf:nnn subf:nnn mulf:nnn divf:nn
  add1f:n maxf:nn minf:nn ceil:n floor:n round:ni round:nin atoi:s int:a int64:a float64:a toDecimal:a toString:n until:i
  untilStep:iii seq:iii lt:nn le:nn gt:nn ge:nn eq:nn ne:nn printf:fn printf:fnn semverCompare:vv semver:v duration:n
  default:nn ternary:nno max:nn min:nn len:a`.split(/\s+/);

const VALUES = 's t e i f big on off none l w m em el yaml json tpl nosuch m.a m.b.c m.k'
  .split(' ')
  .map((name) => `.Values.${name}`);

const STRINGS = [
  '""',
  '"a"',
  '"a b-c_d"',
  '"ÉÀß ǆ 世界"',
  '`a\n b`',
  '"\\xff\\u00e9"',
  '"aBC"',
  '","',
  '"  x "',
  '"(a)(b)?"',
  '"1.2.3"',
  '">=1.2, <2"',
  '"http://u:p@h:80/p?q#f"',
  '"../a/./b.txt"',
  '"2006-01-02"',
  '"2024-02-29"',
  '"12"',
  '"0x1F"',
  '"1e3"',
  '"$1"',
];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '7',
  '10',
  '63',
  '1.5',
  '-0.5',
  '1e3',
  '1e300',
  '9223372036854775807',
  '-9223372036854775808',
  "'a'",
  '"5"',
  '"0x10"',
  '"1.5"',
  '"x"',
  '.Values.big',
  '.Values.f',
  '(int64 3)',
  '(float64 "2.5")',
  'nil',
  'true',
  '0.1',
  '1e-7',
  '123456.789',
  '1i',
];

/** What an argument of each kind may be. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  s: [...STRINGS, '.Values.s', '.Values.t', '(print 1)', '.Values.l'],
  i: ['0', '1', '-1', '2', '3', '5', '10', '-3', '(int64 2)', '.Values.i', '40'],
  n: NUMBERS,
  l: [
    '.Values.l',
    '.Values.w',
    '.Values.el',
    '(list)',
    '(list 1 2 2 "a" nil)',
    '(list "b" "a" "" "a")',
    '(splitList "," "x,y,,x")',
    '(until 3)',
    '.Values.none',
    '.Values.m',
    '"str"',
    '(list (list 1) (list 1))',
    '(rest .Values.w)',
  ],
  d: [
    '.Values.m',
    '.Values.em',
    '(dict)',
    '(dict "a" 1 "b" (dict "c" 2))',
    '(dict "a" (dict "a" "x") "k" (list 1))',
    '.Values',
    '.Values.none',
    '.Values.l',
    '(split "," "x,y")',
    '.Chart',
    '.Files',
    '(deepCopy .Values.m)',
    '(dict "scheme" "https" "host" "h" "path" "/p q" "query" "a=b" "fragment" "f" "userinfo" "u")',
  ],
  o: ['true', 'false', '.Values.on', '.Values.off', '"true"'],
  a: [
    ...VALUES,
    ...STRINGS.slice(0, 6),
    ...NUMBERS.slice(0, 16),
    'true',
    'false',
    '(dict "a" 1)',
    '(list 1 "a")',
    '.',
    '.Capabilities.KubeVersion',
    '.Chart.Name',
    '(semver "1.2.3")',
    '(.Files.GetBytes "a.txt")',
    '(toDate "2006" "2020")',
  ],
  f: [
    '"%d"',
    '"%v %v"',
    '"%5.2f"',
    '"%q"',
    '"%x"',
    '"%s"',
    '"%T"',
    '"%05d|%-5v|"',
    '"%e"',
    '"%c"',
    '"%U"',
    '"%t"',
    '"%#v"',
    '"%b"',
    '"%[2]d"',
  ],
  v: [
    '"1.2.3"',
    '"^1.2"',
    '"~1"',
    '">=1.2-0"',
    '"v1.2.3-a.1+b"',
    '"1.x"',
    '"1"',
    '"*"',
    '""',
    '">1 <2 || 3"',
    '"1.2 - 1.4"',
    '"=>1"',
    '"a"',
  ],
};

function argument(kind: string): fc.Arbitrary<string> {
  const all = fc.constantFrom(...(ARGUMENTS[kind] ?? ['nil']));
  const wrong = fc.constantFrom(...Object.values(ARGUMENTS).flat());
  return fc.oneof({ weight: 12, arbitrary: all }, { weight: 1, arbitrary: wrong });
}

function callOf(call: string): fc.Arbitrary<string> {
  const [name = '', kinds = ''] = call.split(':');
  const args = fc.tuple(...[...kinds].map(argument));
  const count = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) });
  return fc
    .tuple(args, count, argument('a'))
    .map(([all, more, extra]) => [name, ...(more < 0 ? all.slice(1) : more > 0 ? [...all, extra] : all)].join(' '));
}

const SHOW = ['', ' | toJson', ' | printf "%T %v"', ' | quote', ' | toYaml', ' | printf "%#v"', ' | len', ' | typeOf'];

/** Actions that call functions, of which some are given what others made. */
export function callsShape(calls: Calls): fc.Arbitrary<string> {
  const one = fc.constantFrom(...calls).chain(callOf);
  const piped = fc.tuple(one, fc.constantFrom(...calls)).map(([first, next]) => {
    const [name, kinds = ''] = next.split(':');
    const before = [...kinds]
      .slice(0, -1)
      .map((kind) => (ARGUMENTS[kind] ?? ['nil'])[first.length % (ARGUMENTS[kind] ?? ['nil']).length]);
    return `${first} | ${[name, ...before].join(' ')}`;
  });
  const action = fc
    .tuple(fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: piped }), fc.constantFrom(...SHOW))
    .map(([call, show]) => `{{ ${call}${show} }}`);
  return fc.array(action, { minLength: 1, maxLength: 2 }).map((all) => all.join(' '));
}

/** The names and arguments, for mutations. */
export function callWords(calls: Calls): readonly string[] {
  return [
    ...calls.map((call) => call.split(':')[0] as string),
    ...VALUES,
    ...STRINGS,
    ...NUMBERS,
    ' | ',
    '(',
    ')',
    '{{ ',
    ' }}',
  ];
}

const operand = fc.oneof(
  fc.constantFrom(
    ...VALUES,
    '.',
    '$',
    '$x',
    '$v',
    '.a',
    'true',
    '1',
    '"s"',
    'nil',
    '.Release.Name',
    '.Chart.Name',
    '.Files',
    '.Template.Name',
    '$.Values.l',
    '(index $.Values.l 1)',
    '.Values.m.b.d.x',
    '.Capabilities.APIVersions',
  ),
  fc
    .constantFrom(...STRING_CALLS, ...LIST_CALLS, ...MATH_CALLS)
    .chain(callOf)
    .map((call) => `(${call})`),
);

const pipe = fc
  .tuple(
    operand,
    fc.constantFrom('', '', '', ' | quote', ' | default "d"', ' | toYaml | nindent 2', ' | upper', ' | len', ' | trim'),
  )
  .map(([first, rest]) => first + rest);

/** Texts that mostly execute. */
export const execShape: fc.Arbitrary<string> = fc
  .letrec<{ text: string; part: string }>((tie) => ({
    text: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
    part: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        'a: ',
        '\n',
        '  ',
        '{{/* c */}}',
        '{{ $x = 2 }}',
        '{{ $x }}',
        '{{ template "t" . }}',
        '{{ include "t" . }}',
        '{{ tpl .Values.tpl . }}',
        '{{ fail "f" }}',
        '{{ break }}',
      ),
      fc
        .tuple(fc.constantFrom('{{ ', '{{- ', '{{ $x := ', '{{ $x = '), pipe, fc.constantFrom(' }}', ' -}}'))
        .map((all) => all.join('')),
      fc
        .tuple(
          fc.constantFrom('if', 'with', 'with $v :=', 'range', 'range $i, $v :=', 'if and .Values.on', 'if not'),
          pipe,
          tie('text'),
          fc.constantFrom('{{ else }}', '{{ else if .a }}', ''),
          tie('text'),
        )
        .map(([word, head, body, or, other]) => `{{ ${word} ${head} }}${body}${or}${or && other}{{ end }}`),
      fc
        .tuple(fc.constantFrom('define "t"', 'block "b" .', 'define "u"'), tie('text'))
        .map(([word, body]) => `{{ ${word} }}${body}{{ end }}`),
      pipe.map((one) => `{{ tpl ${JSON.stringify(`{{ ${one} }}`)} . }}`),
    ),
  }))
  .text.map((body) => `{{ $x := 1 }}${body}`);
