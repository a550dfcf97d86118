{{- define "cache.address" -}}
{{ include "kit.address" (dict "context" . "port" .Values.port) }}
{{- end }}
