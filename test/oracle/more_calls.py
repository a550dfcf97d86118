"""Calls of functions, a family of functions at a time, with arguments that mostly fit."""
import json

STRINGS = ['', 'a', 'Hello World', '  pad  ', 'héllo wörld ☃', '日本語テキスト', '😀 smile 👩‍👩‍👧 family', 'e\u0301 combining', 'ß ǆ ŉ İ ı ſ', 'ÀÉÎÕÜ',
    'foo-bar_baz qux', 'FooBarBaz', 'HTTPServer2Go', 'some.dotted.name', '--x__y  z--', 'one two three four five six seven eight', 'tab\tnew\nline\r\nend',
    'a,b,,c', ',', ',a,', 'x=1;y=2', '\u00a0nbsp\u2003em', '\u200bzero', '\ufeffbom', '\u0000\u0001\u001f\u007f', '"q" \'s\' `b` \\', '<a href="x?a=1&b=2">', '{{ x }}', '$HOME ${X}',
    '1', '-1', '+5', '007', '0x1F', '0b101', '0o17', '1_000', '1e3', '1.5', '.5', '5.', '1.5e-7', '-0', 'NaN', 'Inf', '-inf', '9223372036854775807', '9223372036854775808', '-9223372036854775808',
    '18446744073709551616', '1e400', ' 1', '1 ', '٣', '0x', '1e', 'true', 'FALSE', 'T', 'null', 'A' * 50, 'ab ' * 30, 'ΑΒΓ σας', 'ﬁ ligature', 'ǅ titlecase', 'mañana-ñandú', 'ümlaut_Öl']
INTS = ['0', '1', '-1', '2', '3', '5', '7', '10', '-10', '100', '255', '1000000', '-5', '4', '6', '17']
BIGS = ['9223372036854775807', '-9223372036854775808', '9223372036854775806', '0x7fffffffffffffff', '(int64 "9223372036854775807")', '9007199254740993', '(mul 4611686018427387904 2)', '(add 9223372036854775807 1)',
    '4294967296', '2147483648', '-2147483649', '(int 9007199254740993)', '9223372036854775808', '18446744073709551615', '1152921504606846976', '123456789012345678']
FLOATS = ['0.0', '1.0', '1.5', '-2.25', '0.1', '2.675', '1e6', '1e20', '1e21', '1e22', '1e-4', '1e-5', '1e-7', '123456789.0', '0.30000000000000004', '1e308', '5e-324', '1.7976931348623157e308', '-0.0', '(float64 "NaN")',
    '(float64 "Inf")', '(float64 "-Inf")', '(divf 1 3)', '(addf 0.1 0.2)', '.Values.f', '.Values.f32', '9.223372036854776e18', '9.2e18', '1e19', '-1e19', '4294967296.5', '2.5', '3.5', '-0.5', '0.5', '100.0', '1234567.891', '0x1p-2']
LISTS = ['(list)', '(list 1 2 3)', '(list "a" "b" "a" nil "")', '(list 3 1.5 "x" true)', '(list 1 1.0 "1" (int64 1) 1)', '(splitList "," "a,b,c,a")', '(until 5)', '(untilStep 10 0 -3)', '(regexFindAll "[a-z]" "abcab" -1)', '(keys (dict "k" 1))',
    '(list (list 1 2) (list 1 2) (list 3))', '(list (dict "a" 1) (dict "a" 1) (dict "b" nil))', '.Values.l', '.Values.ls', '.Values.li', '.Values.el', '(tuple 1 "a" 2.5)', '(toStrings (list 1 2 nil "x"))', '(chunk 2 (list 1 2 3))', '(concat (until 2) (list "a"))',
    '(sortAlpha (list "b" "a" 3))', '(values (dict "a" 1))', '(slice (list 1 2 3 4) 1 3)', '(slice (splitList "," "a,b,c") 1)', '(initial (list 1 2))', '(list nil nil)', '(list (until 2) (until 2))', '(reverse (until 3))', '(list true false)', '(list 0 "" false nil)',
    '(append (until 2) 2)', '(list "é" "日" "😀")', '(without (list 1 2 3) 2)', '(list 1.0 2.0)', '(list 1 2 3 4 5 6 7)']
DICTS = ['(dict)', '(dict "a" 1)', '(dict "a" 1 "b" "two" "c" nil)', '(dict "a" (dict "b" (dict "c" 3)))', '(dict "a" (list 1 (dict "b" 2)))', '.Values.m', '.Values.deep', '.Values.em', '(split "," "x,y,z")', '(splitn "," 2 "x,y,z")', '(urlParse "http://a/b")',
    '(dict "a" "" "b" 0 "c" false)', '(dict "b" 2 "a" 1 "A" 0 "é" 3)', '(dict 1 2 nil 3)', '(dict "odd")', '(fromYaml "a: {b: 1}\\nc: [1, 2]")', '(fromJson `{"a":1,"b":{"c":[1,2.5]}}`)', '(merge (dict "a" 1) (dict "b" 2))', '.Values', '(dict "a.b" 1 "a" (dict "b" 2))']
OTHERS = ['nil', 'true', 'false', '.Values.n', '.Values.missing', '.Values.b', '(int 5)', '(int64 5)', '(float64 5)', '.Chart.Name', '.Chart', '.Release', '.Files', '.Capabilities.KubeVersion', '.Capabilities', '.Capabilities.APIVersions',
    '(toDate "2006-01-02" "2024-02-29")', '(semver "1.2.3")', "'a'", '.Release.Revision', '(len "abc")', '$', '.Values', '(1 | int64)', '(toDecimal "777")', '(ternary 1 2 true)', '.Template', '.Chart.Dependencies', '.Chart.Maintainers', '(.Files.GetBytes "f.txt")', '(.Files.Glob "*")']
VALUES = {'s': 'str', 'i': 5, 'f': 2.5, 'f32': 0.1, 'big': 1000000, 'huge': 12345678901234567890, 'b': True, 'n': None, 'l': [1, 'two', 3.5, None, {'k': 'v'}], 'ls': ['b', 'a', 'c', 'a'], 'li': [3, 1, 2, 1],
    'm': {'x': 'y', 'a': 1, 'z': {'q': [1]}}, 'deep': {'a': {'b': {'c': 'd', 'l': [1, 2]}}}, 'e': '', 'el': [], 'em': {}, 't': 'T={{ .Values.i }}', 'u': '日本語 ☃'}
FILES = {'f.txt': 'one\ntwo\n', 'g.txt': 'x: y', 'dir/h.json': '{"a": [1, 2]}', 'dir/sub/i.bin': '\u0000é\n\n', 'dir/j.yaml': 'k: |\n  v\n'}


