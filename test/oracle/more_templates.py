"""Templates as a whole: nesting, scope, white space, errors through several templates, and broken text."""
from more_calls import VALUES, any_value, ask, mutate, string, text

DOTS = ['.', '$', '.Values', '(list 1 2)', '(dict "a" 1)', '3', '"s"', 'nil', '(dict "root" $ "n" 2)', '.Values.m', '.Values.nope']
FAILS = ['{{ fail "boom" }}', '{{ required "need it" .Values.nope }}', '{{ .Values.nope.deeper }}', '{{ index (list) 3 }}', '{{ template "missing" . }}', '{{ include "missing" . }}', '{{ tpl "{{ fail \\"in tpl\\" }}" . }}', '{{ tpl "{{ .x.y.z }}" (dict) }}', '{{ tpl "{{ nofunc }}" . }}', '{{ tpl "{{ if }}" . }}',
    '{{ mustFromJson "{" }}', '{{ semver "x" }}', '{{ fail (printf "line1\\nline2: %s" "x") }}', '{{ required "a: b" "" }}', '{{ toDate 1 2 }}', '{{ 1 | add "x" | fail }}', '{{ divf 1 0 }}', '{{ div 1 0 }}', '{{ mod 1 0 }}', '{{ .Values.s.t }}', '{{ (index .Values.l 9) }}', '{{ call .Values.s }}', '{{ len 3 }}', '{{ slice "abc" 5 }}',
    '{{ include "rec" . }}', '{{ regexMatch "[" "a" }}', '{{ mustRegexMatch "[" "a" }}', '{{ mustToJson (dict "a" .Files) }}', '{{ .Values.i.x }}', '{{ .Values.l.x }}', '{{ $.nope.x }}', '{{ .Chart.Nope }}', '{{ .Release.Nope.x }}', '{{ .Files.Nope }}', '{{ get . "x" 1 }}', '{{ eq 1 }}', '{{ lt nil 1 }}', '{{ fail "" }}', '{{ fail "é☃\\t%d %s" }}', '{{ first 3 }}', '{{ tpl 3 . }}',
    '{{ include "x" }}', '{{ b64dec 3 }}', '{{ dict "a" 1 | get "a" }}', '{{ merge (dict) "x" }}', '{{ untilStep 1 }}', '{{ range 5.5 }}{{ end }}', '{{ required "r" (include "deep" .) }}', '{{ lookup "v1" "Pod" }}', '{{ atoi (list) }}', '{{ .Values.l | join "," | nindent "x" }}', '{{ mustToDate "2006" "x" }}', '{{ fromYaml 3 }}', '{{ toYaml }}', '{{ tpl "{{ template \\"q\\" }}" . }}', '{{ tpl "{{ include \\"boom\\" . }}" . }}']
GOOD = ['{{ .Values.s }}', '{{ $ | typeOf }}', 'text', '{{ .Template.Name }}', '{{ .Template.BasePath }}', '{{ include "ok" . }}', '{{ template "ok" $ }}', '{{ tpl .Values.t $ }}', '{{ 1 }}', '{{ $x := 1 }}{{ $x }}', '{{ .Release.Name }}', '{{ tpl "{{ define \\"ok\\" }}new{{ end }}{{ include \\"ok\\" . }}" . }}', '{{ tpl "{{ .Template.Name }}" . }}', '{{ tpl "{{ tpl \\"{{ 1 }}\\" . }}" . }}', '{{ block "blk" . }}B{{ end }}', '{{ "日本" }}', '{{ tpl "{{ $ | typeOf }}" . }}', '{{ include "dot" 1 }}', '{{ tpl "{{ define \\"fresh\\" }}f{{ end }}" . }}{{ include "fresh" . }}']
LEADS = ['', '\n', '\n\n  ', '\t', '\t\t', 'é', '日本 ', '😀', 'k: ', '\r\n', '  - x: ', 'a\nb\nç ', '{{/* c */}}', '{{- /* c\nd */ -}}\n', '\u2028', '# {{ "x" }} ']


def action(r, s):
    """The same action written over several lines or with trims and odd spaces."""
    if not s.startswith('{{ ') or r.random() < .6:
        return s
    inner = s[3:]
    return r.choice(['{{- ', '{{\n\t', '{{  \t', '{{\r\n', '{{-\n ']) + inner.replace(' . }}', r.choice([' . }}', '\n . }}', ' .\n}}', ' . -}}']), 1)


