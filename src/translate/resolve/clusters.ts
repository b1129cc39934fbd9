// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Service, ServicePort } from '../../resources/index.ts';
import type { Cluster, EndpointSet } from '../../snapshot/index.ts';
import { interned } from '../../values/index.ts';
import { readConnectTimeout } from './annotations/connect-timeout.ts';
import { readDnsTargets } from './annotations/dns-targets.ts';
import { readHealthCheck } from './annotations/health-check.ts';
import { readLoadBalancer } from './annotations/load-balancer.ts';
import { type EndpointSources, resolveEndpoints } from './endpoints.ts';

const MAX_PENDING_REQUESTS = 1024;

/** `namespace/service:port`. */
export function clusterId(service: string, port: number): string {
  return interned(`${service}:${port}`);
}

/** A Service's port as the data plane sees it. */
export interface ResolvedCluster {
  readonly cluster: Cluster;
  readonly endpoints: EndpointSet;
  readonly findings: readonly Finding[];
}

/** Builds the cluster of `port` of `service` with its endpoints. Bad annotations are findings and get the default. */
export function resolveCluster(service: Service, port: number, sources: EndpointSources): ResolvedCluster {
  const id = clusterId(`${service.metadata.namespace}/${service.metadata.name}`, port);
  const findings: Finding[] = [];
  const servicePort: ServicePort | undefined = service.spec.ports.find(
    candidate => candidate.port === port && candidate.protocol === 'TCP',
  );
  const dns = readDnsTargets(service, { port, servicePort }, findings);
  const endpoints =
    dns === undefined ? resolveEndpoints({ service, port: servicePort, sources }, findings) : dns.addresses;
  const cluster: Cluster = {
    id,
    protocol: 'h2c',
    balancer: readLoadBalancer(service, findings),
    healthCheck: readHealthCheck(service, findings),
    discovery:
      dns === undefined || dns.targets.length === 0 ? { kind: 'published' } : { kind: 'dns', targets: dns.targets },
    connectTimeoutMs: readConnectTimeout(service, findings),
    maxPendingRequests: MAX_PENDING_REQUESTS,
  };
  return { cluster, endpoints: { cluster: id, endpoints }, findings };
}
