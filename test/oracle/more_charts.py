"""Charts with subcharts: values and defines across them, dependencies, files, schemas."""
import json

from more_calls import FILES

NAMES = ['sub', 'lib', 'web', 'db-x']
SCALARS = [0, 1, -1, 1.5, 1e6, 12345678, True, False, None, '', 'a', 'str', '1', '3.0', 'true', 'null', 'é☃']


def value(r, d=0):
    k = r.random()
    if d > 2 or k < .5:
        return r.choice(SCALARS)
    if k < .8:
        return {key: value(r, d + 1) for key in r.sample(['a', 'b', 'c', 'enabled', 'global', 'x', 'exports', 'data', *NAMES[:2]], r.randint(0, 3))}
    return [value(r, d + 1) for _ in range(r.randint(0, 3))]


def tables(r):
    """Values as a chart has them: mostly tables, some nulls."""
    out = {key: value(r, 1) for key in r.sample(['a', 'b', 'c', 'x', 'enabled', 'list'], r.randint(0, 4))}
    if r.random() < .4:
        out['global'] = r.choice([{'g': value(r, 1)}, {'g': value(r, 2), 'h': {'i': value(r, 2)}}, None, 'str', {}, {'tags': True}])
    if r.random() < .25:
        out['exports'] = r.choice([{'data': {'e': 1, 'a': value(r, 2)}}, {'data': 'str'}, {}, 'x', {'data': None, 'more': {'z': 1}}])
    if r.random() < .15:
        out['tags'] = {t: r.choice([True, False, 'x', None]) for t in r.sample(['t1', 't2', 'front'], r.randint(0, 3))}
    for name in NAMES + ['al1']:
        if r.random() < .3:
            out[name] = r.choice([{'enabled': r.choice([True, False, None, 'no', 0])}, {'a': None, 'b': value(r, 2)}, {'global': {'g': 'sub'}}, *([None, 'notable', [1]] if r.random() < .1 else []), {}, {'sub': {'a': 1, 'x': None}}, {'list': None, 'x': {'a': None}}])
    return out