def errors(r):
    """A failure somewhere down a chain of include, template and tpl."""
    depth = r.randint(0, 5)
    files = {'templates/_h.tpl': '{{ define "ok" }}OK{{ end }}\n{{ define "dot" }}{{ . }}{{ end }}{{ define "rec" }}{{ include "rec2" . }}{{ end }}{{ define "rec2" }}{{ fail "rec2" }}{{ end }}{{ define "deep" }}\n{{ end }}{{ define "boom" }}\n  {{- fail "boom" -}}{{ end }}'}
    fault = action(r, r.choice(FAILS)) if r.random() < .9 else r.choice(GOOD)
    body = r.choice(LEADS) + fault
    for level in range(depth):
        wrap = r.choice(['{{ if true }}%s{{ end }}', '{{ with $ }}%s{{ end }}', '{{ range (list 1) }}%s{{ end }}', '%s', '{{ with . }}\n%s{{ end }}', '%s%%s' % r.choice(LEADS).replace('%', '%%')])
        body = wrap % body if '%%' not in wrap else body
        k = r.random()
        name = 'l%d' % level
        dot = r.choice(['.', '.', '$', '.', r.choice(DOTS)])
        if k < .5:
            key = r.choice(['templates/_h.tpl', 'templates/_%s.tpl' % name, 'templates/sub/_x.tpl'])
            files[key] = files.get(key, '') + r.choice(LEADS) + '{{ define "%s" }}%s{{ end }}' % (name, body)
            body = r.choice(LEADS) + action(r, r.choice(['{{ include "%s" %s }}', '{{ include "%s" %s | nindent 2 }}', '{{ template "%s" %s }}', '{{ $x := include "%s" %s }}{{ $x }}', '{{ required "e" (include "%s" %s) }}', '{{ if include "%s" %s }}y{{ end }}', '{{ with include "%s" %s }}{{ . }}{{ end }}', '{{ print "a" (include "%s" %s | upper) }}', '{{ include (print "%s") %s | quote | nindent 4 }}']) % (name, dot))
        elif k < .7:
            body = action(r, '{{ tpl %s %s }}' % (text(body), dot))
        elif k < .8:
            body = '{{ block "%s" %s }}%s{{ end }}' % (name, dot, body)
        elif k < .9:
            body = '{{ tpl (printf "%%s" %s) %s | indent 2 }}' % (text('{{ define "t%s" }}%s{{ end }}{{ include "t%s" . }}' % (name, body, name)), dot)
        else:
            body = '%s{{ $_ := set $ "x" 1 }}%s' % (r.choice(GOOD), body)
    return ask(r.choice(['', '', 'a: b\n', r.choice(LEADS)]) + body + r.choice(['', '\n', r.choice(GOOD)]), **files)