def ask(template, **files):
    """A question that renders one template."""
    return {'files': {'templates/a.yaml': template, **FILES, **files}, 'values': VALUES, 'name': 'rel', 'namespace': 'ns', 'kubeVersion': 'v1.34.0'}


def text(s):
    """A string literal of the template language."""
    return json.dumps(s, ensure_ascii=False).replace('\u007f', '\\x7f')


def string(r):
    k = r.random()
    if k < .75:
        return text(r.choice(STRINGS))
    if k < .85:  # bytes that are no UTF-8
        return '(%s)' % r.choice(['trunc 2 "héllo"', 'trunc -2 "héé"', 'substr 0 4 "日本語"', 'b64dec "/w=="', 'b64dec "YcP/4pyT"', 'substr 1 3 "ébc"', 'trunc 5 "😀😀"', '"\\xff\\xfeab"', 'b64dec "7aCA"', 'printf "%c" 55296', 'cat "a" ("\\xc3") "b"'])
    return r.choice(['.Values.s', '.Values.u', '(toString 1.5)', '(upper "é")', '.Chart.Name', '.Values.missing', '(quote "a")', '.Values.i'])


def number_text(r):
    return '%.*fe%d' % (r.randint(0, 16), r.uniform(-10, 10), r.choice([r.randint(-8, 25), r.randint(-300, 290)]))


def number(r):
    k = r.random()
    if k < .12:  # any magnitude, any count of digits
        return repr(float(number_text(r)))
    if k < .18:
        return str(r.choice([-1, 1]) * (2 ** r.randint(0, 63) + r.randint(-2, 2)))
    return r.choice(r.choice([INTS, INTS, FLOATS, BIGS]))


def any_value(r):
    k = r.random()
    if k < .2:
        return string(r)
    if k < .45:
        return number(r)
    return r.choice(r.choice([LISTS, DICTS, OTHERS]))


SHOW = ['', ' | quote', ' | toJson', ' | printf "%T %v"', ' | printf "%#v"', ' | printf "%q"', ' | typeOf', ' | toYaml', ' | kindOf', ' | len', ' | printf "%v" | b64enc', ' | printf "%+q"', ' | toRawJson', ' | toPrettyJson', ' | printf "%d"', ' | toString | quote', ' | printf "%x"']


def shown(r, call, routes=SHOW):
    """The call's result by some route to the output."""
    if r.random() < .08:
        return ask('{{ range $i, $x := %s }}{{ $i }}={{ $x%s }};{{ end }}' % (call, r.choice(routes)))
    show = r.choice(routes) if r.random() < .6 else ''
    return ask('{{ %s }}' % (call if show == '' else '(' + call + ')' + show.replace('printf "%T %v"', 'printf "%v"') if '%T' not in show else 'printf "%%T %%v" (%s) (%s)' % (call, call)))


LAYOUTS = ['2006-01-02', '2006-01-02T15:04:05Z07:00', '2006-01-02T15:04:05.999999999Z07:00', 'Mon Jan _2 15:04:05 2006', 'Mon, 02 Jan 2006 15:04:05 MST', '02 Jan 06 15:04 -0700', '3:04PM', '2006-002', 'Jan _2 15:04:05.000', '06/1/2 15h4m5s',
    'Monday, January 2 2006', '15:04:05,000000', '2006-01-02 15:04:05.999 -0700 MST', '__2 2006', 'Z0700 -07 -07:00:00 Z07:00:00', 'pm PM 03 3', 'unixtime', '.00 ,999 05.000', '20060102150405', 'Jan January Mon Monday MST', '', 'héé 2006 ☃', '2006-01-02 Mond', '1504 05.9', '_2006 __2']
TIMES = [('2006-01-02', '2024-02-29'), ('2006-01-02', '2023-02-29'), ('2006-01-02', '1969-12-31'), ('2006-01-02', '0001-01-01'), ('2006-01-02', '9999-12-31'), ('2006-01-02T15:04:05Z07:00', '2024-03-10T02:30:00-05:00'),
    ('2006-01-02T15:04:05Z07:00', '2024-10-27T00:59:59.123456789Z'), ('2006-01-02 15:04:05 MST', '2024-06-01 12:00:00 PDT'), ('2006-01-02 15:04:05 MST', '2024-06-01 12:00:00 UTC'), ('2006-01-02 15:04:05 -0700', '2024-06-01 12:00:00 +0545'),
    ('Mon Jan _2 15:04:05 2006', 'Thu Feb  1 09:08:07 2024'), ('3:04PM', '11:59PM'), ('2006-002', '2024-366'), ('2006-002', '2023-366'), ('02 Jan 06', '5 Feb 99'), ('02 Jan 06', '05 Feb 70'), ('January 2 2006', 'march 3 2020'), ('15:04:05.000', '01:02:03.4567'),
    ('15:04:05', '25:00:00'), ('15:04', '12:60'), ('2006-01-02', '2024-13-01'), ('2006-01-02', '2024-1-1'), ('2006-01-02', '2024-01-01x'), ('2006-01-02', ''), ('', 'x'), ('2006', '20245'), ('Jan', 'Foo'), ('Mon', 'Foo'), ('PM', 'xx'), ('Z07:00', '+25:00'), ('MST', 'x'), ('MST', 'GMT+3'),
    ('-0700', '+1'), ('2006-01-02T15:04:05Z07:00', '2024-01-01T00:00:00'), ('.000', '.12'), ('15:04:05', '10:11:12.5'), ('15:04:05', '10:11:12,75'), ('2006-01-02 "x"', '2024-01-02 "y"'), ('Jan _2', 'Jan 31'), ('Jan _2', 'Feb 30'), ('_2 Jan 2006', '31 Apr 2021'), ('2006-01-02', 'héé'), ('MST -0700', 'CEST +0200'), ('2006-01-02 MST', '2024-01-01 ChST')]
ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Asia/Tokyo', 'Local', '', 'Nowhere/City', 'America/Sao_Paulo', 'Pacific/Apia', 'Africa/Casablanca', 'Etc/GMT+5', 'America/St_Johns', 'Europe/London', '../x', 'utc']
DURATIONS = ['1h', '90m', '-1.5h', '1h30m15s', '100ms', '1us', '1µs', '0', '24h', '-720h', '9999999h', '1d', '', 'x', '1', '.5s', '1.s', '.s', '3000000h', '1h-1m', '+5m', '2562047h47m16.854775807s', '1ns', '8760h', '1.0000000001s']
STAMPS = ['0', '1709164800', '(int64 1709164800)', '(int 1709164800)', '-1', '(int64 -62135596800)', '253402300799', '(int64 9223372036854775807)', '(int64 1e11)', '1711846800', '1729990799']


