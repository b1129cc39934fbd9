// SPDX-License-Identifier: Apache-2.0

import type { HeaderField, MirrorShare } from './rule.ts';

/** Which requests of a listener are traced, and who is told (XTelemetryPolicy, GEP-4768). */
export interface Tracing {
  readonly collector: Collector;
  /** Of the requests that come without a trace, or, where `recordedTraces` is null, of all. */
  readonly newTraces: MirrorShare;
  /** Of the requests whose sender records their trace; those that it does not record are not traced. null: its word does not count. */
  readonly recordedTraces: MirrorShare | null;
  /** What the collector calls us (`service.name`, `service.namespace`; '': it is not told the latter). */
  readonly service: { readonly name: string; readonly namespace: string };
  /** null: spans are named after what they ask for. */
  readonly spanName: string | null;
  /** Beside those that every span has, sorted by name. */
  readonly attributes: readonly SpanAttribute[];
}

/** Who takes spans, by OTLP: its gRPC service, or `POST /v1/traces`. */
export interface Collector {
  readonly kind: 'grpc' | 'http';
  readonly cluster: string;
  /** The host that exports are for. */
  readonly authority: string;
  /** What exports carry besides; names in lower case, sorted. */
  readonly headers: readonly HeaderField[];
}

/** An attribute that spans get under a name of the operator's. What a request does not have is left out. */
export type SpanAttribute =
  | { readonly source: 'literal'; readonly name: string; readonly value: string }
  /** A field of the request, or, if that has none of this name, of the endpoint's response. In lower case. */
  | { readonly source: 'header'; readonly name: string; readonly header: string }
  /** `http.request.header.…` and `http.response.header.…`: all values, as a list. */
  | { readonly source: 'request-header' | 'response-header'; readonly name: string; readonly header: string }
  | { readonly source: 'fact'; readonly name: string; readonly fact: SpanFact };

/** What spans can tell by the names of OpenTelemetry's conventions: the dictionary of GEP-5253 (but `url.fragment`, which no server is sent), and calls. */
export const SPAN_FACTS = [
  'client.address',
  'client.port',
  'error.type',
  'http.request.method',
  'http.request.method_original',
  'http.response.status_code',
  'http.route',
  'network.peer.address',
  'network.peer.port',
  'network.protocol.name',
  'network.protocol.version',
  'network.transport',
  'network.type',
  'rpc.grpc.status_code',
  'rpc.method',
  'rpc.service',
  'rpc.system',
  'server.address',
  'server.port',
  'url.full',
  'url.path',
  'url.query',
  'url.scheme',
  'user_agent.original',
] as const;

export type SpanFact = (typeof SPAN_FACTS)[number];
