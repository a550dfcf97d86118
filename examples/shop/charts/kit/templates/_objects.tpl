{{- define "kit.container" -}}
name: {{ .name }}
image: {{ .image }}
imagePullPolicy: IfNotPresent
{{- with .args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: {{ .portName | default "http" }}
    containerPort: {{ .port }}
{{- with .env }}
env:
  {{- range . }}
  - {{ toYaml . | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- with .configMap }}
envFrom:
  - configMapRef:
      name: {{ . }}
{{- end }}
{{- if .probePath }}
readinessProbe:
  httpGet:
    path: {{ .probePath }}
    port: http
{{- else }}
readinessProbe:
  tcpSocket:
    port: {{ .portName | default "http" }}
{{- end }}
{{- with .resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .mounts }}
volumeMounts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kit.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "kit.fullname" . }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  {{- if not (kindIs "invalid" .replicas) }}
  replicas: {{ .replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "kit.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "kit.labels" . | nindent 8 }}
      {{- with .checksum }}
      annotations:
        shop.example.com/config: {{ . }}
      {{- end }}
    spec:
      containers:
        - {{ include "kit.container" .container | nindent 10 | trim }}
{{- end }}

{{/* A StatefulSet with one volume at "mountPath"; the subcharts' stores are of this form. */}}
{{- define "kit.store" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "kit.fullname" . }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  serviceName: {{ include "kit.fullname" . }}
  replicas: {{ .replicas | default 1 }}
  selector:
    matchLabels:
      {{- include "kit.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "kit.labels" . | nindent 8 }}
    spec:
      containers:
        - {{ include "kit.container" (merge (dict "mounts" (list (dict "name" "data" "mountPath" .mountPath))) .container) | nindent 10 | trim }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .storage.className }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ .storage.size }}
{{- end }}

{{- define "kit.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "kit.fullname" . }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "kit.selector" . | nindent 4 }}
  ports:
    - name: {{ .portName | default "http" }}
      port: {{ .port }}
      targetPort: {{ .portName | default "http" }}
{{- end }}
