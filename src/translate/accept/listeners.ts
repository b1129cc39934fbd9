// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP, type Gateway, OTHER_GATEWAY_KINDS } from '../../resources/index.ts';
import type { Certificate } from '../../snapshot/index.ts';
import { ANY_HOST, parseLabelSelector } from '../../values/index.ts';
import { refuseListenerFilters } from '../not-served.ts';
import type { ListenerAcceptedReason, ListenerRefsReason, Problem, RouteKind } from '../outcomes.ts';
import { findingOf, type Report } from '../report.ts';
import { resolveCertificates, type SecretReader } from './certificates.ts';
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
  const accepted =
    protocol === undefined
      ? unsupportedProtocol(gateway, index, spec)
      : (unsupportedTls(gateway, index, spec) ??
        refuseListenerFilters(gateway, index) ??
        unusableSelector(gateway, index, spec));
  const noCertificate =
    tls !== undefined && tls.certificates.length + tls.problems.length === 0
      ? missingCertificate(gateway, index)
      : null;
  // A broken certificate is worse than an unknown kind, so it gives the reason.
  const resolvedRefs = tls?.problems[0] ?? noCertificate ?? kindProblem;
  return {
    id: `${gateway.metadata.namespace}/${gateway.metadata.name}/${spec.name}`,
    index,
    spec,
    hostname,
    protocol,
    kinds,
    certificates: tls?.certificates ?? [],
    accepted,
    resolvedRefs,
    findings: [
      ...(accepted === null ? [] : [accepted.finding]),
      ...(tls?.findings ?? []),
      ...(noCertificate === null ? [] : [noCertificate.finding]),
      ...(kindProblem === null ? [] : [kindProblem.finding]),
      ...ignoredOptions(gateway, index, spec),
    ],
  };
}

function supportedKinds(
  gateway: Gateway,
  { index, spec }: NumberedListener,
  protocol: ServedProtocol | undefined,
): { kinds: readonly RouteKind[]; problem: Problem<'InvalidRouteKinds'> | null } {
  const served = protocol?.kinds ?? [];
  const wanted = spec.allowedRoutes?.kinds ?? [];
  if (wanted.length === 0 || protocol === undefined) return { kinds: served, problem: null };
  const taken = wanted.filter(kind =>
    served.some(s => s.kind === kind.kind && s.group === (kind.group ?? GATEWAY_GROUP)),
  );
  const refusedIndex = wanted.findIndex(kind => !taken.includes(kind));
  const kinds = served.filter(s => taken.some(kind => kind.kind === s.kind));
  const refused = wanted[refusedIndex];
  if (refused === undefined) return { kinds, problem: null };
  const later = OTHER_GATEWAY_KINDS.has(refused.kind) && (refused.group ?? GATEWAY_GROUP) === GATEWAY_GROUP;
  const why = later
    ? 'is not yet supported by this version of daemun'
    : `cannot attach to a listener with protocol ${spec.protocol}`;
  const finding = findingOf('gateway/invalid-route-kinds', gateway, {
    path: ['spec', 'listeners', index, 'allowedRoutes', 'kinds', refusedIndex],
    message: `Listener ${spec.name} allows the kind ${refused.kind}, which ${why}`,
    help: `Allow only ${served.map(s => s.kind).join(', ')}`,
  });
  return { kinds, problem: { reason: 'InvalidRouteKinds', finding } };
}

function unsupportedProtocol(gateway: Gateway, index: number, spec: ListenerSpec): Problem<'UnsupportedProtocol'> {
  const known = ['TLS', 'TCP', 'UDP'].includes(spec.protocol);
  const finding = findingOf('gateway/unsupported-protocol', gateway, {
    path: ['spec', 'listeners', index, 'protocol'],
    message: `Listener ${spec.name} has protocol ${spec.protocol}, which ${known ? 'is not yet supported by this version of daemun' : 'is unknown'}`,
    help: 'Use HTTP or HTTPS',
  });
  return { reason: 'UnsupportedProtocol', finding };
}

/** Client certificates cannot be asked for yet; a listener that should ask must not let everyone in. */
function unsupportedTls(gateway: Gateway, index: number, spec: ListenerSpec): Problem<'UnsupportedValue'> | null {
  const refuse = (report: Report): Problem<'UnsupportedValue'> => ({
    reason: 'UnsupportedValue',
    finding: findingOf('gateway/unsupported-tls', gateway, report),
  });
  if (spec.protocol !== 'HTTPS') return null;
  if (spec.tls?.mode === 'Passthrough') {
    return refuse({
      path: ['spec', 'listeners', index, 'tls', 'mode'],
      message: `Listener ${spec.name} has protocol HTTPS and tls.mode Passthrough; HTTPS must be terminated`,
      help: 'Use mode: Terminate',
    });
  }
  const frontend = gateway.spec.tls?.frontend;
  const perPort = frontend?.perPort?.find(entry => entry.port === spec.port);
  if ((perPort === undefined ? frontend?.default : perPort.tls)?.validation === undefined) return null;
  return refuse({
    path: ['spec', 'tls', 'frontend'],
    message: `Listener ${spec.name} must validate client certificates, which is not yet supported by this version of daemun`,
    help: 'Remove spec.tls.frontend validation for this port, or put a proxy that validates in front',
  });
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
