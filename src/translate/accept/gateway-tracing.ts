// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Tracing as AskedTracing, TracingAttribute, XTelemetryPolicy } from '../../resources/index.ts';
import {
  type Collector,
  type MirrorShare,
  SPAN_FACTS,
  type SpanAttribute,
  type Tracing,
} from '../../snapshot/index.ts';
import { compareStrings, type NamespacedName } from '../../values/index.ts';
import type { AncestorOutcome } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import { authorityOf } from '../resolve/backend-authority.ts';
import { backendObject } from '../resolve/backend-object.ts';
import {
  type BackendReason,
  type ResolveContext,
  type ResolvedBackend,
  resolveBackend,
} from '../resolve/backend-refs.ts';

/** What came of the XTelemetryPolicy of a Gateway. */
export interface GatewayTracing extends Pick<AncestorOutcome, 'accepted' | 'resolvedRefs'> {
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
  /** Who takes the spans. */
  readonly backend: ResolvedBackend | null;
  /** What the policy names (`backendObject`), whether or not it can be used; null: nothing. */
  readonly object: string | null;
  /** The same for all Gateways of the policy where it says so of the policy alone. */
  readonly findings: readonly Finding[];
}

export const UNTRACED: GatewayTracing = {
  tracing: null,
  backend: null,
  object: null,
  accepted: null,
  resolvedRefs: 'unused',
  findings: [],
};

type Enabled = Extract<AskedTracing, { readonly mode: 'Enabled' }>;

/** Without a rate of its own every trace is recorded, as OpenTelemetry's SDKs do. */
const ALL: MirrorShare = { numerator: 1, denominator: 1 };

/** Resolves `spec.tracing` of the policy that acts at a Gateway; `context`: what the Gateway's references depend on. */
export function judgeTracing(
  policy: XTelemetryPolicy | undefined,
  gateway: NamespacedName,
  context: ResolveContext,
): GatewayTracing {
  const asked = policy?.spec.tracing;
  // ImplementationDefault: without a collector nobody could be told.
  if (policy === undefined || asked?.mode !== 'Enabled') return UNTRACED;
  const object = backendObject(asked.provider.backendRef, policy.metadata.namespace);
  const findings = unknownAttributes(policy, asked.attributes ?? []);
  const resolved = resolveCollector(policy, asked, context);
  if ('reason' in resolved) {
    const { reason, finding } = resolved;
    const told = { ...UNTRACED, object, findings: [finding, ...findings] };
    // The reference is good; what it leads to cannot be used.
    if (reason === 'BackendUntrusted') return { ...told, accepted: { reason: 'Invalid', finding }, resolvedRefs: null };
    return { ...told, resolvedRefs: { reason, finding } };
  }
  const { kind, backend } = resolved;
  const collector: Collector = {
    kind,
    cluster: backend.clusterId,
    authority: authorityOf(backend, context),
    headers: (asked.provider.headers ?? [])
      .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
      .sort((a, b) => compareStrings(a.name, b.name)),
  };
  const tracing = compileTracing(asked, gateway, collector);
  return { tracing, backend, object, accepted: null, resolvedRefs: null, findings };
}

type Resolved = { readonly kind: Collector['kind']; readonly backend: ResolvedBackend };

/** Where collectors take OTLP by HTTP/1.1, by the word of IANA; a port that says what it speaks is believed. */
const OTLP_HTTP_PORT = 4_318;

/** By gRPC, unless the port speaks what cannot carry that, or is the one for HTTP. */
function resolveCollector(
  policy: XTelemetryPolicy,
  { provider: { backendRef } }: Enabled,
  context: ResolveContext,
): Resolved | Extract<ReturnType<typeof resolveBackend>, { readonly reason: BackendReason }> {
  const site = { referrer: policy, path: ['spec', 'tracing', 'provider', 'backendRef'], context };
  const byGrpc = resolveBackend(backendRef, { ...site, speaks: 'GRPCRoute' });
  const mayBeHttp = 'reason' in byGrpc ? byGrpc.reason === 'UnsupportedProtocol' : byGrpc.port === OTLP_HTTP_PORT;
  const byHttp = mayBeHttp ? resolveBackend(backendRef, { ...site, speaks: 'HTTPRoute' }) : byGrpc;
  if ('reason' in byHttp) return byHttp;
  // HTTP/2 carries both.
  return { kind: byHttp.protocol === 'h1' ? 'http' : 'grpc', backend: byHttp };
}

function compileTracing(asked: Enabled, gateway: NamespacedName, collector: Collector): Tracing {
  const { samplingRate, parentBasedSampling: parents, serviceName } = asked;
  const known = (asked.attributes ?? []).flatMap(attribute => compileAttribute(attribute) ?? []);
  return {
    collector,
    newTraces: samplingRate ?? ALL,
    recordedTraces: parents?.mode === 'Disabled' ? null : (parents?.samplingRate ?? ALL),
    service:
      serviceName === undefined
        ? { name: gateway.name, namespace: gateway.namespace }
        : { name: serviceName, namespace: '' },
    spanName: asked.spanName ?? null,
    attributes: known.sort((a, b) => compareStrings(a.name, b.name)),
  };
}

const OF_HEADERS = /^http\.(request|response)\.header\.([a-z0-9_.-]+)$/;

/** undefined: its key is not known. */
function compileAttribute(attribute: TracingAttribute): SpanAttribute | undefined {
  const { name } = attribute;
  switch (attribute.sourceType) {
    case 'Literal':
      return { source: 'literal', name, value: attribute.literalValue };
    case 'Header':
      return { source: 'header', name, header: attribute.headerName.toLowerCase() };
    case 'Attribute': {
      const [, side, header] = OF_HEADERS.exec(attribute.attributeKey) ?? [];
      if (header !== undefined)
        return { source: side === 'request' ? 'request-header' : 'response-header', name, header };
      const fact = SPAN_FACTS.find(known => known === attribute.attributeKey);
      return fact === undefined ? undefined : { source: 'fact', name, fact };
    }
  }
}

function unknownAttributes(policy: XTelemetryPolicy, attributes: readonly TracingAttribute[]): readonly Finding[] {
  return attributes.flatMap((attribute, index) => {
    if (attribute.sourceType !== 'Attribute' || compileAttribute(attribute) !== undefined) return [];
    return findingOf('policy/attribute-unknown', policy, {
      path: ['spec', 'tracing', 'attributes', index, 'attributeKey'],
      message: `No request has ${attribute.attributeKey}, so spans go without ${attribute.name}`,
      help: `Known are http.request.header.NAME, http.response.header.NAME, ${SPAN_FACTS.join(', ')}`,
    });
  });
}
