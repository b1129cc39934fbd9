// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway } from '../../resources/index.ts';
import type { Certificate } from '../../snapshot/index.ts';
import { ANY_HOST, parseLabelSelector } from '../../values/index.ts';
import { refuseClientValidation, whyNotProtocol, whyNotRouteKind } from '../not-served.ts';
import type { ListenerAcceptedReason, ListenerRefsReason, Problem, RouteKind } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { ResolveContext } from '../resolve/backend-refs.ts';
import { resolveCertificates, type SecretReader } from './certificates.ts';
import { type JudgedFilters, judgeFilters } from './listener-filters.ts';
import { type ServedProtocol, servedProtocol } from './protocols.ts';

export type ListenerSpec = Gateway['spec']['listeners'][number];

/** One listener as judged by itself, before it is compared with others. */
export interface JudgedListener {
  /** `namespace/gateway/listener`. */
  readonly id: string;
  readonly index: number;
  readonly spec: ListenerSpec;
  /** `*` when the listener has none. */
  readonly hostname: string;
  /** undefined: the protocol is not served. */
  readonly protocol: ServedProtocol | undefined;
  readonly kinds: readonly RouteKind[];
  readonly certificates: readonly Certificate[];
  readonly filters: Pick<JudgedFilters, 'filters' | 'backends'>;
  readonly accepted: Problem<ListenerAcceptedReason> | null;
  readonly resolvedRefs: Problem<ListenerRefsReason> | null;
  readonly findings: readonly Finding[];
}

/** A listener with its index in `spec.listeners`. */
export interface NumberedListener {
  readonly index: number;
  readonly spec: ListenerSpec;
}

/** Judges listener `index` of `gateway`: protocol, route kinds, TLS. */
export function judgeListener(
  gateway: Gateway,
  { index, spec }: NumberedListener,
  reader: SecretReader,
): JudgedListener {
  const protocol = servedProtocol(spec.protocol);
  const hostname = spec.hostname === undefined || spec.hostname === '' ? ANY_HOST : spec.hostname.toLowerCase();
  const { kinds, problem: kindProblem } = supportedKinds(gateway, { index, spec }, protocol);
  const tls = protocol?.secure === true ? resolveCertificates(gateway, index, reader) : undefined;
  const filters = judgeFilters(gateway, index, contextOf(reader));
  const accepted =
    protocol === undefined
      ? unsupportedProtocol(gateway, index, spec)
      : (unsupportedTls(gateway, index, spec) ?? filters.unsupported ?? unusableSelector(gateway, index, spec));
  const noCertificate =
    tls !== undefined && tls.certificates.length + tls.problems.length === 0
      ? missingCertificate(gateway, index)
      : null;
  // A broken certificate is worse than an unknown kind, so it gives the reason.
  const resolvedRefs = tls?.problems[0] ?? noCertificate ?? filters.refsProblem ?? kindProblem;
  return {
    id: `${gateway.metadata.namespace}/${gateway.metadata.name}/${spec.name}`,
    index,
    spec,
    hostname,
    protocol,
    kinds,
    certificates: tls?.certificates ?? [],
    filters: { filters: filters.filters, backends: filters.backends },
    accepted,
    resolvedRefs,
    findings: [
      ...(accepted === null ? [] : [accepted.finding]),
      ...(tls?.findings ?? []),
      ...filters.findings,
      ...(noCertificate === null ? [] : [noCertificate.finding]),
      ...(kindProblem === null ? [] : [kindProblem.finding]),
      ...ignoredOptions(gateway, index, spec),
    ],
  };
}

/** What references of a Gateway to Services depend on. */
function contextOf({ grants, resources, environment }: SecretReader): ResolveContext {
  return { grants, services: resources.services, refusal: key => environment.refused?.get(key) };
}

