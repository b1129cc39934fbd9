// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Pod } from '../../resources/index.ts';
import { type Certificate, type Cluster, type Endpoint, endpointSet } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName } from '../../values/index.ts';
import { findingOf } from '../report.ts';
import { dnsDiscovery } from './annotations/dns-targets.ts';
import { annotatedWays, type ClusterKey, MAX_PENDING_REQUESTS, type ResolvedCluster } from './clusters.ts';
import { isIpAddress } from './ip-address.ts';
import { type PodIndex, podsWith } from './pod-index.ts';
import type { JudgedXBackend } from './x-backend.ts';

/** What the cluster of an XBackend is made of beside it. */
export interface XBackendSources {
  readonly pods: PodIndex;
  readonly clientCertificates: ReadonlyMap<string, Certificate>;
  /** As in `HostOwner`. */
  readonly refusesLocal: boolean;
}

/** Builds the cluster of an XBackend: a host that is looked up, or the Pods that it selects. */
export function resolveXBackendCluster(
  judged: JudgedXBackend,
  { clusterId: id, port, protocol, tls }: ClusterKey,
  sources: XBackendSources,
): ResolvedCluster {
  const { backend } = judged;
  const { spec } = backend;
  const findings: Finding[] = [];
  const by = { owner: backend, refusesLocal: sources.refusesLocal };
  const dns =
    spec.type === 'ExternalHostname'
      ? dnsDiscovery([{ host: spec.externalHostname.hostname, port }], by, findings)
      : undefined;
  const endpoints = dns?.addresses ?? endpointsOf(judged, port, sources.pods);
  const { proxyProtocol, balancer, healthCheck, connectTimeoutMs } = annotatedWays(backend, protocol, findings);
  const cluster: Cluster = {
    id,
    protocol,
    tls: tls === null ? null : tlsOf(judged, tls.clientSecret, sources),
    onlyNode: null,
    proxyProtocol,
    balancer,
    healthCheck,
    discovery:
      dns === undefined || dns.targets.length === 0 ? { kind: 'published' } : { kind: 'dns', targets: dns.targets },
    connectTimeoutMs,
    retryConstraint: null,
    maxPendingRequests: MAX_PENDING_REQUESTS,
  };
  if (dns === undefined && endpoints.length === 0) findings.push(noPods(judged));
  return { cluster, endpoints: endpointSet(id, endpoints), findings };
}

function tlsOf(
  { backend, tls }: JudgedXBackend,
  clientSecret: string | null,
  { clientCertificates }: XBackendSources,
): Cluster['tls'] {
  // Who uses the cluster found it usable.
  if (tls === null || tls.tls === null) throw new Error(`no TLS is known of ${backend.metadata.name}`);
  const certificate = clientSecret === null ? undefined : clientCertificates.get(clientSecret);
  return { ...tls.tls, clientCertificate: certificate?.id ?? null };
}

/** Whether an XBackend means a Pod of its namespace: one that has all its labels. */
export function selectsPod({ backend: { spec } }: JudgedXBackend, { metadata }: Pod): boolean {
  const labels = Object.entries(spec.endpointSelector?.matchLabels ?? {});
  return spec.type === 'EndpointSelector' && labels.every(([key, value]) => metadata.labels[key] === value);
}

/** The Pods that the XBackend selects, sorted by address. */
function endpointsOf(judged: JudgedXBackend, port: number, pods: PodIndex): readonly Endpoint[] {
  const { metadata: own, spec } = judged.backend;
  const [label] = Object.entries(spec.endpointSelector?.matchLabels ?? {});
  const found = new Map<string, Endpoint>();
  for (const pod of podsWith(pods, own.namespace, label)) {
    const { metadata, status } = pod;
    if (!selectsPod(judged, pod)) continue;
    const state = stateOf(pod);
    if (state === undefined || !isIpAddress(status.podIP) || found.get(status.podIP)?.state === 'ready') continue;
    found.set(status.podIP, { address: status.podIP, port, state, name: metadata.name });
  }
  return [...found.values()].sort((a, b) => compareStrings(a.address, b.address));
}

/** As the EndpointSlice controller has it. A Pod that says nothing of itself, as in files, is ready. */
function stateOf({ metadata, status }: Pod): Endpoint['state'] | undefined {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return undefined;
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  if (ready !== undefined && ready.status !== 'True') return undefined;
  return metadata.deletionTimestamp === undefined ? 'ready' : 'draining';
}

function noPods({ backend }: JudgedXBackend) {
  return findingOf('backend/no-endpoints', backend, {
    path: ['spec', 'endpointSelector', 'matchLabels'],
    message: `No Pod that XBackend ${formatNamespacedName(backend.metadata)} selects is ready`,
    help: 'Wait until one is, or correct the labels; in files write Pods with labels and status.podIP',
  });
}
