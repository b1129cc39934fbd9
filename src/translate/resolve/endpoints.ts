// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { EndpointSlice, Endpoints, Service, ServicePort } from '../../resources/index.ts';
import { compareEndpoints, type Endpoint } from '../../snapshot/index.ts';
import type { Place } from '../environment.ts';
import { findingOf } from '../report.ts';
import { type HintedEndpoint, hintsOf, UNHINTED, withDistances } from './distances.ts';
import { isIpAddress } from './ip-address.ts';

/** Where a Service's endpoints are written, and from where their distance is told. */
export interface EndpointSources {
  /** Those labelled with the Service's name. */
  readonly slices: readonly EndpointSlice[];
  /** The older form; used only when there are no slices, as Kubernetes mirrors it into slices. */
  readonly endpoints: Endpoints | undefined;
  readonly place: Place;
}

/** A Service's port, and where its endpoints are written. `port` is undefined for one that the Service does not list. */
export interface EndpointQuery {
  readonly service: Service;
  readonly port: ServicePort | undefined;
  readonly transport: 'TCP' | 'UDP';
  /** See `Cluster.onlyNode`. */
  readonly onlyNode: string | null;
  readonly sources: EndpointSources;
}

/**
 * The endpoints of one Service port, merged over all sources, sorted, without duplicates (the best state wins). A Pod of a dual-stack
 * Service is one endpoint.
 */
export function resolveEndpoints(
  { service, port, transport, onlyNode, sources }: EndpointQuery,
  findings: Finding[],
): readonly Endpoint[] {
  const found = new Map<string, HintedEndpoint>();
  const add: Add = (hinted, node) => {
    if (onlyNode !== null && node !== onlyNode) return;
    const { endpoint } = hinted;
    const key = `${endpoint.address} ${endpoint.port}`;
    const known = found.get(key)?.endpoint;
    if (known === undefined || (known.state === 'draining' && endpoint.state === 'ready')) found.set(key, hinted);
  };
  const wanted = { name: port?.name ?? '', protocol: transport };
  if (sources.slices.length > 0) {
    for (const slice of sources.slices) addSlice(slice, wanted, { service, add, findings });
  } else if (sources.endpoints !== undefined) {
    addEndpoints(sources.endpoints, wanted, add);
  }
  if (found.size === 0) findings.push(noEndpoints({ service, port, onlyNode, sources }));
  return [...withDistances(onePerPod([...found.values()], service), sources.place)].sort(compareEndpoints);
}

/**
 * Slices list a Pod once for each family of IP. It has the address of the Service's own family, or else of IPv4, so that it gets its share once,
 * and by the family that is there for certain.
 */
function onePerPod(found: readonly HintedEndpoint[], { spec }: Service): readonly HintedEndpoint[] {
  const isOther = ({ endpoint }: HintedEndpoint): boolean =>
    endpoint.address.includes(':') !== (spec.ipFamilies?.[0] === 'IPv6');
  if (!found.some(isOther)) return found;
  const pods = new Set(found.filter(hinted => !isOther(hinted)).map(({ endpoint }) => endpoint.name));
  return found.filter(hinted => hinted.endpoint.name === '' || !isOther(hinted) || !pods.has(hinted.endpoint.name));
}

/** `node`: on which the endpoint is, where that is known. */
type Add = (hinted: HintedEndpoint, node: string | undefined) => void;

/** A port as endpoints list it: by its name in the Service. */
interface WantedPort {
  readonly name: string;
  readonly protocol: string;
}

function portAmong<Port extends WantedPort>(ports: readonly Port[], { name, protocol }: WantedPort): Port | undefined {
  return ports.find(candidate => candidate.name === name && candidate.protocol === protocol);
}