CHUNKS = ['2006', '06', '01', '1', 'Jan', 'January', '02', '_2', '2', '002', '__2', 'Mon', 'Monday', '15', '03', '3', '04', '4', '05', '5', '.000', '.999', ',000', '.00', 'PM', 'pm', 'MST', 'Z0700', 'Z07:00', 'Z07', '-0700', '-07:00', '-07', '-07:00:00', '-070000', 'Z07:00:00', '-', ':', ' ', 'T', '/', ', ', 'x', '_', '0', 'é', '.', "'"]


def layout_of(r):
    return r.choice(LAYOUTS) if r.random() < .5 else ''.join(r.choice(CHUNKS) for _ in range(r.randint(1, 7)))


def time_of(r):
    k = r.random()
    layout, value = r.choice(TIMES)
    if k < .55:
        return '(toDate %s %s)' % (text(layout), text(value))
    if k < .7:
        return '(%s %s %s)' % (r.choice(['mustToDate', 'toDate']), text(layout_of(r)), text(value))
    if k < .8:
        return '(%s %s (toDate "2006-01-02T15:04:05Z07:00" "%s"))' % (r.choice(['dateModify', 'mustDateModify', 'date_modify']), text(r.choice(DURATIONS)), r.choice(['2024-03-10T06:59:59Z', '2024-12-31T23:59:59.5+14:00', '1700-01-01T00:00:00Z']))
    if k < .9:
        return '((toDate "2006-01-02" "2024-%02d-%02d").AddDate %s %s %s)' % (r.randint(1, 12), r.randint(1, 28), r.choice(INTS), r.choice(INTS), r.choice(INTS))
    return '(toDate "2006-01-02 15:04:05" "%04d-%02d-%02d %02d:%02d:%02d")' % (r.choice([1, 1582, 1883, 1900, 1970, 2000, 2011, 2024, 2038, 2100, 9999]), r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59))


def duration_of(r):
    return '((%s).Sub %s)' % (time_of(r), time_of(r))


TIME_METHODS = ['Year', 'Month', 'Day', 'Weekday', 'YearDay', 'Hour', 'Minute', 'Second', 'Nanosecond', 'Unix', 'UnixMilli', 'UnixMicro', 'UnixNano', 'UTC', 'Location.String', 'Zone', 'ISOWeek', 'Date', 'Clock', 'String', 'GoString', 'MarshalJSON', 'MarshalText', 'IsZero', 'IsDST',
    'Month.String', 'Weekday.String', 'UTC.String', 'Nope', 'wall', 'MarshalBinary', 'ZoneBounds', 'Local']
DURATION_METHODS = ['Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Microseconds', 'Nanoseconds', 'String', 'Abs', 'Nope']


# the place of a time is a pointer, which prints as a number
NO_NUMBERS = [show for show in SHOW if '%d' not in show]


def dates(r):
    k = r.random()
    t = time_of(r)
    if k < .2:
        return shown(r, t[1:-1], NO_NUMBERS)
    if k < .35:
        return shown(r, 'date %s %s' % (text(layout_of(r)), r.choice([t, r.choice(STAMPS)])), NO_NUMBERS)
    if k < .5:
        return shown(r, '%s %s %s %s' % (r.choice(['dateInZone', 'date_in_zone']), text(layout_of(r)), r.choice([t, r.choice(STAMPS)]), text(r.choice(ZONES))), NO_NUMBERS)
    if k < .55:
        return shown(r, r.choice(['htmlDate %s' % t, 'htmlDateInZone %s %s' % (t, text(r.choice(ZONES))), 'unixEpoch %s' % t]), NO_NUMBERS)
    if k < .62:
        return shown(r, 'durationRound %s' % r.choice([text(r.choice(DURATIONS)), duration_of(r), number(r), any_value(r)] if r.random() < .8 else ['(int64 %s)' % number(r)]), NO_NUMBERS)
    if k < .69:
        return shown(r, 'duration %s' % r.choice([number(r), string(r), '(int64 %s)' % number(r), text(r.choice(INTS)), any_value(r)]), NO_NUMBERS)
    if k < .85:
        return shown(r, '%s.%s' % (t, r.choice(TIME_METHODS)), NO_NUMBERS)
    if k < .93:
        d = duration_of(r)
        return shown(r, r.choice(['%s.%s' % (d, r.choice(DURATION_METHODS)), '%s.Round %s' % (d, duration_of(r)), '%s.Truncate %s' % (d, duration_of(r)), '%s.Add %s' % (t, d), '%s.Round %s' % (t, d), '%s.Truncate %s' % (t, d), d[1:-1]]), NO_NUMBERS)
    return shown(r, '%s.%s' % (t, r.choice(['Format %s' % text(layout_of(r)), 'After %s' % time_of(r), 'Before %s' % time_of(r), 'Equal %s' % time_of(r), 'Compare %s' % time_of(r), 'Format', 'Format 1', 'Year 1', 'AddDate 1', 'In %s.Location' % time_of(r), 'AppendFormat (.Files.GetBytes "f.txt") "2006"', 'Add 5', 'Add "1h"'])), NO_NUMBERS)


def version(r):
    return r.choice(['%d.%d.%d' % (r.randint(0, 3), r.randint(0, 4), r.randint(0, 4)), 'v%d.%d' % (r.randint(0, 3), r.randint(0, 9)), '%d' % r.randint(0, 3), '1.2.3-%s' % r.choice(['alpha', 'alpha.1', 'rc.10', '0', '00', 'a.b.c', '-', '1.x']), '1.2.3+%s' % r.choice(['b', 'b.1', '001', '']),
        '1.2.3-beta.2+exp.sha', '0.0.0', '01.2.3', '1.2.3.4', '1.02.3', 'V1.2.3', ' 1.2.3', '1.2.3 ', 'x', '', '1.2.x', '1..2', '1.2.3-', '1.2.3-é', '18446744073709551615.0.0', '18446744073709551616.0.0', '1.2.3-99999999999999999999', 'v1.34.0-eks-abc123', '1.27+', 'v1', '1.2.3-0123', '>1', '1.2.3-a..b', '-1.2.3'])


