/** The files of a new chart; `<CHARTNAME>` stands for its name. */

const CHART = `apiVersion: v2
name: <CHARTNAME>
description: A Helm chart for Kubernetes

# "application" charts can be installed; "library" charts only lend their templates to other charts.
type: application

# The chart's own version. Raise it with every change, by the rules of https://semver.org.
version: 0.1.0

# The version of what the chart installs. Any text will do; the quotes keep it a text.
appVersion: "1.16.0"
`;

const VALUES = `# What users of <CHARTNAME> can set, with the defaults.

# How many pods run, unless autoscaling decides.
replicaCount: 1

image:
  repository: nginx
  pullPolicy: IfNotPresent
  # Empty: the appVersion of the chart.
  tag: ""

# Secrets with the credentials of a private registry, e.g. [{name: my-registry}].
imagePullSecrets: []

# Other names for the chart and for everything it installs.
nameOverride: ""
fullnameOverride: ""

serviceAccount:
  # Without it, pods use the account named below, or the namespace's default one.
  create: true
  # Whether pods get a token for the Kubernetes API.
  automount: true
  annotations: {}
  # Empty: the full name of the release.
  name: ""

podAnnotations: {}
podLabels: {}

# For the whole pod, e.g. {fsGroup: 2000}.
podSecurityContext: {}

# For the container, e.g.
#   runAsNonRoot: true
#   runAsUser: 1000
#   readOnlyRootFilesystem: true
#   capabilities: {drop: [ALL]}
securityContext: {}

service:
  # ClusterIP, NodePort or LoadBalancer.
  type: ClusterIP
  port: 80

# A way in from outside through an ingress controller.
ingress:
  enabled: false
  className: ""
  annotations: {}
  hosts:
    - host: chart-example.local
      paths:
        - path: /
          pathType: ImplementationSpecific
  # E.g. [{secretName: chart-example-tls, hosts: [chart-example.local]}].
  tls: []

# A way in from outside through a gateway (https://gateway-api.sigs.k8s.io).
httpRoute:
  enabled: false
  annotations: {}
  # The gateways that carry the route; a gateway in another namespace needs \`namespace\` too.
  parentRefs:
    - name: gateway
      sectionName: http
  hostnames:
    - chart-example.local
  # Each rule may have \`matches\` and \`filters\`; all of them lead to the service.
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /headers

# What the container may use. Left open, so that the chart runs on small clusters; in earnest say, e.g.,
#   requests: {cpu: 100m, memory: 128Mi}
#   limits: {memory: 128Mi}
resources: {}

# How Kubernetes finds out that the container is alive, and that it can take requests.
livenessProbe:
  httpGet:
    path: /
    port: http
readinessProbe:
  httpGet:
    path: /
    port: http

autoscaling:
  enabled: false
  minReplicas: 1
  maxReplicas: 100
  targetCPUUtilizationPercentage: 80
  # targetMemoryUtilizationPercentage: 80

# More volumes for the pod, and where the container mounts them.
volumes: []
volumeMounts: []

# Where pods may run.
nodeSelector: {}
tolerations: []
affinity: {}
`;

const IGNORE = `# What is no part of the packaged chart: one pattern a line. *, ? and [a-z] match inside a name, a
# trailing slash means folders only, and a leading ! ignores everything else.

# Desktop and editors
.DS_Store
*.swp
*.bak
*.tmp
*.orig
*~
.project
.idea/
*.tmproj
.vscode/

# Version control
.git/
.gitignore
.bzr/
.bzrignore
.hg/
.hgignore
.svn/
`;

const HELPERS = `{{/* The chart's short name. */}}
{{- define "<CHARTNAME>.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of everything that is installed, short enough for a DNS label. It has the release's name and the
     chart's, or one of them where it contains the other. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $chart := .Values.nameOverride | default .Chart.Name }}
{{- $name := contains $chart .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $chart) }}
{{- .Values.fullnameOverride | default $name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name and version of the chart, as a label value. */}}
{{- define "<CHARTNAME>.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The labels by which a pod is found. They can never change once the chart is installed. */}}
{{- define "<CHARTNAME>.selectorLabels" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The labels of everything. */}}
{{- define "<CHARTNAME>.labels" -}}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{ include "<CHARTNAME>.selectorLabels" . }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ quote . }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The service account that pods run as. */}}
{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "<CHARTNAME>.fullname" .) "default" }}
{{- .Values.serviceAccount.name | default $own }}
{{- end }}
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "<CHARTNAME>.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "<CHARTNAME>.labels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "<CHARTNAME>.serviceAccountName" . }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ printf "%v:%v" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
              protocol: TCP
          {{- range $field := list "securityContext" "livenessProbe" "readinessProbe" "resources" "volumeMounts" }}
          {{- with index $.Values $field }}
          {{ $field }}: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- end }}
      {{- range $field := list "volumes" "nodeSelector" "affinity" "tolerations" }}
      {{- with index $.Values $field }}
      {{ $field }}: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  selector:
    {{- include "<CHARTNAME>.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
`;

