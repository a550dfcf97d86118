/** What templates look like. */
import fc from 'fast-check';

const OPERANDS = [
  '.',
  '.a',
  '.a.b',
  '$',
  '$x',
  '$x.y',
  '1',
  '-1.5e3',
  '0x1F',
  "'a'",
  '"a\\n"',
  '`raw`',
  'true',
  'nil',
  'print',
  'len .',
];

/** What may stand between `{{` and `}}`. */
const PIPE = fc.array(
  fc
    .array(fc.constantFrom(...OPERANDS, '(print 1).a', '(1)'), { minLength: 1, maxLength: 3 })
    .map((words) => words.join(' ')),
  {
    minLength: 1,
    maxLength: 3,
  },
);

const { text } = fc.letrec<{ text: string; part: string }>((tie) => ({
  text: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', '\n', ' ', '{{/* c */}}', '{{- 1 -}}', '{{ $x := 1 }}', '{{ break }}', '{{ template "t" . }}'),
    fc
      .tuple(fc.constantFrom('{{', '{{-'), PIPE, fc.constantFrom('}}', '-}}'))
      .map(([open, pipe, close]) => `${open} ${pipe.join(' | ')} ${close}`),
    fc
      .tuple(
        fc.constantFrom('if', 'with', 'range', 'range $i, $v :=', 'define "t"', 'block "b"'),
        PIPE,
        tie('text'),
        tie('text'),
      )
      .map(
        ([word, pipe, body, other]) =>
          `{{ ${word} ${word.startsWith('define') ? '' : pipe.join('|')} }}${body}{{ else }}${other}{{ end }}`,
      ),
  ),
}));

/** Words of templates. */
export const WORDS: readonly string[] = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  '{{/*',
  '*/}}',
  ':=',
  'if',
  'else',
  'else if',
  'end',
  'range',
  'with',
  'define',
  'block',
  'template',
  'break',
  'continue',
  'nil',
  'include',
  'and',
  '$',
  '|',
];

/** Texts with actions and controls; few of them say anything sensible. */
export const anyText: fc.Arbitrary<string> = text;