def constraint(r):
    parts = []
    for _ in range(r.choice([1, 1, 1, 2, 2, 3])):
        op = r.choice(['', '=', '!=', '>', '<', '>=', '=>', '<=', '=<', '~', '~>', '^', '== ', '<>', '!', '>>', '= ', '>= ', '^ ', '~ ', '\t>'])
        v = r.choice([version(r), version(r), '1.x', '1.2.X', '*', 'x', '1.*', '0.0', '0', '0.2.x', 'v1.2', '0.0.3', '1.2-0', '>=1.19-0', '1.2.*-beta'])
        parts.append(op + v)
        if r.random() < .12:
            parts[-1] = '%s - %s' % (version(r), version(r))
    return r.choice([', ', ' ', ',', ' || ', '||', '  ,  ']).join(parts)


VERSION_METHODS = ['Major', 'Minor', 'Patch', 'Prerelease', 'Metadata', 'Original', 'String', 'IncMajor', 'IncMinor', 'IncPatch', 'Value', 'MarshalText', 'MarshalJSON', 'Nope', 'IncMajor.Original', 'SetPrerelease "rc.1"', 'SetMetadata "b"', 'SetPrerelease "é"', 'Compare (semver "1.2.3-rc.1")', 'Equal (semver "1.2.3")',
    'LessThan (semver "1.2.4")', 'GreaterThan (semver "1.2")', 'Compare "1.2.3"', 'Compare nil', 'LessThanEqual (semver "1")', 'GreaterThanEqual (semver "2")', 'pre', 'Major 1']


def semvers(r):
    k = r.random()
    if k < .6:
        return shown(r, 'semverCompare %s %s' % (text(constraint(r)), r.choice([text(version(r)), text(version(r)), '.Capabilities.KubeVersion.Version', '.Chart.Version'])))
    if k < .75:
        return shown(r, 'semver %s' % text(version(r)))
    return shown(r, '(semver %s).%s' % (text(version(r)), r.choice(VERSION_METHODS)))


ATOMS = ['a', 'b', 'x', '.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\b', '\\B', '^', '$', '\\A', '\\z', '[a-z]', '[^a-c]', '[[:alpha:]]', '[[:^digit:]]', '[[:word:]x]', '\\pL', '\\p{Greek}', '\\PN', '\\p{^Lu}', '[\\d\\-.]', '[]a]', '[^]a]', '\\x41', '\\x{1F600}', '\\101', '\\n', '\\t', 'é', '日',
    '\\Qa.b\\E', '\\.', '\\-', '\\/', '(?i:AB)', '(?s:.)', '(?U:a*)', '(?m:^b$)', '(?-i:a)', '(ab)', '(?:ab)', '(a|b|)', '(?P<n>a)', '(?<n2>b)', '()', '(a)(b)?', '[a-\\x7f]', '\\C', '[[:ascii:]]', '\\a', '\\f', '\\v', ' ', 'foo', '1', '-', 'A|B', '|', '{', '}', '{2', 'a{,2}', '\\_', '[ -~]', '[\\pL\\s]', '[\\w-]', '\\#']
BAD_ATOMS = ['[', '(', ')', '*', '+', '?', '\\', '[z-a]', '(?=a)', '(?!a)', '(?<=a)', '\\1', '\\k<n>', '(?P<n>', '(?P<1>a)', '(?P<n>a)(?P<n>b)', '(?P=n)', '\\p{Nope}', '[[:nope:]]', 'a{1001}', 'a{2,1}', 'a**', 'a+?+', '(?z)', '(?i', '\\8', '\\x{110000}', '\\xg', '[a', '[\\', '(?', '(?P', '\\pX', 'a{0}{2}', '(?i)(?-s)', '\\Z', '[a-\\d]', '\\Q', 'x{3}{3}{999}', '(a{500}){3}', '\\u0041', '(?#c)', '(?>a)', '[[.a.]]', '\\h', '(?i)k', '(?i)ſ']
QUANTS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,}', '{0,2}', '{1,3}?', '{0}']
SUBJECTS = ['', 'a', 'ab', 'abab', 'aXbX', 'foo bar baz', 'Foo.BAR-42', 'a.b', 'line1\nline2\nb\n', 'héllo wörld', '日本語 a b', '😀😀', 'a,b;c d', '192.168.0.1', 'foo@example.com', 'key=value, k2=v2', '\t x \n', 'aaaaaaaaab', 'k K ſ s S', 'ΑΒΓ', '--', '\\', '[x]{y}(z)', 'A1b2C3']
REPLACES = ['', 'X', '$0', '$1', '${1}x', '$1x', '$$', '$', '${', '${n}', '$n', '$n2-$n', '${1', '$99', '${0}${0}', '\\1', '$1$2', '<$0>', 'é${1}é', '$-1', '${ 1}', '$_', '$é', '${01}', '$01', '$1_2', '${n}x$$1']


def pattern(r):
    out = r.choice(['', '', '', '(?i)', '(?s)', '(?m)', '(?im-s)', '(?U)', '^'])
    for _ in range(r.randint(0, 4)):
        atom = r.choice(BAD_ATOMS) if r.random() < .07 else r.choice(ATOMS)
        out += atom + r.choice(QUANTS)
        if r.random() < .08:
            out = '(' + out + ')' + r.choice(QUANTS)
    return out


def regexes(r):
    p, s = text(pattern(r)), r.choice([text(r.choice(SUBJECTS)), text(r.choice(SUBJECTS)), string(r)])
    must = 'must' if r.random() < .7 else ''
    name = r.choice(['regexMatch', 'regexFind', 'regexFindAll', 'regexFindAll', 'regexReplaceAll', 'regexReplaceAll', 'regexReplaceAllLiteral', 'regexSplit', 'regexSplit', 'regexQuoteMeta'])
    call = (must + name[0].upper() if must else name[0]) + name[1:]
    if name in ('regexMatch', 'regexFind'):
        return shown(r, '%s %s %s' % (call, p, s))
    if name in ('regexFindAll', 'regexSplit'):
        return shown(r, '%s %s %s %s%s' % (call, p, s, r.choice(['-1', '-1', '0', '1', '2', '3']), r.choice(['', ' | toJson'])))
    if name == 'regexQuoteMeta':
        return shown(r, 'regexQuoteMeta %s' % p)
    return shown(r, '%s %s %s %s' % (call, p, s, text(r.choice(REPLACES))))


VERBS = 'vdsqxXobBtTeEfFgGcUpOw'


def fmt(r):
    f = '%' + ''.join(r.choice('+-# 0') for _ in range(r.choice([0, 0, 0, 1, 1, 2, 3])))
    if r.random() < .08:
        f += r.choice(['[1]', '[2]', '[0]', '[x]', '[3]', '[', '[1'])
    if r.random() < .35:
        f += r.choice(['1', '3', '6', '10', '20', '*', '-5', '0', '1000001', '[2]*'])
    if r.random() < .35:
        f += '.' + r.choice(['0', '1', '2', '3', '5', '10', '*', '', '20', '-1', '[1]*', '30'])
    return f + r.choice(VERBS if r.random() < .96 else 'zyé!%i\n ')


