// SPDX-License-Identifier: Apache-2.0
import type { CertificatePair, DemoBackends, DemoEndpoint, DemoService } from '../../demo/index.ts';
import type { EndpointSlice, ResourceSet, Service } from '../../resources/index.ts';
import { formatNamespacedName, socketAddress } from '../../values/index.ts';
import { MergedMap } from './merged-map.ts';

/** Says whose endpoints a slice holds (Kubernetes well-known label). */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
/** Says who made a slice (Kubernetes well-known label). */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const DEMO = 'daemun-demo';
/** Marks a Service whose endpoints are found by DNS. */
const ENDPOINTS_ANNOTATION = 'daemun.dev/endpoints';

type CertificateOf = (service: Service, resources: ResourceSet) => Promise<CertificatePair | null>;

/**
 * `--demo`: a backend for every Service that has no endpoints, as EndpointSlices beside what the user wrote. Owns the
 * backends; `close` ends them.
 */
export class DemoServices {
  #backends: DemoBackends | null = null;
  #asked = '';
  /** By name; a slice that stays the same keeps its identity, so that translation does no work for it. */
  #slices: ReadonlyMap<string, EndpointSlice> = new Map();

  readonly #merged = new MergedMap<EndpointSlice>();
  readonly #certificateOf: CertificateOf;

  /** `certificateOf`: what the pods of a Service speak TLS with beside cleartext; null: nothing. */
  constructor(certificateOf: CertificateOf) {
    this.#certificateOf = certificateOf;
  }

  /** The endpoint slices of the resources with those of the demo. Rejects when the OS gives no port. */
  async add(resources: ResourceSet): Promise<ResourceSet> {
    const wanted = await this.#servicesWithoutEndpoints(resources);
    const asked = JSON.stringify(wanted);
    if (asked !== this.#asked) {
      this.#slices = slicesOf(await this.#endpointsOf(wanted), resources, this.#slices);
      this.#asked = asked;
    }
    if (this.#slices.size === 0) return resources;
    return { ...resources, endpointSlices: this.#merged.merge(resources.endpointSlices, this.#slices) };
  }

  async close(): Promise<void> {
    await this.#backends?.close();
  }

  async #servicesWithoutEndpoints(resources: ResourceSet): Promise<DemoService[]> {
    return Promise.all(
      servicesWithoutEndpoints(resources).map(async service => ({
        ...demoService(service, resources),
        tls: await this.#certificateOf(service, resources),
      })),
    );
  }

  async #endpointsOf(wanted: readonly DemoService[]): Promise<readonly DemoEndpoint[]> {
    if (this.#backends !== null) return this.#backends.update(wanted);
    if (wanted.length === 0) return [];
    const { startDemoBackends } = await import('../../demo/index.ts');
    this.#backends = await startDemoBackends(wanted);
    return this.#backends.endpoints;
  }
}

/** `address:port` of the demo backends among the resources. */
export function demoEndpoints(resources: ResourceSet): ReadonlySet<string> {
  const slices = [...resources.endpointSlices.values()].filter(({ metadata }) => metadata.labels[MANAGED_BY] === DEMO);
  return new Set(
    slices.flatMap(({ endpoints, ports }) => {
      const numbers = ports.flatMap(({ port }) => port ?? []);
      return endpoints.flatMap(({ addresses }) =>
        addresses.flatMap(address => numbers.map(port => socketAddress(address, port))),
      );
    }),
  );
}

function servicesWithoutEndpoints(resources: ResourceSet): Service[] {
  const served = new Set<string>();
  for (const { metadata } of resources.endpointSlices.values()) {
    served.add(`${metadata.namespace}/${metadata.labels[SERVICE_NAME_LABEL] ?? ''}`);
  }
  for (const { metadata } of resources.endpoints.values()) served.add(formatNamespacedName(metadata));
  return [...resources.services.values()].filter(
    service =>
      service.spec.type !== 'ExternalName' &&
      service.metadata.annotations[ENDPOINTS_ANNOTATION] === undefined &&
      !served.has(formatNamespacedName(service.metadata)),
  );
}

function demoService(service: Service, resources: ResourceSet): Omit<DemoService, 'tls'> {
  const { namespace, name } = service.metadata;
  const selector = Object.entries(service.spec.selector);
  const isSelected = (labels: Readonly<Record<string, string>>): boolean =>
    selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  const deployments = [...resources.deployments.values()]
    .filter(one => one.metadata.namespace === namespace && isSelected(one.spec.template.metadata.labels))
    .map(one => ({ name: one.metadata.name, replicas: one.spec.replicas }));
  const portsOf = (protocol: string): number[] =>
    service.spec.ports.filter(one => one.protocol === protocol).map(one => one.port);
  return { namespace, name, ports: portsOf('TCP'), datagramPorts: portsOf('UDP'), deployments };
}

function slicesOf(
  endpoints: readonly DemoEndpoint[],
  resources: ResourceSet,
  previous: ReadonlyMap<string, EndpointSlice>,
): Map<string, EndpointSlice> {
  const pods = Map.groupBy(endpoints, one => `${one.namespace}/${one.service}-${one.podName}`);
  const slices = new Map<string, EndpointSlice>();
  for (const [key, ofPod] of pods) {
    const slice = sliceOf(ofPod, resources);
    const known = previous.get(key);
    slices.set(key, known !== undefined && JSON.stringify(known) === JSON.stringify(slice) ? known : slice);
  }
  return slices;
}

/** A slice per pod: each pod listens on a port of its own, and the ports of a slice hold for all its endpoints. */
function sliceOf(ofPod: readonly DemoEndpoint[], resources: ResourceSet): EndpointSlice {
  const [{ namespace, service, podName, address } = EMPTY_ENDPOINT] = ofPod;
  const ports = resources.services.get(`${namespace}/${service}`)?.spec.ports ?? [];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      name: `${service}-${podName}`,
      labels: { [SERVICE_NAME_LABEL]: service, [MANAGED_BY]: DEMO },
      annotations: {},
      generation: 1,
    },
    addressType: 'IPv4',
    endpoints: [
      { addresses: [address], conditions: { ready: true }, targetRef: { kind: 'Pod', namespace, name: podName } },
    ],
    ports: ofPod.map(({ servicePort, transport, port }) => {
      const name = ports.find(one => one.port === servicePort && one.protocol === transport)?.name ?? '';
      return { name, protocol: transport, port };
    }),
  };
}

const EMPTY_ENDPOINT: DemoEndpoint = {
  namespace: '',
  service: '',
  servicePort: 0,
  transport: 'TCP',
  address: '',
  port: 0,
  podName: '',
};
