// SPDX-License-Identifier: Apache-2.0

/**
 * The kinds of Kubernetes objects that daemun reads. In: any value, as JSON or YAML gives it. Out: a typed object with
 * the API's defaults filled in, or every reason for which an API server would refuse it. Never: I/O, clocks, logging.
 */
export type { BackendTLSPolicy } from './backend-tls-policy.ts';
export { CERTIFICATES_GROUP, type ClusterTrustBundle } from './cluster-trust-bundle.ts';
export type { Condition } from './condition.ts';
export type { ConfigMap } from './config-map.ts';
export { REDACTED } from './data-entries.ts';
export type { Deployment } from './deployment.ts';
export type { EndpointSlice } from './endpoint-slice.ts';
export type { Endpoints } from './endpoints.ts';
export type { ExternalAuthConfig } from './external-auth.ts';
export { apiVersionOf } from './find-kind.ts';
export type { ForwardingBackendRef, ForwardingRule } from './forwarding-rule.ts';
export type { Gateway } from './gateway.ts';
export type { GatewayClass } from './gateway-class.ts';
export type { GatewayListener } from './gateway-listener.ts';
export type { GRPCRouteFilter } from './grpc-filter.ts';
export type { GRPCHeaderMatch, GRPCMethodMatch, GRPCRouteMatch } from './grpc-match.ts';
export type { GRPCBackendRef, GRPCRoute, GRPCRouteRule } from './grpc-route.ts';
export type { HeaderModifier } from './header-modifier.ts';
export type { HTTPRouteFilter } from './http-filter.ts';
export type { HTTPHeaderMatch, HTTPPathMatch, HTTPQueryParamMatch, HTTPRouteMatch } from './http-match.ts';
export type { HTTPBackendRef, HTTPRoute, HTTPRouteRule } from './http-route.ts';
export { KINDS, type KindDeclaration } from './kinds.ts';
export { isLabelValue, isQualifiedName } from './labels.ts';
export { LAST_APPLIED } from './last-applied.ts';
export type { ListenerSet } from './listener-set.ts';
export type { Metadata } from './metadata.ts';
export { isDnsLabel, isDnsSubdomain } from './names.ts';
export type { Namespace } from './namespace.ts';
export { type ParseOptions, parseResource } from './parse-resource.ts';
export type { Pod } from './pod.ts';
export type { PolicyAncestorStatus } from './policy-status.ts';
export type { PolicyTargetReference } from './policy-targets.ts';
export type { ReferenceGrant } from './reference-grant.ts';
export type {
  BackendObjectReference,
  ParentReference,
} from './references.ts';
export { EXPERIMENTAL_GROUP, GATEWAY_GROUP } from './references.ts';
export type { RequestMirror } from './request-mirror.ts';
export { EMPTY_RESOURCES, RESOURCE_MAPS, type Resource, type ResourceSet } from './resource-set.ts';
export type { RouteParentStatus } from './route.ts';
export { SCHEMA_CODES } from './schema-codes.ts';
export type { SchemaIssue } from './schema-issue.ts';
export type { Secret } from './secret.ts';
export type { ServerValidation } from './server-validation.ts';
export { type Service, type ServicePort, TRAFFIC_DISTRIBUTIONS } from './service.ts';
export { readServiceParameters, SERVICE_PARAMETER_KEYS, type ServiceParameters } from './service-parameters.ts';
export type { SessionPersistence } from './session-persistence.ts';
export type { TCPRoute } from './tcp-route.ts';
export type { TLSRoute } from './tls-route.ts';
export type { Tracing, TracingAttribute } from './tracing.ts';
export type { UDPRoute } from './udp-route.ts';
export type { XBackend } from './x-backend.ts';
export type { XBackendTrafficPolicy } from './x-backend-traffic-policy.ts';
export type { XMesh } from './x-mesh.ts';
export type { XTelemetryPolicy } from './x-telemetry-policy.ts';