def statements(r, d=0, loop=False):
    out = []
    for _ in range(r.randint(1, 3 if d else 4)):
        L, R = r.choice(['{{ ', '{{ ', '{{- ']), r.choice([' }}', ' }}', ' -}}'])
        a = lambda s: L + s + R
        k = r.random()
        sub = lambda inside=False: statements(r, d + 1, loop or inside) if d < 3 else r.choice(['x', ' {{ . }} ', '\n'])
        cond = lambda: r.choice(['.', '$v', '$x', 'true', 'false', '0', '""', 'nil', '.Values.s', '$.Values.b', '(eq $x 1)', '$y := 2', '$x := list', '(not .)', 'and $x .', 'or .Values.nope $x', '$z := .Values.m'])
        text_ = r.choice(['', ' ', '\n', 'T', ' t \n ', '  \n\n', '\t', '\u00a0', 'é '])
        if k < .2:
            out.append(text_ + a(r.choice(['.', '$x', '$v', '$x = 3', '$v = add $v 1', '$x := .', '$v := $x', '$x | toJson', 'typeOf .', 'len (list $x)', '$ | typeOf', '$.Release.Name', '$new := 1'])))
        elif k < .4:
            out.append(text_ + a('if ' + cond()) + sub() + ''.join(a(r.choice(['else if '] * 40 + ['else with ']) + cond()) + sub() for _ in range(r.choice([0, 0, 1, 2]))) + (a('else') + sub() if r.random() < .5 else '') + a('end'))
        elif k < .55:
            out.append(text_ + a('with ' + cond()) + sub() + ''.join(a(r.choice(['else with '] * 40 + ['else if ']) + cond()) + sub() for _ in range(r.choice([0, 0, 1, 2]))) + (a('else') + sub() if r.random() < .5 else '') + a('end'))
        elif k < .75:
            head = r.choice(['', '$i := ', '$i, $e := ', '$v = ', '$v, $x = ', '$_, $v := ', '$i, $v = '])
            over = r.choice(['"ab"', '2.0', '-1', '3', '$.Values.i', '(int64 2)', "'a'", '$x', '.'] if r.random() < .06 else ['(list 1 2 3)', '$.Values.l', '$.Values.m', '(until 3)', '$.Values.el', '(dict "a" 1 "b" 2)', '$.Values.n', '(list (list 1 2) (list 3))', '$.Values.ls', '(chunk 2 (until 3))', *(['3', '$.Values.i', '(int 2)'] if ',' not in head else [])])
            use = sub(True) + r.choice(['', '{{ if eq (toString .) "2" }}{{ break }}{{ end }}', '{{ if . }}{{ continue }}{{ end }}', '{{ break }}', '{{ range (list 8 9) }}{{ if eq . 9 }}{{ break }}{{ end }}{{ . }}{{ end }}', '{{ with . }}{{ continue }}{{ end }}no']) + r.choice(['', '{{ $e }}' if '$e' in head else '{{ . }}', ',', '{{ $i }}' if '$i :' in head or '$i, ' in head else ''])
            out.append(text_ + a('range ' + head + over) + use + (a('else') + sub() if r.random() < .3 else '') + a('end'))
        elif k < .82:
            out.append(text_ + r.choice(['{{/* c */}}', '{{- /* c */ -}}', '{{- /* c */}}', '{{/* c */ -}}', '{{ /* c */}}', '{{/* }} */}}', '{{/* c */ }}', '{{/**/}}', '{{-/* c */-}}', '{{- /*a*/ /*b*/ -}}', '{{/* a\n\nb */}}', '{{/*']) if r.random() < .04 else text_ + r.choice(['{{/* c */}}', '{{- /* c */ -}}', '{{- /* c\n*/}}', '{{/* c */ -}}', '{{- "" -}}', '{{- -3 -}}', '{{ `raw\n` -}}']))
        elif k < .9:
            out.append(text_ + a(r.choice(['include', 'template']) + ' "d%d" %s' % (r.randint(0, 3), r.choice(['.', '$', '$x', '(dict "n" 1)', '2', '(list $x .)']))))
        else:
            out.append(text_ + r.choice(['{{ define "d%d" }}in{{ . }}{{ end }}' % r.randint(0, 3) if d == 0 else 'D', '{{ block "b%d" $x }}<{{ . }}>{{ end }}' % r.randint(0, 999), '{{ tpl %s . }}' % text('{{ $x := 9 }}{{ $x }}{{ . }}'), '{{ $x }}{{ $x := 5 }}{{ $x }}', *(['{{ if $x }}{{ break }}{{ end }}', '{{ if eq (toString .) "2" }}{{ continue }}{{ end }}', '{{ break }}', '{{ continue }}'] if loop or r.random() < .03 else [])]))
    return ''.join(out)


def structures(r):
    helpers = '{{ define "d0" }}[0:{{ . }}]{{ end }}{{- define "d1" }}{{ template "d0" . }}{{ if kindIs "int" . }}{{ if gt . 0 }}{{ include "d1" (sub . 1 | int) }}{{ end }}{{ end }}{{ end -}}{{ define "d2" }}\n{{- range $i, $e := . }}{{ $i }}{{ template "d0" $e }}{{ end -}}\n{{ end }}{{ define "d3" }}{{ $ | typeOf }}{{ end }}'
    return ask('{{ $x := 1 }}{{ $v := "v" }}' + statements(r), **{'templates/_h.tpl': helpers})


CORPUS = ['{{- if .Values.b }}\nname: {{ .Release.Name | quote }}\n{{- else if eq .Values.i 5 }}\nx: {{ .Values.s }}\n{{- else }}\ny\n{{- end }}\n', '{{ range $k, $v := .Values.m }}{{ $k }}: {{ $v | toJson | nindent 2 }}\n{{ else }}none{{ end }}', '{{ define "t" }}{{ .a }}-{{ .b | default "x" }}{{ end }}{{ include "t" (dict "a" 1 "b" (list 1 2)) | upper }}',
    '{{- with .Values.deep.a }}\n{{- /* comment */}}\n  c: {{ .b.c | trunc 3 | trimSuffix "-" }}\n{{- end -}}', '{{ $x := "a" }}{{ if and (eq $x "a") (not .Values.nope) }}{{ $x = printf "%s-%d" $x 5 }}{{ end }}{{ $x }}', '{{ printf "%q %v" `raw` (index .Values.l 1) }}{{ (dict "a" (dict "b" 3)).a.b }}{{ 0x1F }} {{ 1.5e3 }} {{ \'c\' }}', '{{ block "b" .Values }}{{ .s }}{{ end }}{{ template "b" (dict "s" "q") }}',
    '{{ range until 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }},{{ end }}', '{{ tpl "{{ .Values.s }}-{{ \\"x\\" }}" $ }}{{ .Values.l | join "," | quote }}', '{{ ternary "y" "n" (hasKey .Values "s") }}{{ toYaml .Values.deep | nindent 4 }}{{ $.Chart.Name }}', '{{ required "msg" .Values.s }}{{ if or .Values.n nil }}a{{ else with .Values.m }}{{ .x }}{{ end }}', 'é: {{ "日本\\t\\u00e9\\"" }}\n\t{{ -1 }} {{ +2 }} {{ true }} {{ nil | default 3 }}\n']