DUMPS = ['{{ .Values | toJson }}', '{{ toYaml .Values }}', '{{ .Values.global | toJson }}', '{{ .Values.a }}', '{{ .Values.x.a }}', '{{ .Chart.Name }}-{{ .Chart.Version }}', '{{ .Template.Name }} {{ .Template.BasePath }}', '{{ .Subcharts | keys | sortAlpha }}', '{{ range $k, $v := .Subcharts }}{{ $k }}={{ $v.Values | toJson }}{{ $v.Chart.Name }}{{ $v | keys | sortAlpha }};{{ end }}', '{{ .Chart.IsRoot }}', '{{ include "shared" . }}', '{{ include "shared" (dict "Values" .Values "Chart" .Chart) }}', '{{ $_ := set .Values "a" "changed" }}{{ .Values.a }}', '{{ $_ := set .Values.global "g" "changed" }}',
    '{{ $_ := set .Values "x" (dict "n" 1) }}', '{{ .Files.Get "f.txt" }}', '{{ (.Files.Glob "**").AsConfig }}', '{{ (.Files.Glob "dir/*").AsSecrets }}', '{{ range $p, $b := .Files.Glob "*.txt" }}{{ $p }}:{{ $b }}|{{ printf "%s" $b }};{{ end }}', '{{ .Files.Lines "f.txt" | toJson }}', '{{ range .Files.Lines "f.txt" }}<{{ . }}>{{ end }}', '{{ .Files.GetBytes "g.txt" }}', '{{ .Files.AsConfig }}', '{{ .Files.AsSecrets | b64enc }}', '{{ (.Files.Glob "nope*").AsConfig | quote }}', '{{ (.Files.Glob "{f,g}.*").AsConfig | fromYaml | toJson }}', '{{ .Files | toJson }}', '{{ .Files.Get "Chart.yaml" }}|{{ .Files.Get "values.yaml" }}|{{ .Files.Get "templates/a.yaml" }}|{{ .Files.Get "charts/sub/Chart.yaml" }}|{{ .Files.Get "README.md" }}',
    '{{ .Chart | toJson }}', '{{ .Chart.Dependencies | toJson }}', '{{ toYaml .Chart }}', '{{ .Release | toJson }}', '{{ .Chart.Maintainers }}{{ .Chart.Annotations }}{{ .Chart.Keywords }}', '{{ .Chart.AppVersion }}{{ .Chart.Type }}{{ .Chart.APIVersion }}{{ .Chart.KubeVersion }}', '{{ range .Chart.Dependencies }}{{ .Name }}{{ .Enabled }}{{ .Alias }}{{ .ImportValues | toJson }}{{ .Tags }}{{ end }}', '{{ .Values.sub | toJson }}', '{{ .Values.tags | toJson }}', '{{ .Values.lib.a }}', '{{ include "own" . }}', '{{ template "sub.t" . }}', '{{ tpl "{{ include \\"shared\\" . }}" . }}', '{{ .Values.nope.x }}', '{{ fail "in chart" }}', '{{ required "r" .Values.a }}', '{{ .Subcharts.sub.Values.a }}', '{{ .Subcharts.sub.Release.Name }}', '{{ .Subcharts.nope.Values }}', '{{ printf "%#v" .Values }}', '{{ typeOf .Values }} {{ typeOf .Values.global }} {{ typeOf .Values.x }} {{ typeOf .Subcharts }} {{ typeOf .Chart }}', '{{ .Values.AsMap | toJson }}', '{{ .Values.YAML }}', '{{ .Values.Table "x" | toJson }}', '{{ .Values.PathValue "x.a" }}', '{{ .Release.Service }}{{ .Release.Revision }}', '{{ .Values.list }}{{ .Values.b }}{{ .Values.c }}',
    '{{ .Values.exports | toJson }}', '{{ .Values.e }}', '{{ .Values.imported | toJson }}', '{{ if .Values.enabled }}on{{ else }}off{{ end }}', '{{ merge .Values (dict "a" "m" "new" 1) | toJson }}', '{{ mergeOverwrite .Values.global (dict "g" "o") | toJson }}', '{{ .Values | deepCopy | merge (dict) | toJson }}']


SAFE = [dump for dump in DUMPS if not any(part in dump for part in ('.x.a', 'fail ', 'required', '.lib.a', 'PathValue', '.Values.nope', 'sub.Values', '.sub.', '.nope', 'Table', 'global "g"', 'sub.t'))]


def shell(r, text):
    """The text as a file: whole, with a partial's name, empty."""
    return text + r.choice(['', '\n', '\n---\n'])


def dependency(r, name):
    d = {'name': name if r.random() < .95 else 'absent', 'version': r.choice(['0.1.0', '>=0-0', '>=0', '*', '0.1.x-0', '>=0-0', '1.x', '', 'x.y', '0.1.0-0'])}
    if r.random() < .4:
        d['condition'] = r.choice(['sub.enabled', '%s.enabled' % name, 'enabled', 'global.enabled,%s.enabled' % name, 'a,b', 'x.a', 'nope', '', ' sub.enabled , x', 'sub.enabled.x', 'list'])
    if r.random() < .3:
        d['tags'] = r.sample(['t1', 't2', 'front', name], r.randint(0, 3))
    if r.random() < .25:
        d['alias'] = r.choice(['al1', 'al1', 'al-2', 'a_l', 'al3', 'al4', ''] if r.random() < .9 else ['sub', 'bad alias', '1x'])
    if r.random() < .35:
        d['import-values'] = r.choice([['data'], ['data', 'more'], [{'child': 'x', 'parent': 'imported'}], [{'child': 'exports.data', 'parent': 'x'}], [{'child': 'nope', 'parent': 'p'}], [{'child': 'a', 'parent': '.'}], [{'child': 'x.a', 'parent': 'imported'}], [{'child': '.', 'parent': 'x'}], *([[1], 'data', [{'parent': 'x'}]] if r.random() < .1 else []), ['nope'], [{'child': 'global', 'parent': 'global'}], [{'child': 'x', 'parent': 'a.b.c'}, 'data']])
    if r.random() < .2:
        d['repository'] = r.choice(['', 'file://../x', 'https://e.x/c', 'alias:x', '@r'])
    if r.random() < .05:
        d['enabled'] = r.choice([True, False])
    return d


