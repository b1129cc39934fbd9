// SPDX-License-Identifier: Apache-2.0

import type { FindingCode } from '../../errors/index.ts';
import type { BackendObjectReference, Service } from '../../resources/index.ts';
import type { Cluster } from '../../snapshot/index.ts';
import { formatNamespacedName, interned } from '../../values/index.ts';
import type { Problem, RouteRefsReason } from '../outcomes.ts';
import { findingOf, type Named, type Report } from '../report.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { PROTOCOLS, protocolOf } from './app-protocol.ts';
import { isXBackend, ownerOfXBackend } from './backend-object.ts';
import type { BackendWay } from './backend-way.ts';
import { type ClusterKey, clusterId } from './clusters.ts';
import { missingText } from './missing-object.ts';
import { coreGroup, grantToCreate, type ReferenceGrants } from './reference-grants.ts';
import { type PolicyTls, type TlsOfServices, tlsOfPort } from './service-tls.ts';
import { type XBackends, xBackendKey, xBackendProtocol } from './x-backend.ts';

/** The parts of the world that backendRefs depend on. */
export interface ResolveContext {
  readonly grants: ReferenceGrants;
  readonly services: ReadonlyMap<string, Service>;
  readonly tls: TlsOfServices;
  readonly xBackends: XBackends;
  readonly way: BackendWay;
  /** Why an object (`Kind/namespace/name`) that is written does not exist; undefined when it is not written. */
  refusal(key: string): string | undefined;
}

/** Where a reference leads: the port of a Service or an XBackend, which the data plane knows as a cluster. */
export interface ResolvedBackend extends ClusterKey {
  /** `namespace/name` of a Service, `XBackend/namespace/name`. */
  readonly owner: string;
}

type Path = readonly (string | number)[];

/** Where a reference stands, and what it is resolved in. */
export interface ReferenceSite {
  /** Whose reference it is: grants are for its kind and namespace. */
  readonly referrer: Named;
  /** What will be spoken: as routes of this kind do. */
  readonly speaks: AttachableRoute['kind'];
  readonly path: Path;
  readonly context: ResolveContext;
}

/** Why a reference cannot be used. `BackendUntrusted`: it leads somewhere, and the BackendTLSPolicy there cannot be used; no condition of who refers. */
export type BackendReason = RouteRefsReason | 'BackendUntrusted';

/** Resolves `ref` (a backend, a mirror, an authorization server), or tells why it cannot be used. */
export function resolveBackend(
  ref: BackendObjectReference,
  { referrer, speaks, path, context }: ReferenceSite,
): ResolvedBackend | Problem<BackendReason> {
  const refuse = refusal(referrer, path);
  const namespace = ref.namespace ?? referrer.metadata.namespace;
  const name = `${namespace}/${ref.name}`;
  if (isXBackend(ref)) return resolveXBackend(ref, { referrer, speaks, path, context });
  if (ref.kind !== 'Service' || coreGroup(ref.group) !== '') {
    const kind = ref.group === '' ? ref.kind : `${ref.kind} (${ref.group})`;
    return refuse('InvalidKind', `${kind} is not a kind of backend that is supported`, 'Refer to a Service');
  }
  const group = referrer.apiVersion.slice(0, referrer.apiVersion.indexOf('/'));
  const from = { group, kind: referrer.kind, namespace: referrer.metadata.namespace };
  const to = { group: '', kind: 'Service', namespace, name: ref.name };
  // Before the Service is looked up: whether it exists must not be told to those who may not refer to it.
  const target = { kind: 'Service', namespace, name: ref.name };
  if (namespace !== context.way.granted && !context.grants.permits(from, to)) {
    const message = `The reference to Service ${name} is not permitted by a ReferenceGrant in namespace ${namespace}`;
    return problem('RefNotPermitted', referrer, { path, message, help: grantToCreate(from, to), target });
  }
  const service = context.services.get(name);
  if (service === undefined) {
    const text = missingText(target, context.refusal(`Service/${name}`), {
      help: dnsNameHelp(ref.name) ?? 'Create it, or correct name and namespace of the backendRef',
    });
    return problem('BackendNotFound', referrer, { path, ...text });
  }
  if (ref.port === undefined)
    return refuse('BackendNotFound', `The reference to Service ${name} has no port`, 'Add port');
  return resolvePort(service, { port: ref.port, kind: speaks, context }, refuse);
}

/** A reference names an object; guides of other proxies have DNS names here. A Service's name has no dots. */
function dnsNameHelp(name: string): string | undefined {
  const [, service, namespace] = /^([^.]+)\.([^.]+)(?:\.(?:svc|service))?(?:\.cluster\.local)?$/.exec(name) ?? [];
  if (service === undefined) return undefined;
  return `A backendRef names a Service, not its DNS name: write name: ${service}, namespace: ${namespace}`;
}

