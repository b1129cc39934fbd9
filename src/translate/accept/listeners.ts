// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { XTelemetryPolicy } from '../../resources/index.ts';
import type { Certificate } from '../../snapshot/index.ts';
import { ANY_HOST } from '../../values/index.ts';
import { type ListenerSite, listenerFinding, listenerId } from '../listener-site.ts';
import { selectorProblem } from '../namespace-selection.ts';
import type { ListenerAcceptedReason, ListenerRefsReason, Problem, RouteKind } from '../outcomes.ts';
import type { ResolveContext } from '../resolve/backend-refs.ts';
import { ENCRYPTING } from '../resolve/backend-way.ts';
import type { TlsOfServices } from '../resolve/service-tls.ts';
import type { XBackends } from '../resolve/x-backend.ts';
import { resolveCertificates, type SecretReader } from './certificates.ts';
import { type FrontendValidation, type PortValidation, validationAt } from './client-validation.ts';
import { type JudgedFilters, judgeFilters } from './listener-filters.ts';
import { type ServedProtocol, servedProtocol } from './protocols.ts';

/** One listener as judged by itself, before it is compared with others. */
export interface JudgedListener extends ListenerSite {
  /** `listenerId`. */
  readonly id: string;
  /** `*` when the listener has none. */
  readonly hostname: string;
  /** undefined: the protocol is not served. */
  readonly protocol: ServedProtocol | undefined;
  readonly kinds: readonly RouteKind[];
  readonly certificates: readonly Certificate[];
  readonly filters: Pick<JudgedFilters, 'filters' | 'backends' | 'objects'>;
  /** What clients must show; null: nothing, or nobody can be let in. */
  readonly clients: PortValidation['trusted'];
  readonly accepted: Problem<ListenerAcceptedReason> | null;
  readonly resolvedRefs: Problem<ListenerRefsReason> | null;
  readonly findings: readonly Finding[];
}

/** What Gateways and their listeners are judged in. */
export interface GatewayReader extends SecretReader {
  /** How Services want to be spoken to. */
  readonly tls: TlsOfServices;
  readonly xBackends: XBackends;
  /** Of each Gateway that has one, by `namespace/name`. */
  readonly telemetry: ReadonlyMap<string, XTelemetryPolicy>;
}

/** What the listeners of one Gateway are judged in. */
export interface ListenerContext {
  readonly reader: SecretReader;
  /** What the Gateway asks of clients. */
  readonly frontend: FrontendValidation;
  /** What references to Services depend on. */
  readonly backends: ResolveContext;
}

/** Judges a listener: protocol, route kinds, TLS. */
export function judgeListener(site: ListenerSite, { reader, frontend, backends }: ListenerContext): JudgedListener {
  const { spec } = site;
  const protocol = servedProtocol(spec);
  const hostname = spec.hostname === undefined || spec.hostname === '' ? ANY_HOST : spec.hostname.toLowerCase();
  const { kinds, problem: kindProblem } = supportedKinds(site, protocol);
  const tls = protocol?.terminates === true ? resolveCertificates(site, reader) : undefined;
  const filters = judgeFilters(site, backends);
  const validation = protocol?.terminates === true ? validationAt(frontend, spec.port) : null;
  const accepted =
    protocol === undefined
      ? unsupportedProtocol(site)
      : (unsupportedTls(site) ?? validation?.accepted ?? filters.unsupported ?? unusableSelector(site));
  const noCertificate =
    tls !== undefined && tls.certificates.length + tls.problems.length === 0 ? missingCertificate(site) : null;
  // A broken certificate is worse than an unknown kind, so it gives the reason.
  const resolvedRefs =
    tls?.problems[0] ?? noCertificate ?? validation?.resolvedRefs ?? filters.refsProblem ?? kindProblem;
  return {
    ...site,
    id: listenerId(site),
    hostname,
    protocol,
    kinds,
    certificates: tls?.certificates ?? [],
    filters: { filters: filters.filters, backends: filters.backends, objects: filters.objects },
    clients: validation?.trusted ?? null,
    accepted,
    resolvedRefs,
    findings: [
      // The Gateway has those about authorities, once for all listeners.
      ...(accepted === null || accepted === validation?.accepted ? [] : [accepted.finding]),
      ...(tls?.findings ?? []),
      ...filters.findings,
      ...(noCertificate === null ? [] : [noCertificate.finding]),
      ...(kindProblem === null ? [] : [kindProblem.finding]),
      ...ignoredOptions(site),
    ],
  };
}