function addSlice(
  slice: EndpointSlice,
  wanted: WantedPort,
  { service, add, findings }: { service: Service; add: Add; findings: Finding[] },
): void {
  if (slice.addressType === 'FQDN') {
    findings.push(
      findingOf('backend/fqdn-slice', slice, {
        path: ['addressType'],
        message: 'EndpointSlices with addressType FQDN are not used',
        help: 'Use a Service of type ExternalName, or the annotation daemun.dev/endpoints',
      }),
    );
    return;
  }
  const port = portAmong(slice.ports, wanted)?.port;
  if (port === undefined) return;
  // By index: until code is optimized each step of an iterator makes objects, and this goes on a hundred times a second.
  for (let index = 0; index < slice.endpoints.length; index++) {
    const endpoint = slice.endpoints[index] as EndpointSlice['endpoints'][number];
    const state = endpointState(endpoint.conditions);
    const address = endpoint.addresses[0];
    // "Consumers should only use the first address" (EndpointSlice API).
    if (state === undefined || address === undefined) continue;
    if (!isIpAddress(address)) {
      findings.push(invalidAddress(slice, index, address));
      continue;
    }
    const name = endpoint.targetRef?.name ?? '';
    add({ endpoint: { address, port, state, name }, ...hintsOf(endpoint, service) }, endpoint.nodeName);
  }
}

/** An API server refuses these; files have no API server. */
function invalidAddress(slice: EndpointSlice, index: number, address: string): Finding {
  return findingOf('backend/invalid-address', slice, {
    path: ['endpoints', index, 'addresses', 0],
    message: `"${address}" is not an IP address; the endpoint is left out`,
    help: 'Write an IP address; for names use the annotation daemun.dev/endpoints on the Service',
  });
}

type Conditions = EndpointSlice['endpoints'][number]['conditions'];

/** An unknown `ready` counts as ready; an endpoint that ends but still serves may drain (EndpointSlice API). */
function endpointState(conditions: Conditions): Endpoint['state'] | undefined {
  if (conditions.ready ?? true) return conditions.terminating === true ? 'draining' : 'ready';
  return conditions.terminating === true && conditions.serving === true ? 'draining' : undefined;
}

function addEndpoints(endpoints: Endpoints, wanted: WantedPort, add: Add): void {
  for (const subset of endpoints.subsets) {
    const port = portAmong(subset.ports, wanted)?.port;
    if (port === undefined) continue;
    for (const { ip, targetRef, nodeName } of subset.addresses)
      add({ endpoint: { address: ip, port, state: 'ready', name: targetRef?.name ?? '' }, ...UNHINTED }, nodeName);
  }
}

function noEndpoints(query: Omit<EndpointQuery, 'transport'>): Finding {
  const { service, port } = query;
  const { why, help } = whyNone(query);
  return findingOf('backend/no-endpoints', service, {
    path: [],
    message: `Service ${service.metadata.namespace}/${service.metadata.name} has no endpoints for port ${port?.port ?? '?'}: ${why}`,
    help,
  });
}

function whyNone({ service, port, onlyNode, sources }: Omit<EndpointQuery, 'transport'>): {
  readonly why: string;
  readonly help: string;
} {
  const { slices, endpoints } = sources;
  const name = port?.name ?? '';
  if (slices.length === 0 && endpoints === undefined)
    return {
      why: 'no EndpointSlice is labelled with its name',
      help: `Add an EndpointSlice with label kubernetes.io/service-name: ${service.metadata.name}, or the annotation daemun.dev/endpoints: "host:port" (run --demo starts backends)`,
    };
  const names = [...new Set(slices.flatMap(slice => slice.ports.map(candidate => candidate.name)))];
  // What Kubernetes writes for a Service whose selector finds no Pod.
  if (slices.length > 0 && names.length === 0)
    return { why: 'its EndpointSlices are empty', help: 'Run a Pod that the selector of the Service finds' };
  if (slices.length > 0 && !names.includes(name))
    return {
      why: `its port is ${written(name)}, those of its EndpointSlices are ${names.map(written).join(', ')}`,
      help: 'Give both ports the same name',
    };
  if (onlyNode === null) return { why: 'none is ready', help: 'Wait until an endpoint is ready' };
  return {
    why: `none is ready on node ${onlyNode}, and internalTrafficPolicy: Local lets its clients go to no other`,
    help: 'Run an endpoint on each node with clients (a DaemonSet), or set internalTrafficPolicy: Cluster',
  };
}

function written(portName: string): string {
  return portName === '' ? 'without a name' : `named ${portName}`;
}