def printable(r):
    """A value without pointers inside, which odd verbs print with what is behind them."""
    while True:
        v = any_value(r)
        if 'toDate' not in v:
            return v


def prints(r):
    k = r.random()
    if k < .6:
        return ask('{{ printf %s %s }}' % (text('|' + fmt(r) + '|'), printable(r)))
    if k < .8:
        return ask('{{ printf %s %s }}' % (text(' '.join(fmt(r) for _ in range(r.randint(1, 3)))), ' '.join(printable(r) for _ in range(r.randint(0, 4)))))
    if k < .9:
        return ask('{{ %s %s }}' % (r.choice(['print', 'println', 'html', 'js', 'urlquery', 'toString', 'quote', 'squote', 'cat', 'join "-"', 'toJson', 'toYaml', 'toStrings', 'trunc 3', 'toRawJson', 'len']), ' '.join(printable(r) for _ in range(r.randint(0, 3)))))
    return ask('{{ printf %s %s }}' % (text('|' + fmt(r) + '|'), r.choice(FLOATS + BIGS + ['(list %s %s)' % (r.choice(FLOATS), r.choice(BIGS)), '(dict "k" %s)' % r.choice(FLOATS + BIGS)])))


def strings(r):
    s, n, m = string(r), r.choice(INTS), r.choice(INTS)
    t = string(r)
    return shown(r, r.choice([
        *('%s %s' % (f, s) for f in 'upper lower title untitle trim nospace initials swapcase snakecase camelcase kebabcase quote squote b64enc b64dec b32enc b32dec toString len urlquery html js sha1sum sha256sum sha512sum adler32sum base dir clean ext isAbs osBase osDir osExt osClean osIsAbs toJson toRawJson toYaml reverse regexQuoteMeta'.split()),
        *('%s %s %s' % (f, n, s) for f in ('trunc', 'trunc', 'repeat', 'wrap', 'abbrev', 'indent', 'nindent')), *('%s %s %s' % (f, t, s) for f in 'trimAll trimall trimPrefix trimSuffix contains hasPrefix hasSuffix cat quote squote splitList split eq lt printf'.split()),
        *('substr %s %s %s' % (n, m, s) for _ in range(4)), *('abbrevboth %s %s %s' % (n, m, s) for _ in range(4)), *('wrapWith %s %s %s' % (n, t, s) for _ in range(2)), 'replace %s %s %s' % (t, text(r.choice(STRINGS)), s), 'plural %s %s %s' % (s, t, r.choice(INTS + ['(len "a")', '1.0', '(int64 1)', '"1"'])),
        'splitn %s %s %s' % (t, n, s), 'trunc %s %s' % (m, s), 'slice %s %s %s' % (s, n, m), 'slice %s %s' % (s, n), 'index %s %s' % (s, n), '(%s | %s | %s)' % (s, r.choice(['upper', 'lower', 'title', 'swapcase', 'trunc 4', 'b64enc']), r.choice(['snakecase', 'kebabcase', 'camelcase', 'initials', 'untitle', 'quote'])), 'wrap %s %s' % (r.choice(['1', '5', '10', '0', '-3']), text('%s %s' % (r.choice(STRINGS), r.choice(STRINGS))))]))


def lists(r):
    x, y, v, n, m = r.choice(LISTS), r.choice(LISTS), any_value(r), r.choice(INTS), r.choice(INTS)
    must = r.random() < .25
    calls = [*('%s %s' % (f, x) for f in 'first rest last initial reverse uniq compact'.split()), *('%s %s %s' % (f, x, v) for f in ('append', 'prepend', 'without')), 'has %s %s' % (v, x), 'chunk %s %s' % (n, x), 'slice %s %s' % (x, n), 'slice %s %s %s' % (x, n, m), 'slice %s %s %s %s' % (x, n, m, n), 'slice %s' % x,
        'without %s %s %s' % (x, v, any_value(r)), 'first %s' % v, 'append %s %s' % (v, v), 'chunk %s %s' % (n, v), 'has %s %s' % (x, v), 'slice %s %s' % (v, n), 'uniq %s' % v, 'compact %s' % v, 'reverse %s' % v, 'rest %s' % v]
    if must:
        c = r.choice(calls)
        return shown(r, 'must' + c[0].upper() + c[1:])
    return shown(r, r.choice([*calls, *('%s %s' % (f, x) for f in 'sortAlpha toStrings len join values toJson max min all any coalesce empty toYaml printf kindOf toPrettyJson'.split()), 'concat %s %s' % (x, y), 'concat %s %s' % (x, v), 'join %s %s' % (string(r), x), 'index %s %s' % (x, n), 'join "," %s' % v, 'sortAlpha %s' % v, 'toStrings %s' % v, 'deepEqual %s %s' % (x, y),
        'until %s' % r.choice(INTS[:11] + FLOATS[:5] + ['"3"', 'nil', '(int64 3)']), 'untilStep %s %s %s' % (n, m, r.choice(INTS)), 'untilStep %s %s %s' % (n, m, r.choice(['1000', '0', '1.5', '"1"'])), 'seq %s' % n, 'seq %s %s' % (n, m), 'seq %s %s %s' % (n, r.choice(INTS), m), 'seq', 'seq 1 2 3 4', 'concat', 'concat %s %s %s' % (x, y, r.choice(LISTS)), 'append %s %s | uniq' % (x, v)]))