/** Clients in the cluster may be led to endpoints of their own node alone. */
export function isLocalService(service: Service | undefined): boolean {
  return service?.spec.internalTrafficPolicy === 'Local';
}

type Refuse = (reason: BackendReason, message: string, help: string) => Problem<BackendReason>;

const CODES: Readonly<Record<BackendReason, FindingCode>> = {
  InvalidKind: 'route/backend-kind',
  BackendNotFound: 'route/backend-not-found',
  RefNotPermitted: 'route/ref-not-permitted',
  UnsupportedProtocol: 'route/backend-protocol',
  BackendUntrusted: 'policy/backend-untrusted',
};

function refusal(referrer: Named, path: Path): Refuse {
  return (reason, message, help) => problem(reason, referrer, { path, message, help });
}

function problem(reason: BackendReason, referrer: Named, report: Report): Problem<BackendReason> {
  return { reason, finding: findingOf(CODES[reason], referrer, report) };
}

function resolvePort(
  service: Service,
  { port, kind, context }: { port: number; kind: AttachableRoute['kind']; context: ResolveContext },
  refuse: Refuse,
): ResolvedBackend | Problem<BackendReason> {
  const { ports, type } = service.spec;
  const name = interned(formatNamespacedName(service.metadata));
  const { transport, usual } = PROTOCOLS[kind];
  const found = ports.find(candidate => candidate.port === port && candidate.protocol === transport);
  const { encrypts, clientSecret, isOfNode } = context.way;
  const policy = encrypts ? tlsOfPort(context.tls.get(name), found?.name ?? '') : null;
  const resolved = (protocol: Cluster['protocol']): ResolvedBackend | Problem<BackendReason> => {
    if (policy?.tls === null)
      return refuse('BackendUntrusted', untrusted(name, policy), 'See what is said of the policy');
    const tls = policy === null ? null : { clientSecret };
    const isLocal = isOfNode && isLocalService(service);
    return { clusterId: clusterId(name, port, { protocol, tls, isLocal }), owner: name, port, protocol, tls, isLocal };
  };
  // A Service of type ExternalName need not list ports: the port is the reference's.
  if (found === undefined && type === 'ExternalName' && ports.length === 0) return resolved(usual);
  if (found === undefined) {
    const known = ports
      .map(candidate => `${candidate.port}${candidate.protocol === transport ? '' : ` (${candidate.protocol})`}`)
      .join(', ');
    return refuse(
      'BackendNotFound',
      `Service ${name} has no ${transport} port ${port}`,
      known === '' ? 'Add the port to the Service' : `Its ports are ${known}`,
    );
  }
  const protocol = protocolOf(found.appProtocol, kind, policy !== null);
  if (typeof protocol === 'string') return resolved(protocol);
  const message = `Port ${port} of Service ${name} has appProtocol ${found.appProtocol}, which ${protocol.why}`;
  return refuse('UnsupportedProtocol', message, protocol.advice);
}

/** An XBackend is for its own namespace: no ReferenceGrant opens it (GEP-4894). */
function resolveXBackend(
  ref: BackendObjectReference,
  { referrer, speaks, path, context }: ReferenceSite,
): ResolvedBackend | Problem<BackendReason> {
  const refuse = refusal(referrer, path);
  const key = xBackendKey(ref, referrer.metadata.namespace);
  const [namespace = '', name = ''] = key.split('/');
  if (namespace !== referrer.metadata.namespace) {
    const message = `XBackend ${key} is for what is in its own namespace only`;
    return refuse('RefNotPermitted', message, `Create an XBackend in namespace ${referrer.metadata.namespace}`);
  }
  const found = context.xBackends.get(key);
  if (found === undefined) {
    const target = { kind: 'XBackend', namespace, name };
    const help = 'Create it, or correct the name in the backendRef';
    const text = missingText(target, context.refusal(`XBackend/${key}`), { help });
    return problem('BackendNotFound', referrer, { path, ...text });
  }
  const protocol = xBackendProtocol(found, speaks, speaks === 'TLSRoute' && !context.way.encrypts);
  if (typeof protocol !== 'string')
    return refuse('UnsupportedProtocol', `XBackend ${key} ${protocol.why}`, protocol.advice);
  if (found.tls?.tls === null) {
    const message = `XBackend ${key} must be spoken to in TLS that cannot be had; requests to it are answered with an error`;
    return refuse('BackendUntrusted', message, 'See what is said of the XBackend');
  }
  const port = found.backend.spec.port.number;
  const tls = found.tls === null ? null : { clientSecret: found.tls.clientSecret };
  const owner = ownerOfXBackend(key);
  return {
    clusterId: clusterId(owner, port, { protocol, tls, isLocal: false }),
    owner,
    port,
    protocol,
    tls,
    isLocal: false,
  };
}

function untrusted(service: string, { policy }: PolicyTls): string {
  return `Service ${service} must be spoken to in TLS, and BackendTLSPolicy ${policy} cannot be used; requests to it are answered with an error`;
}