def chart_files(r, name, at, depth, files):
    meta = {'apiVersion': r.choice(['v2', 'v2', 'v2', 'v1']), 'name': name, 'version': r.choice(['0.1.0', '0.1.0', '1.2.3', '0.1.0-rc.1+b'])}
    if r.random() < .3:
        meta |= r.sample([{'description': 'd é'}, {'type': r.choice(['application', 'library', 'library', 'x'])}, {'appVersion': r.choice(['1.0', 2.5, 'v3'])}, {'keywords': ['k', 'l']}, {'annotations': {'b': '1', 'a': 'x'}}, {'maintainers': [{'name': 'n', 'email': 'e@x.y'}]}, {'home': 'h'}, {'kubeVersion': '>=1.20.0-0'}, {'deprecated': True}, {'icon': 'i', 'sources': ['s']}, {'unknown': 1}], 1)[0]
    if name == 'lib' and r.random() < .7:
        meta['type'] = 'library'
    children = [] if depth > 2 else r.sample(NAMES, r.choice([1, 1, 2, 3] if depth == 0 else [0, 0, 0, 1, 2]))
    declared = [dependency(r, child) for child in children if r.random() < .8]
    if children and r.random() < .04:
        declared.append(dependency(r, r.choice(children)))
    if declared:
        if meta['apiVersion'] == 'v1' and r.random() < .8:
            files[at + 'requirements.yaml'] = json.dumps({'dependencies': declared})
        else:
            meta['dependencies'] = declared
    text = json.dumps(meta, ensure_ascii=False)
    files[at + 'Chart.yaml'] = text
    if r.random() < .85:
        files[at + 'values.yaml'] = json.dumps(tables(r), ensure_ascii=False)
    for file in r.sample(['a.yaml', 'b.yaml', '_p.tpl', 'sub/c.txt', 'NOTES.txt', 'tests/t.yaml'], r.choice([1, 1, 2, 2, 3])):
        weight = SAFE if r.random() < .75 else DUMPS
        body = ''.join(r.choice(weight) + r.choice(['\n', '', ' | ']) for _ in range(r.randint(1, 3)))
        files[at + 'templates/' + file] = '{{ define "own" }}own %s{{ .Values.a }}{{ end }}{{ define "%s.t" }}%s:{{ .Chart.Name }}{{ end }}' % (at, name, name) + body if file.startswith('_') else shell(r, body)
    files[at + 'templates/_shared.tpl'] = '{{ define "shared" }}shared by %s in {{ .Chart.Name }}: {{ .Values.a }}{{ end }}{{ define "own" }}%s{{ end }}{{ define "%s.t" }}t{{ end }}' % (at or 'root', name, name)
    if r.random() < .5:
        for path, content in FILES.items():
            files[at + path] = content
    if r.random() < .04:
        files[at + 'values.schema.json'] = json.dumps(schema(r, 0))
    if r.random() < .1:
        files[at + r.choice(['crds/x.yaml', 'README.md', 'LICENSE', '.helmignore', 'Chart.lock', 'extra/values.yaml', 'charts/README.md', 'charts/_ignored/Chart.yaml', 'charts/.hidden/Chart.yaml'])] = r.choice(['x: 1\n', '', 'dependencies: []\ndigest: x\ngenerated: "2024-01-01T00:00:00Z"\n', '{bad'])
    for child in children:
        folder = child if r.random() < .95 else r.choice(['other', '%s-0.1.0' % child])
        chart_files(r, child if r.random() < .97 else 'renamed', '%scharts/%s/' % (at, folder), depth + 1, files)


def charts(r):
    files = {}
    chart_files(r, 'top', '', 0, files)
    q = {'files': files, 'values': tables(r) if r.random() < .7 else {}, 'name': 'rel', 'namespace': 'ns', 'kubeVersion': r.choice(['v1.34.0', '1.20', 'v1.19.3-eks-1'])}
    if r.random() < .3:
        q['set'] = [r.choice(['sub.enabled=true', 'sub.a=null', 'global.g=set', 'sub.global.g=x', 'tags.t1=false', 'a=null', 'x.a=null', 'sub=null', 'lib.x={1,2}', 'al1.a=5', 'list[1]=q', 'global=null', 'enabled=false'])]
    if r.random() < .2:
        q['upgrade'] = True
    return q