/** What references of a Gateway's listeners to Services depend on. `clientSecret`: see `BackendWay`. */
export function backendContext(clientSecret: string | null, reader: GatewayReader): ResolveContext {
  const { grants, resources, environment, tls, xBackends } = reader;
  const way = { ...ENCRYPTING, clientSecret };
  return { grants, services: resources.services, tls, xBackends, way, refusal: key => environment.refused?.get(key) };
}

function supportedKinds(
  site: ListenerSite,
  protocol: ServedProtocol | undefined,
): { kinds: readonly RouteKind[]; problem: Problem<'InvalidRouteKinds'> | null } {
  const { spec } = site;
  const served = protocol?.kinds ?? [];
  const wanted = spec.allowedRoutes?.kinds ?? [];
  if (wanted.length === 0 || protocol === undefined) return { kinds: served, problem: null };
  const taken = wanted.filter(kind => served.some(s => s.kind === kind.kind && s.group === kind.group));
  const refusedIndex = wanted.findIndex(kind => !taken.includes(kind));
  const kinds = served.filter(s => taken.some(kind => kind.kind === s.kind));
  const refused = wanted[refusedIndex];
  if (refused === undefined) return { kinds, problem: null };
  const mode = spec.protocol === 'TLS' ? ` and mode ${spec.tls?.mode}` : '';
  const finding = listenerFinding('gateway/invalid-route-kinds', site, {
    path: ['allowedRoutes', 'kinds', refusedIndex],
    message: `Listener ${spec.name} allows the kind ${refused.kind}, which cannot attach to a listener with protocol ${spec.protocol}${mode}`,
    help: `Allow only ${served.map(s => s.kind).join(', ')}`,
  });
  return { kinds, problem: { reason: 'InvalidRouteKinds', finding } };
}

function unsupportedProtocol(site: ListenerSite): Problem<'UnsupportedProtocol'> {
  const { spec } = site;
  const finding = listenerFinding('gateway/unsupported-protocol', site, {
    path: ['protocol'],
    message: `Listener ${spec.name} has protocol ${spec.protocol}, which is unknown`,
    help: 'Use HTTP, HTTPS, TLS, TCP or UDP',
  });
  return { reason: 'UnsupportedProtocol', finding };
}

function unsupportedTls(site: ListenerSite): Problem<'UnsupportedValue'> | null {
  const { spec } = site;
  if (spec.protocol !== 'HTTPS' || spec.tls?.mode !== 'Passthrough') return null;
  const finding = listenerFinding('gateway/unsupported-tls', site, {
    path: ['tls', 'mode'],
    message: `Listener ${spec.name} has protocol HTTPS and tls.mode Passthrough; HTTPS must be terminated`,
    help: 'Use mode: Terminate',
  });
  return { reason: 'UnsupportedValue', finding };
}

/** The CRD takes any operator and values in a selector; what Kubernetes could not evaluate guards nothing. */
function unusableSelector(site: ListenerSite): Problem<'UnsupportedValue'> | null {
  const { spec } = site;
  const unusable = selectorProblem(spec.allowedRoutes.namespaces);
  if (unusable === undefined) return null;
  const finding = listenerFinding('gateway/invalid-selector', site, {
    path: ['allowedRoutes', 'namespaces', 'selector', ...unusable.path],
    message: `Listener ${spec.name} has a namespace selector that cannot be used: ${unusable.problem}`,
    help: 'Write matchLabels, or matchExpressions with In, NotIn, Exists or DoesNotExist',
  });
  return { reason: 'UnsupportedValue', finding };
}

function missingCertificate(site: ListenerSite): Problem<'InvalidCertificateRef'> {
  const finding = listenerFinding('gateway/certificate-missing', site, {
    path: ['tls'],
    message: `Listener ${site.spec.name} ends TLS, so it needs a certificate, and tls.certificateRefs names none`,
    help: 'Add tls: {certificateRefs: [{name: SECRET}]}',
  });
  return { reason: 'InvalidCertificateRef', finding };
}

function ignoredOptions(site: ListenerSite): readonly Finding[] {
  return Object.keys(site.spec.tls?.options ?? {}).map(option =>
    listenerFinding('gateway/tls-option-ignored', site, {
      path: ['tls', 'options', option],
      message: `The TLS option ${option} is not known to daemun and has no effect`,
      help: 'Remove it, or keep it for another implementation',
    }),
  );
}
