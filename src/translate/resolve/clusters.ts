// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service, ServicePort } from '../../resources/index.ts';
import type { Cluster, EndpointSet } from '../../snapshot/index.ts';
import { interned } from '../../values/index.ts';
import { findingOf } from '../report.ts';
import { readAnnotation } from './annotations/annotation.ts';
import { CONNECT_TIMEOUT } from './annotations/connect-timeout.ts';
import { readDnsTargets } from './annotations/dns-targets.ts';
import { HEALTH_CHECK } from './annotations/health-check.ts';
import { LOAD_BALANCER } from './annotations/load-balancer.ts';
import { type EndpointSources, resolveEndpoints } from './endpoints.ts';

/** What of a resolved backend its cluster is made of. */
export interface ClusterKey {
  readonly clusterId: string;
  readonly port: number;
  readonly protocol: Cluster['protocol'];
}

const MAX_PENDING_REQUESTS = 1024;

/** `namespace/service:port`, with `/h1` behind it for that protocol: see `Cluster.id`. */
export function clusterId(service: string, port: number, protocol: Cluster['protocol']): string {
  return interned(protocol === 'h2' ? `${service}:${port}` : `${service}:${port}/${protocol}`);
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
  { clusterId: id, port, protocol }: ClusterKey,
  sources: EndpointSources,
): ResolvedCluster {
  const findings: Finding[] = [];
  const transport = protocol === 'udp' ? 'UDP' : 'TCP';
  const servicePort: ServicePort | undefined = service.spec.ports.find(
    candidate => candidate.port === port && candidate.protocol === transport,
  );
  const dns = readDnsTargets(service, { port, servicePort }, findings);
  const endpoints =
    dns === undefined ? resolveEndpoints({ service, port: servicePort, transport, sources }, findings) : dns.addresses;
  const cluster: Cluster = {
    id,
    protocol,
    tls: null,
    balancer: readAnnotation(service, LOAD_BALANCER, findings),
    healthCheck: resolveHealthCheck(service, protocol, findings),
    discovery:
      dns === undefined || dns.targets.length === 0 ? { kind: 'published' } : { kind: 'dns', targets: dns.targets },
    connectTimeoutMs: readAnnotation(service, CONNECT_TIMEOUT, findings),
    retryConstraint: null,
    maxPendingRequests: MAX_PENDING_REQUESTS,
  };
  return { cluster, endpoints: { cluster: id, endpoints }, findings };
}

/** Health is asked for by gRPC, which needs HTTP/2. */
function resolveHealthCheck(
  service: Service,
  protocol: Cluster['protocol'],
  findings: Finding[],
): Cluster['healthCheck'] {
  const healthCheck = readAnnotation(service, HEALTH_CHECK, findings);
  if (healthCheck === null || protocol === 'h2') return healthCheck;
  findings.push(
    findingOf('annotation/no-effect', service, {
      path: ['metadata', 'annotations', HEALTH_CHECK.name],
      message: `${HEALTH_CHECK.name} has no effect for HTTPRoutes: endpoints are asked by gRPC, and HTTPRoutes speak HTTP/1.1 to this Service`,
      help: 'Set appProtocol: kubernetes.io/h2c on the port if they speak HTTP/2, or remove the annotation',
    }),
  );
  return null;
}
