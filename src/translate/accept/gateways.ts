// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, ListenerSet } from '../../resources/index.ts';
import type { HealthEndpoint } from '../../snapshot/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import type { ListenerOwner } from '../listener-site.ts';
import type { ConflictReason, GatewayReason, ListenerAcceptedReason, ListenerOutcome, Problem } from '../outcomes.ts';
import { readAnnotation } from '../resolve/annotations/annotation.ts';
import { FORWARD_CLIENT_CERTIFICATE } from '../resolve/annotations/forward-client-certificate.ts';
import { HEALTH_ENDPOINT } from '../resolve/annotations/health-endpoint.ts';
import { PROXY_PROTOCOL_FROM } from '../resolve/annotations/proxy-protocol.ts';
import { TRUSTED_PROXIES } from '../resolve/annotations/trusted-proxies.ts';
import { assignAddresses } from './addresses.ts';
import { type AcceptedClasses, impliedClassFinding } from './classes.ts';
import { type ClientCertificate, resolveClientCertificate } from './client-certificate.ts';
import { type FrontendValidation, judgeFrontend } from './client-validation.ts';
import { findConflicts } from './conflicts.ts';
import type { GatewayDraft } from './gateway-draft.ts';
import { type GatewayParameters, readParameters } from './gateway-parameters.ts';
import { type GatewayTracing, judgeTracing } from './gateway-tracing.ts';
import { type AcceptedSets, unusableAllowedListeners } from './listener-sets.ts';
import { backendContext, type GatewayReader, type JudgedListener, judgeListener } from './listeners.ts';
import { findOverlaps } from './overlapping-tls.ts';
import { claimSockets, type SocketClaim, type SocketVerdict } from './sockets.ts';

/** A Gateway that is ours, with its listeners judged against each other and against those of other Gateways. */
export interface AcceptedGateway {
  /** `namespace/name`. */
  readonly key: string;
  readonly gateway: Gateway;
  readonly controllerName: string;
  readonly addresses: readonly string[];
  readonly assignment: GatewayDraft['assignment'];
  /** Set: the Gateway as a whole is refused and carries no traffic. */
  readonly refused: Problem<Exclude<GatewayReason, 'ListenersNotValid'>> | null;
  readonly insecureClients: FrontendValidation['insecure'];
  /** ListenerSets that are attached, in the order of precedence. */
  readonly sets: readonly ListenerSet[];
  /** The Gateway's own in the order of `spec.listeners`, then those of `sets`. */
  readonly listeners: readonly AcceptedListener[];
  readonly health: HealthEndpoint | null;
  readonly trustedProxies: readonly string[];
  /** As in `Binding`. */
  readonly proxyProtocolFrom: readonly string[];
  /** Endpoints are told which certificates clients showed. */
  readonly forwardsClients: boolean;
  readonly clientCertificate: ClientCertificate;
  readonly tracing: GatewayTracing;
  readonly findings: readonly Finding[];
}

export interface AcceptedListener {
  readonly judged: JudgedListener;
  readonly accepted: Problem<ListenerAcceptedReason> | null;
  readonly conflicted: Problem<ConflictReason> | null;
  readonly programmed: ListenerOutcome['programmed'];
  readonly overlapping: ListenerOutcome['overlapping'];
  /** Where it is bound; empty when it carries no traffic. */
  readonly sockets: readonly SocketClaim[];
  /** Where it is bound, when that is not where the Gateway says; else ''. */
  readonly note: string;
}

/** The listeners of a Gateway by who wrote them: the Gateway itself, or a ListenerSet. */
export type ListenersByOwner = ReadonlyMap<ListenerOwner, readonly AcceptedListener[]>;

export function listenersByOwner({ listeners }: AcceptedGateway): ListenersByOwner {
  return Map.groupBy(listeners, ({ judged }) => judged.owner);
}

/**
 * Judges every Gateway whose class is ours with the listeners of its ListenerSets (`attachedSets`, by Gateway), oldest first,
 * because on a shared socket the older one wins.
 */
export function acceptGateways(
  classes: AcceptedClasses,
  attachedSets: AcceptedSets['attached'],
  reader: GatewayReader,
): ReadonlyMap<string, AcceptedGateway> {
  const drafts: GatewayDraft[] = [];
  const oldestFirst = [...reader.resources.gateways.values()].sort((a, b) => compareAge(a.metadata, b.metadata));
  for (const gateway of oldestFirst) {
    const controllerName = classes.controllerOf(gateway);
    if (controllerName === undefined) continue;
    const key = formatNamespacedName(gateway.metadata);
    const parent = { key, gateway, controllerName, sets: attachedSets.get(key) ?? [] };
    drafts.push(draftGateway(parent, readParameters(gateway, classes, reader), reader));
  }
  const claims = claimSockets(drafts, reader.environment);
  const accepted = new Map<string, AcceptedGateway>();
  for (const draft of drafts) accepted.set(draft.key, finishGateway(draft, claims, reader));
  return accepted;
}