def dicts(r):
    d, e, v = r.choice(DICTS), r.choice(DICTS), any_value(r)
    key = r.choice(['"a"', '"b"', '"x"', '"z"', '"nope"', '""', '"a.b"', '1', 'nil', '"é"'])
    k = r.random()
    if k < .5:
        return shown(r, r.choice(['get %s %s' % (d, key), 'hasKey %s %s' % (d, key), 'set %s %s %s' % (d, key, v), 'unset %s %s' % (d, key), 'pick %s %s "a"' % (d, key), 'omit %s %s' % (d, key), 'pluck %s %s %s' % (key, d, e), 'keys %s | sortAlpha' % d, 'keys %s %s | sortAlpha' % (d, e), 'values %s | len' % d,
            'merge %s %s' % (d, e), 'mergeOverwrite %s %s' % (d, e), 'mustMerge %s %s' % (d, e), 'mustMergeOverwrite %s %s' % (d, e), 'merge %s %s %s' % (d, e, r.choice(DICTS)), 'mergeOverwrite %s %s %s' % (d, e, r.choice(DICTS)), 'deepCopy %s' % d, 'mustDeepCopy %s' % v, 'deepEqual %s %s' % (d, e), 'deepEqual %s %s' % (d, d), 'dict %s %s' % (key, v), 'dict %s %s %s' % (key, v, key),
            'dig %s "D" %s' % (key, d), 'dig "a" "b" %s %s' % (v, d), 'dig "a" "b" "c" %s %s' % (v, d), 'dig %s' % d, 'dig "a" %s' % d, 'dig "a" %s %s %s' % (key, v, v), 'index %s %s' % (d, key), 'index %s "a" "b"' % d, 'len %s' % d, 'get %s %s' % (v, key), 'pluck %s %s' % (key, v), 'keys %s | sortAlpha' % v, 'merge %s %s' % (v, d), 'merge %s %s' % (d, v), '%s.a' % d, '%s.a.b.c' % d, '%s.nope.x' % d, 'toJson %s' % d, 'toToml %s' % d, 'fail (%s | toJson)' % d, 'set %s %s %s | %s' % (d, key, v, r.choice(['toJson', 'toYaml', 'len'])), 'set %s "self" 1 | keys | sortAlpha' % d]))
    # Nothing may come to hold itself: Go's deepCopy would take all memory.
    whole = ('$', '.Values', '.Values.m', '.Values.deep', '.Values.em')
    d, e = (r.choice([x for x in DICTS if x != '.Values']) for _ in range(2))
    part = lambda: next(v for v in iter(lambda: any_value(r), None) if v not in whole)
    make = r.choice(['merge', 'mergeOverwrite', 'mustMerge', 'mustMergeOverwrite'])
    step = lambda: r.choice(['{{ $_ := set $d %s %s }}' % (r.choice(['"a"', '"b"', '"n"']), part()), '{{ $_ := unset $e "a" }}', '{{ $d = %s $d $e }}' % make, '{{ $_ := %s $d (deepCopy $e) }}' % make, '{{ $_ := set $d "l" (append (get $d "l" | default list) 1) }}', '{{ $f := deepCopy $d }}{{ $_ := set $f "f" 1 }}', '{{ range $k, $v := $d }}{{ $_ := set $e $k $v }}{{ end }}', '{{ $_ := set .Values "d" $d }}', '{{ $_ := set (get $d "a" | default dict) "in" 2 }}', '{{ $o := omit $d "a" }}{{ $_ := set $o "o" 1 }}{{ $o | toJson }}', '{{ $p := pick $d "a" "b" }}{{ $p | toJson }}', '{{ with $d }}{{ $_ := set . "w" (len .) }}{{ end }}'])
    return ask('{{ $d := %s }}{{ $e := %s }}%s\n{{ $d | toJson }}\n{{ $e | toYaml }}\n{{ .Values | toJson }}' % (d, e, ''.join(step() for _ in range(r.randint(1, 4)))))


def numbers(r):
    x, y, z = number(r), number(r), r.choice([number(r), string(r), any_value(r)])
    k = r.random()
    if k < .35:
        return shown(r, '%s %s' % (r.choice('int int64 float64 toDecimal atoi abs ceil floor add1 add1f toString int64 float64 quote toJson toYaml len not print duration kindOf typeOf toRawJson'.split()), r.choice([x, string(r), z])))
    if k < .7:
        return shown(r, '%s %s %s' % (r.choice('add sub mul div mod max min biggest addf subf mulf divf maxf minf eq ne lt le gt ge and or'.split()), x, r.choice([y, y, z])))
    if k < .8:
        return shown(r, '%s %s %s %s' % (r.choice('add mul max min addf mulf subf divf maxf minf eq'.split()), x, y, z))
    if k < .9:
        return shown(r, 'round %s %s %s' % (x, r.choice(['0', '1', '2', '3', '-1', '10', '400']), r.choice(['', '', '0.3', '0.5', '1'])))
    if k < .95:
        return ask('{{ %s }}|{{ printf "%%v" %s }}|{{ toString %s }}|{{ toJson %s }}|{{ toYaml %s }}|{{ quote %s }}|{{ print %s }}|{{ list %s }}|{{ dict "a" %s | toYaml }}|{{ toYamlPretty (dict "a" %s) }}|{{ toToml (dict "a" %s) }}' % ((x,) * 11))
    lit = r.choice(['1_0', '0x_1', '1__0', '0b12', '0o8', '08', '0x1.8p1', '1i', '1e', '1e+', '0x', '1.2.3', '1a', "'", "'\\x41'", "'ab'", "'☃'", "'\\''", '1e3i', '0b', '.1', '+1', '-0x10', '1.', '00', '017', '0_7', '1_000.5', '1e400', '0x1p', '1.5.a', '5.5', '1x', "'\\400'", '-', '+', '--1', '1-1', '1+1i', '0X1F', '0B1', '1E5', '1e5', '10.0'])
    return ask(r.choice(['{{ %s }}', '{{ int %s }}', '{{ printf "%%T" (%s) }}', '{{ eq %s 1 }}', '{{ index (list 1 2) %s }}', '{{ printf "%%d" %s }}', '{{ add %s 1 }}']) % lit)