const SERVICE_ACCOUNT = `{{- with .Values.serviceAccount }}
{{- if .create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "<CHARTNAME>.serviceAccountName" $ }}
  labels:
    {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: {{ .automount }}
{{- end }}
{{- end }}
`;

const INGRESS = `{{- with .Values.ingress }}
{{- if .enabled }}
{{- $service := include "<CHARTNAME>.fullname" $ }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $service }}
  labels:
    {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .tls }}
  tls: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            {{- with .pathType }}
            pathType: {{ . }}
            {{- end }}
            backend:
              service:
                name: {{ $service }}
                port:
                  number: {{ $.Values.service.port }}
          {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const HTTP_ROUTE = `{{- with .Values.httpRoute }}
{{- if .enabled }}
{{- $service := include "<CHARTNAME>.fullname" $ }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ $service }}
  labels:
    {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs: {{- toYaml .parentRefs | nindent 4 }}
  {{- with .hostnames }}
  hostnames: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .rules }}
    - backendRefs:
        - name: {{ $service }}
          port: {{ $.Values.service.port }}
          weight: 1
      {{- with .matches }}
      matches: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .filters }}
      filters: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const HPA = `{{- with .Values.autoscaling }}
{{- if .enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "<CHARTNAME>.fullname" $ }}
  labels:
    {{- include "<CHARTNAME>.labels" $ | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "<CHARTNAME>.fullname" $ }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    {{- range $name, $target := dict "cpu" .targetCPUUtilizationPercentage "memory" .targetMemoryUtilizationPercentage }}
    {{- with $target }}
    - type: Resource
      resource:
        name: {{ $name }}
        target:
          type: Utilization
          averageUtilization: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
`;

const NOTES = `{{- $name := include "<CHARTNAME>.fullname" . }}
{{- $kubectl := printf "kubectl --namespace %s" .Release.Namespace -}}
How to reach {{ $name }}:
{{- if .Values.httpRoute.enabled }}
{{- range .Values.httpRoute.hostnames }}
  http://{{ . }}/
{{- else }}
  by the host names of its gateway:
  {{ $kubectl }} get httproute {{ $name }} -o yaml
{{- end }}
{{- else if .Values.ingress.enabled }}
{{- $scheme := empty .Values.ingress.tls | ternary "http" "https" }}
{{- range $host := .Values.ingress.hosts }}
{{- range .paths }}
  {{ $scheme }}://{{ $host.host }}{{ .path }}
{{- end }}
{{- end }}
{{- else if eq .Values.service.type "NodePort" }}
  at any node's address, on this port:
  {{ $kubectl }} get service {{ $name }} -o jsonpath='{.spec.ports[0].nodePort}'
{{- else if eq .Values.service.type "LoadBalancer" }}
  on port {{ .Values.service.port }} of this address, once there is one:
  {{ $kubectl }} get service {{ $name }} -o jsonpath='{.status.loadBalancer.ingress[0]}'
{{- else }}
  at http://127.0.0.1:8080 while this runs:
  {{ $kubectl }} port-forward service/{{ $name }} 8080:{{ .Values.service.port }}
{{- end }}
`;

const TEST = `apiVersion: v1
kind: Pod
metadata:
  name: {{ include "<CHARTNAME>.fullname" . }}-test-connection
  labels:
    {{- include "<CHARTNAME>.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers:
    - name: wget
      image: busybox
      command: [wget]
      args:
        - {{ printf "%s:%v" (include "<CHARTNAME>.fullname" .) .Values.service.port | quote }}
`;

/** Paths inside the chart and their texts, in the order in which they are written. */
export const SCAFFOLD: readonly (readonly [path: string, text: string])[] = [
  ['Chart.yaml', CHART],
  ['values.yaml', VALUES],
  ['.helmignore', IGNORE],
  ['templates/ingress.yaml', INGRESS],
  ['templates/httproute.yaml', HTTP_ROUTE],
  ['templates/deployment.yaml', DEPLOYMENT],
  ['templates/service.yaml', SERVICE],
  ['templates/serviceaccount.yaml', SERVICE_ACCOUNT],
  ['templates/hpa.yaml', HPA],
  ['templates/NOTES.txt', NOTES],
  ['templates/_helpers.tpl', HELPERS],
  ['templates/tests/test-connection.yaml', TEST],
];
