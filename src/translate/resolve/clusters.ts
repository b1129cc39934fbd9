// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service, ServicePort, XBackend } from '../../resources/index.ts';
import { type Certificate, type Cluster, type EndpointSet, endpointSet } from '../../snapshot/index.ts';
import { formatNamespacedName, interned } from '../../values/index.ts';
import { findingOf } from '../report.ts';
import { readAnnotation } from './annotations/annotation.ts';
import { CONNECT_TIMEOUT } from './annotations/connect-timeout.ts';
import { readDnsTargets } from './annotations/dns-targets.ts';
import { HEALTH_CHECK } from './annotations/health-check.ts';
import { LOAD_BALANCER } from './annotations/load-balancer.ts';
import { PROXY_PROTOCOL } from './annotations/proxy-protocol.ts';
import { type EndpointSources, resolveEndpoints } from './endpoints.ts';
import { type TlsOfServices, tlsOfPort } from './service-tls.ts';
import type { ServiceTraffic } from './service-traffic.ts';

/** What of a resolved backend its cluster is made of. */
export interface ClusterKey {
  readonly clusterId: string;
  readonly port: number;
  readonly protocol: Cluster['protocol'];
  /** Why it is spoken to in TLS is looked up when the cluster is made (`TlsSources`); null: cleartext. */
  readonly tls: { readonly clientSecret: string | null } | null;
  /** Only endpoints on the node of this process count. */
  readonly isLocal: boolean;
}

/** What the TLS of clusters is made of. */
export interface TlsSources {
  readonly services: TlsOfServices;
  /** What Gateways show to backends, by Secret. */
  readonly clientCertificates: ReadonlyMap<string, Certificate>;
}

export const MAX_PENDING_REQUESTS = 1024;

/** See `Cluster.id`. */
export function clusterId(
  service: string,
  port: number,
  { protocol, tls, isLocal }: Pick<ClusterKey, 'protocol' | 'tls' | 'isLocal'>,
): string {
  const spoken = protocol === 'h2' ? '' : `/${protocol}`;
  const secure = tls === null ? '' : tls.clientSecret === null ? '/tls' : `/tls/${tls.clientSecret}`;
  return interned(`${service}:${port}${spoken}${secure}${isLocal ? '/local' : ''}`);
}

/** A Service's port as the data plane sees it. */
export interface ResolvedCluster {
  readonly cluster: Cluster;
  readonly endpoints: EndpointSet;
  readonly findings: readonly Finding[];
}

/** Builds the cluster of a backend, whose Service is `service`, with its endpoints. Bad annotations are findings and get the default. */
export function resolveCluster(
  service: Service,
  { clusterId: id, port, protocol, tls, isLocal }: ClusterKey,
  sources: EndpointSources & {
    readonly tls: TlsSources;
    readonly traffic: ServiceTraffic | undefined;
    /** As in `HostOwner`. */
    readonly refusesLocal: boolean;
  },
): ResolvedCluster {
  const findings: Finding[] = [];
  const transport = protocol === 'udp' ? 'UDP' : 'TCP';
  const servicePort: ServicePort | undefined = service.spec.ports.find(
    candidate => candidate.port === port && candidate.protocol === transport,
  );
  const dns = readDnsTargets(service, { port, servicePort, refusesLocal: sources.refusesLocal }, findings);
  // Addresses that an annotation names are on no node that is known.
  const onlyNode = isLocal && dns === undefined ? sources.place.node : null;
  const query = { service, port: servicePort, transport, onlyNode, sources } as const;
  const endpoints = dns === undefined ? resolveEndpoints(query, findings) : dns.addresses;
  const { proxyProtocol, balancer, healthCheck, connectTimeoutMs } = annotatedWays(service, protocol, findings);
  const cluster: Cluster = {
    id,
    protocol,
    tls: tls === null ? null : resolveTls(service, { servicePort, tls }, sources.tls),
    onlyNode,
    proxyProtocol,
    balancer,
    healthCheck,
    discovery:
      dns === undefined || dns.targets.length === 0 ? { kind: 'published' } : { kind: 'dns', targets: dns.targets },
    connectTimeoutMs,
    retryConstraint: sources.traffic?.retryConstraint ?? null,
    maxPendingRequests: MAX_PENDING_REQUESTS,
  };
  return { cluster, endpoints: endpointSet(id, endpoints), findings };
}

function resolveTls(
  service: Service,
  { servicePort, tls }: { servicePort: ServicePort | undefined; tls: NonNullable<ClusterKey['tls']> },
  { services, clientCertificates }: TlsSources,
): Cluster['tls'] {
  const policy = tlsOfPort(services.get(formatNamespacedName(service.metadata)), servicePort?.name ?? '');
  // Who uses the cluster resolved the same policy.
  if (policy === null || policy.tls === null) throw new Error(`no TLS is known of ${service.metadata.name}`);
  const certificate = tls.clientSecret === null ? undefined : clientCertificates.get(tls.clientSecret);
  return { ...policy.tls, clientCertificate: certificate?.id ?? null };
}

/** How endpoints of a backend are spoken to, as its annotations say: the same for all kinds of them. */
export function annotatedWays(
  backend: Service | XBackend,
  protocol: Cluster['protocol'],
  findings: Finding[],
): Pick<Cluster, 'proxyProtocol' | 'balancer' | 'healthCheck' | 'connectTimeoutMs'> {
  return {
    proxyProtocol: protocol === 'udp' ? null : readAnnotation(backend, PROXY_PROTOCOL, findings),
    balancer: readAnnotation(backend, LOAD_BALANCER, findings),
    healthCheck: resolveHealthCheck(backend, protocol, findings),
    connectTimeoutMs: readAnnotation(backend, CONNECT_TIMEOUT, findings),
  };
}

/** Health is asked for by gRPC, which needs HTTP/2. */
function resolveHealthCheck(
  backend: Service | XBackend,
  protocol: Cluster['protocol'],
  findings: Finding[],
): Cluster['healthCheck'] {
  const healthCheck = readAnnotation(backend, HEALTH_CHECK, findings);
  const isService = backend.kind === 'Service';
  if (healthCheck === null || protocol === 'h2') return healthCheck;
  findings.push(
    findingOf('annotation/no-effect', backend, {
      path: ['metadata', 'annotations', HEALTH_CHECK.name],
      message: `${HEALTH_CHECK.name} has no effect for HTTPRoutes: endpoints are asked by gRPC, and HTTPRoutes speak HTTP/1.1 to this ${backend.kind}`,
      help: `Set ${isService ? 'appProtocol: kubernetes.io/h2c on the port' : 'protocol: H2C'} if they speak HTTP/2, or remove the annotation`,
    }),
  );
  return null;
}