TOKENS = ['{{', '}}', '{{-', '-}}', '(', ')', '|', '.', '$', ',', ':=', '=', '"', "'", '`', ' ', '\n', '\t', '/*', '*/', 'if', 'else', 'end', 'range', 'with', 'define', 'block', 'template', 'break', 'continue', 'nil', 'true', '.x', '$x', '$y', '1', '0x', '1.5', '-', '+', '\\', '%', '#', ';', '&', 'é', '\u2003', '😀', '\u0000', '\r\n', ' . ', '..', '.Values', 'foo', '{{ end }}', '{{ else }}', '{{ if }}', '{{ if 1 }}', ' -', '- ', '"x"', 'include', 'and', '_', '@', '!', '{{/*', '*/}}', '{{ define "q" }}', '{{ template "b" }}', ':', '{', '}', '[', ']', '<', '>', '?', '\ufeff']


def broken(r):
    """Whole templates with a few small faults."""
    body = mutate(r, r.choice(CORPUS), TOKENS)
    if r.random() < .15:
        return ask('{{ tpl .Values.doc . }}') | {'values': {**VALUES, 'doc': body}}
    if r.random() < .15:
        return ask('a{{ include "t" . }}', **{'templates/_z.tpl': body})
    return ask(body)


def jumbles(r):
    """Tokens in no order, in one action."""
    return ask(r.choice(['', 'é\n', '\t']) + '{{ ' + ''.join(r.choice(TOKENS) + r.choice(['', ' ', ' ']) for _ in range(r.randint(1, 6))) + r.choice([' }}', '}}', ' -}}', '']) + r.choice(['', '{{ end }}']))


def chains(r):
    """Fields, methods and arguments in odd places."""
    v = any_value(r)
    return ask('{{ %s }}' % r.choice(['(%s).%s' % (v, r.choice(['a', 'b.c', 'Nope', 'String', 'x.y.z', 'Values', 'Major', 'Year', 'Get "f.txt"', 'Name', 'Version', 'Has "v1"', 'KubeVersion', 'self', '_0', 'Lines "f.txt"', 'Glob "*"', 'AsConfig', 'Keywords', 'Len'])), '%s %s' % (v, any_value(r)), '$x.a', '%s | %s' % (v, any_value(r)), '%s | len | print %s' % (v, string(r)), '(%s) (%s)' % (v, v), '.Values.l.%s' % r.choice(['0', 'x', 'k']), '.Values.m.x %s' % v, '$.Release.Name %s' % v, 'nil.x', '(nil).x', '(%s | default dict).a.b' % v, '.nope.x', '.Values.nope.x.y', '.Values.n.x', '.Values.n', '(.Values.m).x', '(index .Values.m "z").q', '(%s).a.b | default "d"' % v, 'print (%s).a' % v, 'not (%s).a.b' % v, '.Files.%s' % r.choice(['Get "nope"', 'Get', 'Get 1', 'GetBytes "f.txt"', 'Lines "f.txt"', 'AsConfig', 'AsSecrets', 'Glob "["', 'Glob "**.json"', 'Glob "{f,g}.txt" | len', 'get "a"', 'f.txt']), '.Capabilities.%s' % r.choice(['APIVersions.Has "v1"', 'KubeVersion.String', 'KubeVersion.GitVersion', 'KubeVersion.Nope', 'HelmVersion.Version | len', 'Copy', 'Copy.KubeVersion.Major', 'HelmVersion | toJson', 'APIVersions | len', 'KubeVersion | toJson']), 'template "x"', 'include "a" . .', '.Values.%s' % r.choice(['Table "m"', 'Table "m.z.q"', 'PathValue "m.x"', 'PathValue "m"', 'PathValue "l.x"', 'PathValue "a.b"', 'AsMap | len', 'YAML', 'Table ""', 'PathValue ""', 'Table "m" | typeOf']), '%s.x' % r.choice(['"s"', '1', 'true', 'print', 'list'])]))


FAMILIES = [('errors', 10, errors), ('structures', 12, structures), ('broken', 10, broken), ('jumbles', 5, jumbles), ('chains', 5, chains)]
