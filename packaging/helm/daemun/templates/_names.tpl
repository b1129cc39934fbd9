{{/* Of everything that belongs to a release: its name, with `daemun` in it. */}}
{{- define "daemun.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-daemun" (.Release.Name | trunc 43 | trimSuffix "-") }}{{ end }}
{{- end }}

{{/* Ends the names of what is in no namespace: releases of one name stand beside each other in two of them. Nothing in `daemun-system`: so `daemun install` has it. */}}
{{- define "daemun.place" -}}
{{- if ne .Release.Namespace "daemun-system" }}:{{ .Release.Namespace }}{{ end }}
{{- end }}

{{/* Not empty: no release of this name in another namespace has made the roles for people. Without a cluster to ask, as in `helm template`, none has. */}}
{{- define "daemun.ownsPersonas" -}}
{{- $made := lookup "rbac.authorization.k8s.io/v1" "ClusterRole" "" (printf "%s-viewer" (include "daemun.name" .)) | default dict }}
{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-namespace" .Release.Namespace $made }}
{{- if eq $owner .Release.Namespace }}yes{{ end }}
{{- end }}

{{/* What Pods are chosen by. It may not change in an upgrade. */}}
{{- define "daemun.selector" -}}
app.kubernetes.io/name: daemun
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end }}

{{/* The same of the agents of the mesh. */}}
{{- define "daemun.meshName" -}}
{{ include "daemun.name" . }}-mesh
{{- end }}

{{- define "daemun.meshSelector" -}}
app.kubernetes.io/name: daemun
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: mesh
{{- end }}

{{- define "daemun.labels" -}}
app.kubernetes.io/name: daemun
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: daemun
{{- end }}

{{- define "daemun.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{/* Of the Secret with shared keys: as src/controller/owned/owned-name.ts makes it, which a test holds this against. */}}
{{- define "daemun.keys" -}}
{{- include "daemun.keysOf" .Values.controllerName }}
{{- end }}

{{- define "daemun.keysOf" -}}
{{- $readable := regexReplaceAll "[^a-z0-9]+" (lower .) "-" }}
{{- $begun := ternary $readable (printf "x%s" $readable) (regexMatch "^[a-z]" $readable) }}
{{- printf "%s-%s-keys" ($begun | trunc 47 | trimSuffix "-") (sha256sum . | trunc 10) }}
{{- end }}
