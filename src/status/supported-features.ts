// SPDX-License-Identifier: Apache-2.0

/** The features of the Gateway API that work, sorted by name (GatewayClassStatus.supportedFeatures). */
export const SUPPORTED_FEATURES: readonly { readonly name: string }[] = [
  'GRPCRoute',
  'GRPCRouteNamedRouteRule',
  'GRPCRouteRequestHeaderModifier',
  'Gateway',
  'GatewayAddressEmpty',
  'GatewayHTTPListenerIsolation',
  'GatewayHTTPSListenerDetectMisdirectedRequests',
  'GatewayPort8080',
  'GatewayRouteHostnameIntersectionPrecedence',
  'GatewayStaticAddresses',
  'ReferenceGrant',
].map(name => ({ name }));
