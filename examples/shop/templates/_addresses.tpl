{{/*
Who is where. web and api name each other through these, so that a change of port or name is made in one place.
*/}}
{{- define "shop.web.host" -}}
{{ include "kit.fullname" (dict "context" . "part" "web") }}
{{- end }}

{{- define "shop.api.host" -}}
{{ include "kit.fullname" (dict "context" . "part" "api") }}
{{- end }}

{{- define "shop.web.url" -}}
http://{{ include "shop.web.host" . }}:{{ .Values.web.port }}
{{- end }}

{{- define "shop.api.url" -}}
http://{{ include "shop.api.host" . }}:{{ .Values.api.port }}
{{- end }}

{{/*
The stores' addresses as environment variables; a store that is turned off leaves none.
*/}}
{{- define "shop.stores.env" -}}
{{- with .Subcharts.database }}
- name: DATABASE_HOST
  value: {{ include "database.address" . | quote }}
- name: DATABASE_NAME
  value: {{ .Values.auth.database | quote }}
- name: DATABASE_USER
  value: {{ .Values.auth.username | quote }}
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "database.secretName" . }}
      key: password
{{- end }}
{{- with .Subcharts.cache }}
- name: CACHE_ADDRESS
  value: {{ include "cache.address" . | quote }}
{{- end }}
{{- with .Subcharts.events }}
- name: EVENTS_ADDRESS
  value: {{ include "events.address" . | quote }}
- name: EVENTS_TOPICS
  value: {{ join "," $.Values.topics | quote }}
{{- end }}
{{- end }}
