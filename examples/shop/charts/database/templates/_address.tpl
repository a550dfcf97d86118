{{- define "database.address" -}}
{{ include "kit.address" (dict "context" . "port" .Values.port) }}
{{- end }}

{{- define "database.secretName" -}}
{{ .Values.auth.existingSecret | default (include "kit.fullname" (dict "context" .)) }}
{{- end }}