function supportedKinds(
  gateway: Gateway,
  { index, spec }: NumberedListener,
  protocol: ServedProtocol | undefined,
): { kinds: readonly RouteKind[]; problem: Problem<'InvalidRouteKinds'> | null } {
  const served = protocol?.kinds ?? [];
  const wanted = spec.allowedRoutes?.kinds ?? [];
  if (wanted.length === 0 || protocol === undefined) return { kinds: served, problem: null };
  const taken = wanted.filter(kind => served.some(s => s.kind === kind.kind && s.group === kind.group));
  const refusedIndex = wanted.findIndex(kind => !taken.includes(kind));
  const kinds = served.filter(s => taken.some(kind => kind.kind === s.kind));
  const refused = wanted[refusedIndex];
  if (refused === undefined) return { kinds, problem: null };
  const why = whyNotRouteKind(refused) ?? `cannot attach to a listener with protocol ${spec.protocol}`;
  const finding = findingOf('gateway/invalid-route-kinds', gateway, {
    path: ['spec', 'listeners', index, 'allowedRoutes', 'kinds', refusedIndex],
    message: `Listener ${spec.name} allows the kind ${refused.kind}, which ${why}`,
    help: `Allow only ${served.map(s => s.kind).join(', ')}`,
  });
  return { kinds, problem: { reason: 'InvalidRouteKinds', finding } };
}

function unsupportedProtocol(gateway: Gateway, index: number, spec: ListenerSpec): Problem<'UnsupportedProtocol'> {
  const finding = findingOf('gateway/unsupported-protocol', gateway, {
    path: ['spec', 'listeners', index, 'protocol'],
    message: `Listener ${spec.name} has protocol ${spec.protocol}, which ${whyNotProtocol(spec.protocol)}`,
    help: 'Use HTTP or HTTPS',
  });
  return { reason: 'UnsupportedProtocol', finding };
}

function unsupportedTls(gateway: Gateway, index: number, spec: ListenerSpec): Problem<'UnsupportedValue'> | null {
  if (spec.protocol !== 'HTTPS') return null;
  if (spec.tls?.mode !== 'Passthrough') return refuseClientValidation(gateway, index);
  const finding = findingOf('gateway/unsupported-tls', gateway, {
    path: ['spec', 'listeners', index, 'tls', 'mode'],
    message: `Listener ${spec.name} has protocol HTTPS and tls.mode Passthrough; HTTPS must be terminated`,
    help: 'Use mode: Terminate',
  });
  return { reason: 'UnsupportedValue', finding };
}

/** The CRD takes any operator and values in a selector; what Kubernetes could not evaluate guards nothing. */
function unusableSelector(gateway: Gateway, index: number, spec: ListenerSpec): Problem<'UnsupportedValue'> | null {
  const { from, selector } = spec.allowedRoutes.namespaces;
  if (from !== 'Selector') return null;
  const path = ['spec', 'listeners', index, 'allowedRoutes', 'namespaces', 'selector'];
  const parsed = selector === undefined ? { path: [], problem: 'it is missing' } : parseLabelSelector(selector);
  if ('selector' in parsed) return null;
  const finding = findingOf('gateway/invalid-selector', gateway, {
    path: [...path, ...parsed.path],
    message: `Listener ${spec.name} has a namespace selector that cannot be used: ${parsed.problem}`,
    help: 'Write matchLabels, or matchExpressions with In, NotIn, Exists or DoesNotExist',
  });
  return { reason: 'UnsupportedValue', finding };
}

function missingCertificate(gateway: Gateway, index: number): Problem<'InvalidCertificateRef'> {
  const finding = findingOf('gateway/certificate-missing', gateway, {
    path: ['spec', 'listeners', index, 'tls'],
    message: 'An HTTPS listener needs a certificate, and tls.certificateRefs names none',
    help: 'Add tls: {certificateRefs: [{name: SECRET}]}',
  });
  return { reason: 'InvalidCertificateRef', finding };
}

function ignoredOptions(gateway: Gateway, index: number, spec: ListenerSpec): readonly Finding[] {
  return Object.keys(spec.tls?.options ?? {}).map(option =>
    findingOf('gateway/tls-option-ignored', gateway, {
      path: ['spec', 'listeners', index, 'tls', 'options', option],
      message: `The TLS option ${option} is not known to daemun and has no effect`,
      help: 'Remove it, or keep it for another implementation',
    }),
  );
}