def codecs(r):
    k = r.random()
    if k < .12:
        return shown(r, '%s %s' % (r.choice(['b32dec', 'b64dec']), text(r.choice(['', 'a', 'YQ==', 'YQ', 'YQ=', 'Y Q==', 'YQ==\n', 'YQ==YQ==', 'ME======', 'ME', 'me======', 'MZXW6===', 'MZXW6YQ=', '@@', 'é', 'YWJj\r\nZGVm', 'YWJ-', 'YWJ_', '=', '====', 'YW=j', 'MZ', 'MZXW6YTBOI======', 'A', 'AB', 'ABC', 'ABCD', 'ABCDE', '11111111', 'M=======', 'Zh==', 'ZmZ=']))))
    if k < .4:
        u = r.choice(['http', 'HTTPS', 'mailto', '', 'ht+tp.1-x', '1http', 'é', ':', 'a b']) + r.choice(['://', ':', '//', ':/', '', ':///']) + r.choice(['', 'u@', 'u:p@', 'u:p:q@', 'a%40b:c%2F@', '@', 'u%zz@', 'é@', 'u p@']) + r.choice(['h', 'h.io:80', 'h:', 'h:x', '[::1]', '[::1]:80', '[::1', '[fe80::1%25eth0]', '[fe80::1%eth0]', 'é.com', 'h%41', 'h i', '', 'h:99999', '%zz', 'h\\x', '::1', 'h<>']) + r.choice(['', '/', '/a/b', '/a%2Fb', '/é', '/%zz', '/a b', '//x', '/./a/../b', '*', 'rel/p', '/a;b=c', '/"x"', '/%e9', '/:x', '/[x]']) + r.choice(['', '?', '?a=1&b=2', '?a b', '?%zz', '?é', '?a=1#', '?x?y']) + r.choice(['', '#', '#f', '#é f', '#%zz', '#a#b', '#%41'])
        if r.random() < .6:
            return shown(r, 'urlParse %s' % text(u))
        if r.random() < .5:
            return shown(r, 'urlJoin (urlParse %s)' % text(u))
        fields = ' '.join('%s %s' % (text(f), r.choice([text(r.choice(STRINGS)), '"a/b"', '"u:p"', '"h:80"', '"x=y"', number(r), 'nil'])) for f in r.sample(['scheme', 'host', 'path', 'query', 'fragment', 'userinfo', 'opaque', 'hostname', 'zzz'], r.randint(0, 5)))
        return shown(r, 'urlJoin (dict %s)' % fields)
    if k < .5:
        return shown(r, '%s %s' % (r.choice(['urlquery', 'html', 'js']), ' '.join(any_value(r) for _ in range(r.randint(1, 2)))))
    if k < .75:
        return shown(r, '%s %s' % (r.choice('toJson toRawJson toPrettyJson mustToJson mustToRawJson mustToPrettyJson toYaml toYamlPretty mustToYaml toToml mustToToml'.split()), r.choice([any_value(r), '(dict "k" %s)' % any_value(r), '(list %s %s)' % (any_value(r), any_value(r)), '(dict %s %s %s (dict "i" %s))' % (string(r), any_value(r), string(r), any_value(r))])))
    if k < .85:
        v = r.choice(['(dict "k" %s)' % any_value(r), any_value(r), '(list %s)' % any_value(r)])
        a, b = r.choice([('toJson', 'fromJson'), ('toYaml', 'fromYaml'), ('toJson', 'fromYaml'), ('toToml', 'fromToml'), ('toYaml', 'fromYamlArray'), ('toJson', 'fromJsonArray'), ('toYamlPretty', 'fromYaml'), ('toJson', 'mustFromJson')])
        return shown(r, '%s | %s | %s' % (v, a, b))
    return shown(r, '%s %s' % (r.choice(['adler32sum', 'sha1sum', 'sha256sum', 'sha512sum', 'b32enc', 'b64enc', 'b32enc', 'html', 'js']), r.choice([string(r), any_value(r)])))


PIECES = [*' \n\t:#-?,[]{}&*!|>\'"%@`~=.<\\/$()+_0123456789aAbenoyxtTfN', '\n\n', '  ', ': ', ' #', '- ', '---', '...', '\r\n', '\r', 'é', 'ü', '日', '本', '😀', '\u0000', '\u0007', '\u001b', '\u007f', '\u0080', '\u0085', '\u00a0', '\u200b', '\u2028', '\u2029', '\ud7ff', '\ue000', '\ufeff', '\ufffd', '\uffff', '\U0001f468\u200d', 'true', 'null', 'yes', '0x', '0o', '1e', '1_', '.inf', '12:30', '2024-01-02', 'T10:00:00Z', 'word ', 'a longer run of words ', 'http://x', 'key', '<<', '=', '0b', '+1', '-.5']
ROUTES = ['{{ toYaml .Values.v }}', '{{ toYaml .Values }}', '{{ toYamlPretty .Values }}', '{{ toJson .Values }}', '{{ toToml .Values }}', '{{ .Values.v | quote }}', '{{ .Values.v | squote }}', '{{ printf "%q %+q %x %#q" .Values.v .Values.v .Values.v .Values.v }}', '{{ dict .Values.v 1 | toYaml }}', '{{ dict .Values.v .Values.v | toYamlPretty }}', '{{ dict .Values.v 1 | toToml }}', '{{ dict .Values.v 1 | toJson }}', '{{ list .Values.v (list .Values.v) | toYaml }}', '{{ printf "k: %s" .Values.v | fromYaml | toJson }}', '{{ .Values.v | fromYaml | toJson }}', '{{ .Values.v | nindent 2 }}|', '{{ .Values.v | toYaml | fromYaml | toJson }}', '{{ printf "- %s" .Values.v | fromYamlArray | toJson }}', '{{ dict "a" (dict "b" .Values.v) | toYaml | nindent 4 }}', '{{ .Values.v | upper }}|{{ .Values.v | title }}|{{ .Values.v | trim }}|{{ .Values.v | snakecase }}|{{ .Values.v | wrap 10 }}', '{{ html .Values.v }}{{ js .Values.v }}{{ urlquery .Values.v }}', '{{ printf "%#v" .Values }}', '{{ .Values }}', '{{ (dict "k" .Values.v) | toYaml | fromYaml | toJson }}', '{{ .Values.v | fromJson | toJson }}', '{{ printf "{\\"a\\": %s}" .Values.v | fromJson | toJson }}', '{{ printf "a = %s" .Values.v | fromToml | toJson }}', '{{ toRawJson .Values.v }}{{ toPrettyJson .Values.v }}', '{{ toString .Values.v | int }} {{ atoi .Values.v }} {{ float64 .Values.v }} {{ toDecimal .Values.v }}', '{{ .Values.v | urlParse | toJson }}', '{{ semver .Values.v }}', '{{ duration .Values.v }} {{ durationRound .Values.v }}', '{{ .Values.v | splitList " " | toJson }}{{ .Values.v | len }}', '{{ regexMatch .Values.v "a" }}', '{{ mustRegexFind .Values.v "abc 123" }}', '{{ tpl .Values.v . }}', '{{ base .Values.v }} {{ dir .Values.v }} {{ clean .Values.v }} {{ ext .Values.v }}', '{{ b64dec .Values.v }}', '{{ .Values.v | trunc 5 }}|{{ .Values.v | abbrev 8 }}|{{ .Values.v | initials }}|{{ .Values.v | camelcase }}|{{ .Values.v | kebabcase }}|{{ .Values.v | untitle }}']


def scalars(r):
    """Any string, number or small tree by any way to the output."""
    leaf = lambda: ''.join(r.choice(PIECES) for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4, 6, 10, 25])))
    v = leaf() if r.random() < .8 else r.choice([float(number_text(r)), [leaf(), leaf()], {leaf(): leaf(), leaf(): [leaf(), {}]}, {'a': [{leaf(): leaf()}, [[], leaf()]]}])
    return {'files': {'templates/a.yaml': r.choice(ROUTES)}, 'values': {'v': v}}