function draftGateway(
  parent: Pick<GatewayDraft, 'key' | 'gateway' | 'controllerName' | 'sets'>,
  { parameters, problem: unreadable, findings }: GatewayParameters,
  reader: GatewayReader,
): GatewayDraft {
  const { gateway, sets } = parent;
  const frontend = judgeFrontend(gateway, reader.trust);
  const clientCertificate = resolveClientCertificate(gateway, reader);
  const context = { reader, frontend, backends: backendContext(clientCertificate.secret, reader) };
  const tracing = judgeTracing(reader.telemetry.get(parent.key), gateway.metadata, context.backends);
  const listeners = [gateway, ...sets].flatMap(owner =>
    owner.spec.listeners.map((spec, index) => judgeListener({ gateway, owner, index, spec }, context)),
  );
  const assigned = assignAddresses(gateway, unreadable === null ? parameters : null, reader.environment);
  const { addresses, targetPorts, problem, assignment } = assigned;
  const refused = unreadable ?? problem;
  const conflicts = findConflicts(listeners);
  return {
    ...parent,
    addresses,
    targetPorts,
    assignment,
    refused,
    // What a Service leads to is served on: parameters are about the Service alone, which stays as it is.
    isServed: refused === null || (problem === null && targetPorts !== null),
    findings,
    frontend,
    clientCertificate,
    tracing,
    listeners,
    conflicts,
  };
}

function finishGateway(
  draft: GatewayDraft,
  claims: ReturnType<typeof claimSockets>,
  reader: GatewayReader,
): AcceptedGateway {
  const { gateway, clientCertificate } = draft;
  const overlaps = findOverlaps(draft.listeners.filter(({ id }) => !draft.conflicts.has(id)));
  const listeners = draft.listeners.map(judged => finishListener(judged, draft, { claims, overlaps }));
  const implied = reader.resources.gatewayClasses.has(gateway.spec.gatewayClassName)
    ? []
    : [impliedClassFinding(gateway)];
  const annotated: Finding[] = [];
  const health = readAnnotation(gateway, HEALTH_ENDPOINT, annotated);
  const trustedProxies = readAnnotation(gateway, TRUSTED_PROXIES, annotated);
  const proxyProtocolFrom = readAnnotation(gateway, PROXY_PROTOCOL_FROM, annotated);
  const forwardsClients = readAnnotation(gateway, FORWARD_CLIENT_CERTIFICATE, annotated);
  return {
    key: draft.key,
    gateway,
    controllerName: draft.controllerName,
    addresses: draft.addresses,
    assignment: draft.assignment,
    refused: draft.refused,
    insecureClients: draft.frontend.insecure,
    sets: draft.sets,
    listeners,
    health,
    trustedProxies,
    proxyProtocolFrom,
    forwardsClients,
    clientCertificate,
    tracing: draft.tracing,
    findings: [
      ...implied,
      ...(draft.refused === null ? [] : [draft.refused.finding]),
      ...draft.assignment.missing.map(({ finding }) => finding),
      ...draft.findings,
      ...draft.frontend.findings,
      ...unusableAllowedListeners(gateway),
      ...clientCertificate.findings,
      ...annotated,
      ...listeners.flatMap(listenerFindings),
    ],
  };
}

interface Comparison {
  readonly claims: ReturnType<typeof claimSockets>;
  readonly overlaps: ReturnType<typeof findOverlaps>;
}

function finishListener(judged: JudgedListener, draft: GatewayDraft, comparison: Comparison): AcceptedListener {
  const verdict = comparison.claims.get(judged.id);
  const conflicted = draft.conflicts.get(judged.id) ?? verdict?.conflicted ?? null;
  const accepted = judged.accepted ?? conflicted ?? verdict?.unavailable ?? null;
  const needsCertificate = judged.protocol?.terminates === true && judged.certificates.length === 0;
  const carries = draft.isServed && judged.accepted === null && conflicted === null && !needsCertificate;
  const unplaced = draft.refused ?? (draft.addresses.length === 0 ? (draft.assignment.missing[0] ?? null) : null);
  return {
    judged,
    accepted,
    conflicted,
    programmed: programmedProblem(judged, { accepted, conflicted, unplaced, pending: verdict?.pending ?? null }),
    overlapping: comparison.overlaps.get(judged.id) ?? null,
    sockets: carries ? (verdict?.sockets ?? []) : [],
    note: carries ? (verdict?.note ?? '') : '',
  };
}

interface Verdicts {
  readonly accepted: Problem<ListenerAcceptedReason> | null;
  readonly conflicted: Problem<ConflictReason> | null;
  /** Why it is bound nowhere: the Gateway is refused, or has no address. */
  readonly unplaced: Problem | null;
  readonly pending: SocketVerdict['pending'];
}

function programmedProblem(judged: JudgedListener, verdicts: Verdicts): ListenerOutcome['programmed'] {
  if (verdicts.conflicted !== null) return verdicts.conflicted;
  if (verdicts.accepted !== null) {
    const reason = verdicts.accepted.reason === 'PortUnavailable' ? 'PortUnavailable' : 'Invalid';
    return { reason, finding: verdicts.accepted.finding };
  }
  if (verdicts.unplaced !== null) return { reason: 'Invalid', finding: verdicts.unplaced.finding };
  if (verdicts.pending !== null) return verdicts.pending;
  if (judged.protocol?.terminates !== true || judged.certificates.length > 0 || judged.resolvedRefs === null)
    return null;
  return { reason: 'Invalid', finding: judged.resolvedRefs.finding };
}

function listenerFindings(listener: AcceptedListener): readonly Finding[] {
  const findings = [...listener.judged.findings];
  if (listener.conflicted !== null) findings.push(listener.conflicted.finding);
  else if (listener.accepted?.reason === 'PortUnavailable') findings.push(listener.accepted.finding);
  if (listener.overlapping !== null) findings.push(listener.overlapping.finding);
  return findings;
}
