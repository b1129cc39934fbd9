// SPDX-License-Identifier: Apache-2.0

/** The features of the Gateway API that work, sorted by name (GatewayClassStatus.supportedFeatures). */
export const SUPPORTED_FEATURES: readonly { readonly name: string }[] = [
  'GRPCRoute',
  'GRPCRouteNamedRouteRule',
  'Gateway',
  'GatewayAddressEmpty',
  'GatewayHTTPListenerIsolation',
  'GatewayHTTPSListenerDetectMisdirectedRequests',
  'GatewayPort8080',
  'GatewayStaticAddresses',
  'ReferenceGrant',
].map(name => ({ name }));
