// SPDX-License-Identifier: Apache-2.0

import type { CompiledListener } from './compiled-listener.ts';

// What a client is told of a request that no rule takes; the proxy says it, and `explain` says it beforehand.

/** What is wrong with a request for `host` that no rule of the listener takes. */
export function noRouteReason(host: string, listener: CompiledListener): 'no_route' | 'no_route_for_host' {
  return listener.isForeign(host) ? 'no_route_for_host' : 'no_route';
}

/** `what`: `/service/method`, or `GET /path`. */
export function noRouteText(what: string, host: string, listener: CompiledListener): string {
  const text = `no route matches ${what} on host ${host}`;
  return listener.isForeign(host) ? `${text}: no route is for this host` : text;
}

/** What a client is told of a target that is refused; `fault`: what `targetFault` says of it. */
export function invalidTargetText(target: string, fault: string): string {
  return `path ${target} ${fault}, and could be read in more than one way`;
}

/** No listener of the port takes the host; `what` as in `noRouteText`. */
export function noListenerText(what: string, host: string): string {
  return `no listener takes host ${host} (${what})`;
}

/** The patterns of the rules came to no end; `what` as in `noRouteText`. */
export function patternWorkText(what: string, host: string): string {
  return `which rule takes ${what} on host ${host} is not known: its texts cost the regular expressions of the rules too much time`;
}

/** The server name of the connection belongs to another listener than the host. */
export function misdirectedText(host: string): string {
  return `host ${host} is not served on this connection: open one with its own server name`;
}

/** What a client of gRPC-Web is told; undefined for other content-types. */
export function grpcWebText(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^application\/grpc-web(?:[-+;]|$)/i.test(contentType)) return undefined;
  return `this request is gRPC-Web (${contentType.slice(0, 64)}), and the routes here take gRPC (application/grpc): call with a gRPC client, or put a proxy that translates gRPC-Web in front`;
}