def mutations(r):
    """What one template does to the values, as others see it; templates run in a fixed order."""
    steps = ['{{ $_ := set .Values "m" "%s" }}', '{{ $_ := set .Values.global "m" "%s" }}', '{{ $_ := set .Values.sub "m" "%s" }}', '{{ $_ := unset .Values "a" }}', '{{ $_ := mergeOverwrite .Values (dict "a" (dict "%s" 1)) }}', '{{ $_ := set . "added" "%s" }}', '{{ $_ := set $.Values.deep "l" (append $.Values.deep.l "%s") }}', '{{ $v := deepCopy .Values }}{{ $_ := set $v "copy" "%s" }}', '{{ $_ := set .Subcharts.sub.Values "z" "%s" }}', '{{ $_ := set .Chart "x" "%s" }}', '{{ $_ := set .Release "Name" "%s" }}', '{{ with .Values.deep }}{{ $_ := set . "w" "%s" }}{{ end }}', '{{ $_ := set .Values "d" (dict "shared" .Values.deep) }}{{ $_ := set .Values.d.shared "q" "%s" }}', '{{ include "mutate" . }}', '{{ tpl "{{ $_ := set .Values \\"t\\" 1 }}" . }}', '{{ $_ := set .Template "Name" "%s" }}', '{{ define "mutate" }}{{ $_ := set .Values "mutated" true }}{{ end }}', '{{ $_ := set .Values "list" (append .Values.list 1) }}']
    show = ['{{ .Values | toJson }}', '{{ .added }}', '{{ .Values.global | toJson }}', '{{ .Release.Name }}{{ .Template.Name }}', '{{ .Subcharts.sub.Values | toJson }}', '{{ .Values.m }}{{ .Values.t }}{{ .Values.mutated }}']
    files = {'Chart.yaml': 'apiVersion: v2\nname: top\nversion: 0.1.0\n', 'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n', 'values.yaml': 'a: 1\ndeep: {l: [1]}\nlist: []\nglobal: {g: 1}\nsub: {a: 2}\n', 'charts/sub/values.yaml': 'a: 3\ndeep: {l: []}\nlist: []\n', 'templates/_m.tpl': '{{ define "mutate" }}{{ $_ := set .Values "mutated" true }}{{ end }}'}
    for at in ['', '', 'charts/sub/']:
        for name in r.sample(['a', 'b', 'c', 'z'], 2):
            step = lambda: (lambda s: s % name if '%s' in s else s)(r.choice(steps))
            files['%stemplates/%s.yaml' % (at, name)] = ''.join(r.choice([step(), step(), r.choice(show) + '\n']) for _ in range(r.randint(1, 4))) + r.choice(show)
    return {'files': files, 'values': {}, 'name': 'rel', 'namespace': 'ns'}


TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'null']
FORMATS = ['date', 'date-time', 'time', 'email', 'uri', 'uri-reference', 'hostname', 'ipv4', 'ipv6', 'regex', 'uuid', 'json-pointer', 'duration', 'nope', 'semver', 'iri', 'period', 'relative-json-pointer', 'uri-template']