JSONS = ['{"a": 1, "b": [true, false, null], "c": {"d": "e\\u00e9\\n"}}', '[1, -2.5e10, 0.1, "x", {}, []]', '"str"', '12345678901234567890', '{"a":{"a":{"a":[[[]]]}}}', '[{"x":1},{"x":2}]', ' {"k" : "v"} ', '{"é":"日本","\\ud83d\\ude00":"\\ud800"}', 'null', 'true', '{"a":1,"a":2}', '-0', '1e400', '[1e5,1E+2,1.0]']
YAMLS = ['a: 1\nb:\n  - x\n  - y: z\n    w: [1, 2, {q: r}]\nc: "s\\tx"\n', 'k: |\n  line1\n   line2\n\nl: >-\n  fold\n  ed\nm: \'it\'\'s\'\n', '- 1\n- two\n- {a: b}\n- [x, y]\n- ~\n', 'a: &anc {x: 1}\nb: *anc\nc:\n  <<: *anc\n  y: 2\n', '? complex\n: value\n"quoted key": yes\n1: int\n', '# comment\na: b # trailing\n---\nc: d\n...\n', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: {a: b}\nspec:\n  containers:\n  - name: c\n    args: ["-a", \'-b\']\n    ports:\n    - containerPort: 80\n', 'd: 2024-01-01\nf: 1.5e3\nh: 0x1F\no: 0o7\nn: null\nt: !!str 5\nb: !!binary aGk=\n', 'a:\n    b:\n        c: d\n    e: |+\n      keep\n\n    f: g\n', '{a: [1, 2, {b: c}], "d": e}\n', '"a": "b\\\n  c"\nx: plain\n  multi\n  line\n']
TOMLS = ['a = 1\nb = "x"\nc = [1, 2.5]\n[t]\nk = true\n[t.u]\nv = 1979-05-27T07:32:00Z\n', '[[p]]\nn = 1\n[[p]]\nn = 2\n[[p.q]]\nz = "y"\n', 's = """\nmulti\n  line\\\n   cont"""\nl = \'lit\'\nm = \'\'\'raw\n\'\'\'\n', 'i = 1_000\nh = 0xFF\no = 0o7\nb = 0b1\nf = 1e3\ninf = -inf\nd = 2024-01-01\nt = 10:11:12.5\nld = 2024-01-01T10:00:00\n', 'a.b.c = 1\n"q k".\'x\' = 2\nt = { x = 1, y = { z = 2 } }\n# c\n', 'arr = [\n  "a", # c\n  "b",\n]\nu = "\\u00e9\\n"\n']
TOKENS = ['"', "'", '{', '}', '[', ']', ',', ':', '\n', ' ', '\t', '-', '- ', ': ', '#', '&a', '*a', '!', '|', '>', '\\', '=', '.', '0', '1', 'e', 'é', '\u0000', '//', '\\u', '\\x', '\r', '---\n', '? ', '%', '@', '`', '~', '\n\n', '  ', '!!int ', '<<: ', '"""', '[[', ']]', '+', 'null', '\u2028', '\ufeff']


def mutate(r, s, tokens):
    """The text with a few small faults."""
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        at = r.randint(0, len(s))
        k = r.random()
        if k < .35:
            s = s[:at] + s[at + r.choice([1, 1, 2, 5]):]
        elif k < .8:
            s = s[:at] + r.choice(tokens) + s[at:]
        elif k < .9:
            s = s[:at] + r.choice(tokens) + s[at + 1:]
        else:
            end = min(len(s), at + r.randint(1, 8))
            s = s[:at] + s[at:end] + s[at:]
    return s


def documents(r):
    texts, names = r.choice([(JSONS, ['fromJson', 'fromJsonArray', 'mustFromJson', 'fromYaml']), (YAMLS, ['fromYaml', 'fromYaml', 'fromYamlArray']), (YAMLS, ['fromYaml']), (TOMLS, ['fromToml'])])
    doc = r.choice(texts)
    if r.random() < .9:
        doc = mutate(r, doc, TOKENS)
    q = ask('{{ %s .Values.doc%s }}' % (r.choice(names), r.choice(['', ' | toJson', ' | toJson', ' | toYaml'])))
    return {**q, 'values': {'doc': doc}}


TYPES = ['string', 'int', 'int64', 'float64', 'bool', 'map[string]interface {}', '[]interface {}', 'slice', 'map', 'ptr', 'struct', 'invalid', 'interface', '*semver.Version', '[]string', '[]int', 'time.Time', 'chart.Metadata', 'files', 'common.Values', '<nil>', '']


def kinds(r):
    v, w = any_value(r), any_value(r)
    return shown(r, r.choice([*('%s %s' % (f, v) for f in 'typeOf kindOf empty not deepCopy toString all any coalesce len fail call html index slice print quote'.split()), *('%s %s %s' % (f, text(r.choice(TYPES)), v) for f in ('typeIs', 'kindIs', 'typeIsLike')), *('%s %s %s' % (f, v, w) for f in 'eq ne lt le gt ge deepEqual default coalesce and or has append index slice call len ternary eq eq lt'.split()),
        'eq %s %s %s' % (v, w, any_value(r)), 'ternary %s %s %s' % (v, w, r.choice(['true', 'false', any_value(r)])), 'coalesce %s %s %s' % (v, w, any_value(r)), 'any %s %s' % (v, w), 'all %s %s' % (v, w), 'index %s %s %s' % (v, w, any_value(r)), 'default %s %s' % (v, v), 'required "m" %s' % v, 'required %s %s' % (string(r), v), '%s | default %s' % (v, w), 'and %s (fail "x")' % v, 'or %s (fail "x")' % v, 'deepEqual %s (%s | deepCopy)' % (v, v), 'dict "a" %s | toJson' % v, 'list %s | toYaml' % v, 'lookup "v1" "Pod" "ns" %s' % v, 'include %s %s' % (v, w), 'tpl %s %s' % (v, w), 'contains %s %s' % (v, w), 'set (dict) %s %s' % (v, w), 'join %s %s' % (v, w), 'repeat 2 %s' % v, 'trunc %s %s' % (v, w), 'cat %s %s' % (v, w), 'splitList %s %s' % (v, w), 'eq (typeOf %s) (typeOf %s)' % (v, w)]))


FAMILIES = [('dates', 5, dates), ('semvers', 4, semvers), ('regexes', 8, regexes), ('prints', 8, prints), ('strings', 7, strings), ('lists', 6, lists), ('dicts', 6, dicts), ('numbers', 7, numbers), ('codecs', 7, codecs), ('documents', 8, documents), ('kinds', 8, kinds), ('scalars', 12, scalars)]
