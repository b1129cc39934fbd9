// SPDX-License-Identifier: Apache-2.0

import type { ServicePort } from '../../resources/index.ts';
import type { AttachableRoute } from '../route-kinds.ts';

/** Of the kinds of routes at one port of a Service only those of the first count (GEP-1294, "Route types"). */
export const KINDS_BY_RANK: readonly AttachableRoute['kind'][] = ['GRPCRoute', 'HTTPRoute', 'TLSRoute', 'TCPRoute'];

/** Values of appProtocol, in lower case, that promise HTTP in cleartext to whoever connects. */
const HTTP: ReadonlySet<string> = new Set([
  'http',
  'http2',
  'h2c',
  'grpc',
  'grpc-web',
  'ws',
  'kubernetes.io/h2c',
  'kubernetes.io/ws',
  'kubernetes.io/grpc',
]);

/**
 * The kinds of routes that a port of a Service takes. What says that it speaks something else than HTTP, such as a database or TLS, is not
 * asked for requests, so that a route for all ports of a Service leaves it alone. Datagrams are not routed.
 */
export function kindsOfPort({ protocol, appProtocol }: ServicePort): readonly AttachableRoute['kind'][] {
  if (protocol !== 'TCP') return [];
  const speaksHttp = appProtocol === undefined || HTTP.has(appProtocol.toLowerCase());
  return speaksHttp ? KINDS_BY_RANK : ['TLSRoute', 'TCPRoute'];
}