def keyword(r, d):
    sub = lambda: schema(r, d + 1)
    number = lambda: r.choice([0, 1, 2, 3, 4, 5, 10, 1, 2, *([-1, 1.5, 0.1, 1e10, '1', -2, None] if r.random() < .15 else [])])
    k = r.choice(['type', 'type', 'type', 'types', 'properties', 'properties', 'properties', 'required', 'required', 'additional', 'pattern', 'enum', 'const', 'bounds', 'bounds', 'lengths', 'items', 'items', 'counts', 'unique', 'any', 'all', 'one', 'not', 'if', 'ref', 'format', 'patterns', 'names', 'contains', 'dependent', 'prefix', 'multiple', 'title', 'unevaluated', *(['odd'] if r.random() < .15 else [])])
    if k == 'type':
        return {'type': r.choice(TYPES)}
    if k == 'types':
        return {'type': r.choice([r.sample(TYPES, 2), r.sample(TYPES, 3), *([[], 'nope', ['string', 'string']] if r.random() < .08 else [])])}
    if k == 'properties':
        return {'properties': {key: sub() for key in r.sample(['a', 'b', 'c', 'x', 'l', 'o', 's', 'n', 'é'], r.randint(1, 4))}}
    return {'required': {'required': r.sample(['a', 'b', 'zz', "q'uote", 'x', 'yy'], r.randint(1, 3))}, 'additional': {'additionalProperties': r.choice([False, False, sub()])}, 'pattern': {'pattern': r.choice(['^a', '[0-9]+$', '^\\d{3}$', *(['[', '(?=x)'] if r.random() < .1 else []), '^(a|b)?$', '\\p{L}', 'é'])}, 'enum': {'enum': r.choice([[1, 'a', None], ['x'], *([[]] if r.random() < .1 else []), [{'a': 1}], [True], ['a', 'b', 'c', 1.0]])}, 'const': {'const': r.choice([1, 'a', None, {'a': 1}, [1], True, 1.0])},
        'bounds': {r.choice(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']): number()}, 'lengths': {r.choice(['minLength', 'maxLength']): number()}, 'items': {'items': r.choice([sub(), sub(), False, *([[sub(), sub()]] if r.random() < .2 else [])]), **r.choice([{}, {'additionalItems': False}])}, 'counts': {r.choice(['minItems', 'maxItems', 'minProperties', 'maxProperties']): number()}, 'unique': {'uniqueItems': True}, 'any': {'anyOf': [sub() for _ in range(r.randint(1, 3))]}, 'all': {'allOf': [sub() for _ in range(r.randint(1, 3))]}, 'one': {'oneOf': [sub() for _ in range(r.randint(1, 3))]}, 'not': {'not': sub()},
        'if': {'if': sub(), 'then': sub(), **r.choice([{}, {'else': sub()}])}, 'ref': {'$ref': r.choice(['#/definitions/d', '#/$defs/d', '#/properties/a'] if r.random() < .7 else ['#', '#/nope', '#anchor', '#/definitions/d/properties/a', 'http://json-schema.org/draft-07/schema#', '#/$defs/%zz', 'urn:x'])}, 'format': {'format': r.choice(FORMATS)}, 'patterns': {'patternProperties': {r.choice(['^a', '.*', 'x$', *(['['] if r.random() < .1 else [])]): sub()}}, 'names': {'propertyNames': r.choice([{'maxLength': 1}, {'pattern': '^[a-z]+$'}, sub()])}, 'contains': {'contains': sub(), **r.choice([{}, {'minContains': 2}, {'maxContains': 1}, {'minContains': 0}])},
        'dependent': r.choice([{'dependentRequired': {'a': ['b', 'zz']}}, {'dependentSchemas': {'a': sub()}}, {'dependencies': {'a': ['zz'], 'b': sub()}}]), 'prefix': {'prefixItems': [sub(), sub()]}, 'multiple': {'multipleOf': r.choice([2, 0.1, 0.01, 3, *([0, -1] if r.random() < .1 else [])])}, 'odd': r.choice([{'type': 5}, {'required': 'a'}, {'properties': []}, {'minimum': 'x'}, {'items': 5}, {'enum': 'x'}, {'$id': 'http://x/y'}, {'$id': '#d'}, {'id': 'rel'}, {'$anchor': 'anchor'}, {'additionalProperties': 'x'}, {'anyOf': []}, {'pattern': 5}]), 'title': {'title': 't', 'description': 'd', 'default': 1, 'examples': [1], '$comment': 'c'}, 'unevaluated': r.choice([{'unevaluatedProperties': False}, {'unevaluatedItems': False}])}[k]


def schema(r, d):
    if d > 2 or r.random() < .08:
        return r.choice([True, False, {}, {'type': r.choice(TYPES)}, {'const': 1}, {'type': 'string', 'minLength': 2}, {'type': ['integer', 'null']}])
    out = {}
    for _ in range(r.choice([1, 1, 2, 3]) if d else r.choice([2, 3, 4])):
        out |= keyword(r, d)
    if d == 0:
        out['definitions'] = {'d': schema(r, 1)}
        if r.random() < .5:
            out['$schema'] = r.choice(['http://json-schema.org/draft-07/schema#', 'http://json-schema.org/schema#', 'https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft-04/schema#', 'http://json-schema.org/draft-06/schema', 'https://json-schema.org/draft/2019-09/schema', 'http://json-schema.org/draft-07/schema'])
        if r.random() < .3:
            out[r.choice(['definitions', '$defs'])] = {'d': schema(r, 1)}
        if r.random() < .95:
            out['type'] = 'object'
    return out


def instance(r, d=0):
    if d > 2 or d and r.random() < .55:
        return r.choice([0, 1, 2, 1.5, -1, 1e21, 100, True, False, None, '', 'a', 'b', 'abc', 'é', '123', '2024-01-01', '2024-02-30', '10.0.0.1', '::1', 'a@b.c', 'http://x/y', 'not uri ', '12:00:00Z', '[', 'P1D', '1.2.3'])
    if d and r.random() < .4:
        return [instance(r, d + 1) for _ in range(r.randint(0, 4))]
    return {key: instance(r, d + 1) for key in r.sample(['a', 'b', 'c', 'x', 'l', 'o', 's', 'n', 'é', 'q/r~s', 'yy'], r.randint(0, 5))}


def schemas(r):
    files = {'templates/a.yaml': 'ok {{ .Values | toJson }}', 'values.schema.json': json.dumps(schema(r, 0), ensure_ascii=False)}
    if r.random() < .5:
        files['values.yaml'] = json.dumps(instance(r), ensure_ascii=False)
    values = instance(r)
    if r.random() < .2:
        files |= {'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n', 'charts/sub/values.schema.json': json.dumps(schema(r, 0)), 'charts/sub/values.yaml': json.dumps(instance(r)), 'charts/sub/templates/s.yaml': 'x'}
        values['sub'] = instance(r)
    if r.random() < .03:
        files['values.schema.json'] = files['values.schema.json'][:-r.randint(1, 5)]
    return {'files': files, 'values': values, 'name': 'rel', 'namespace': 'ns'}


def globs(r):
    """Patterns of .Files.Glob over a tree of files."""
    paths = ['a.txt', 'b.txt', 'conf/a.yaml', 'conf/b.yml', 'conf/deep/c.yaml', 'conf/deep/er/d.json', 'é.txt', 'x-1.txt', 'x-22.txt', '[z].txt', 'A.TXT', 'conf/.hidden', 'sp ace.txt', 'q{1}.txt', 'conf/a,b.txt', 'star*.txt', 'back\\slash.txt']
    pattern = ''.join(r.choice(['*', '**', '?', 'a', 'b', '.txt', '.yaml', '.y?ml', 'conf/', '/', '**/', '/**', '{a,b}', '{a.txt,b.txt}', '{conf/*,*.txt}', '[ab]', '[!a]', '[a-c]', '[^a]', '\\', '\\*', '\\[', 'é', 'x-', '{', '}', '[', ']', ',', '-', '!', '{a,{b,c}}', '{,a}', 'deep', 'conf', '.', 'json', '[z-a]', '[]', '*.*', '*/*', '[!]', '{*,**}']) for _ in range(r.randint(1, 4)))
    body = '{{ range $p, $_ := .Files.Glob .Values.p }}{{ $p }};{{ end }}|{{ (.Files.Glob .Values.p).AsConfig }}|{{ (.Files.Glob .Values.p).AsSecrets }}'
    return {'files': {'templates/a.yaml': body, **{p: p + r.choice(['\n', '', '\n\nx: y\n', ' \t', '\u0007', 'a: |\n  b']) for p in paths}}, 'values': {'p': pattern}, 'name': 'rel', 'namespace': 'ns'}


FAMILIES = [('charts', 14, charts), ('mutations', 4, mutations), ('schemas', 12, schemas), ('globs', 4, globs)]
