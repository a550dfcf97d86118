{{/*
Every definition takes a dict: "context", the root object of the calling chart, and often "part", the component.
*/}}

{{/* The release's name, the chart's name unless it is in it already, and the part; at most 63 characters. */}}
{{- define "kit.fullname" -}}
{{- $name := .context.Release.Name -}}
{{- if not (contains .context.Chart.Name $name) -}}
{{- $name = printf "%s-%s" $name .context.Chart.Name -}}
{{- end -}}
{{- with .part -}}
{{- $name = printf "%s-%s" $name . -}}
{{- end -}}
{{ $name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What selects the pods of a part; it never changes between versions. */}}
{{- define "kit.selector" -}}
app.kubernetes.io/name: {{ .context.Chart.Name }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- with .part }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "kit.labels" -}}
{{ include "kit.selector" . }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | default .context.Chart.Version | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
app.kubernetes.io/part-of: shop
helm.sh/chart: {{ printf "%s-%s" .context.Chart.Name .context.Chart.Version | replace "+" "_" }}
shop.example.com/environment: {{ .context.Values.global.environment }}
{{- end }}

{{/* Registry, repository and tag; the tag falls back to the chart's appVersion. */}}
{{- define "kit.image" -}}
{{- $tag := .image.tag | default .context.Chart.AppVersion -}}
{{- with .context.Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{ .image.repository }}:{{ $tag }}
{{- end }}

{{/* host:port of a part inside the cluster. */}}
{{- define "kit.address" -}}
{{ include "kit.fullname" . }}.{{ .context.Release.Namespace }}.svc:{{ .port }}
{{- end }}
