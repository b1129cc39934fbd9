// SPDX-License-Identifier: Apache-2.0

import type { CertificatePair } from './certificates/certificate-authority.ts';
import { type DatagramEcho, startDatagramEcho } from './datagram-echo.ts';
import { demoMethods, emptyAnswer } from './demo-methods.ts';
import { type GrpcServer, startGrpcServer } from './grpc/grpc-server.ts';
import { podName } from './pod-name.ts';

/** Replicas of a Service that no Deployment stands behind. */
export const DEFAULT_DEMO_REPLICAS = 2;

/** A Service that has no endpoints of its own. */
export interface DemoService {
  readonly namespace: string;
  readonly name: string;
  /** `spec.ports[].port` of TCP, and of UDP. */
  readonly ports: readonly number[];
  readonly datagramPorts: readonly number[];
  /** The Deployments whose pods the Service selects; empty: two pods named after the Service. */
  readonly deployments: readonly DemoDeployment[];
  /** What its pods speak TLS with, beside cleartext and on the same port. Default, and null: nothing. */
  readonly tls?: CertificatePair | null;
}

export interface DemoDeployment {
  readonly name: string;
  /** `spec.replicas`; 0 is allowed: no pod, no endpoint. */
  readonly replicas: number;
}

/** One pod as one port of a Service sees it. A pod answers on one port of its own for each transport, whatever the Service's port. */
export interface DemoEndpoint {
  readonly namespace: string;
  readonly service: string;
  readonly servicePort: number;
  readonly transport: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly podName: string;
}

/** Running demo backends; their sockets are theirs until `close`. */
export interface DemoBackends {
  /** Sorted by namespace, service, port and pod. */
  readonly endpoints: readonly DemoEndpoint[];
  /**
   * Starts and stops pods until exactly `services` are served; those that stay keep their ports. Resolves with the new
   * endpoints. One call at a time.
   */
  update(services: readonly DemoService[]): Promise<readonly DemoEndpoint[]>;
  /** Makes the pods of a name crash: connections are reset, and nothing listens until `update` starts them again. */
  kill(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a pod for each replica of each service on loopback. Rejects when the OS gives no port. */
export async function startDemoBackends(services: readonly DemoService[]): Promise<DemoBackends> {
  const pods = new Map<string, Pod>();
  let endpoints: readonly DemoEndpoint[] = [];
  const update = async (next: readonly DemoService[]): Promise<readonly DemoEndpoint[]> => {
    const wanted = next.flatMap(wantedPods);
    await stopOthers(pods, new Set(wanted.map(pod => pod.key)));
    await Promise.all(wanted.map(pod => startPod(pods, pod)));
    endpoints = wanted.flatMap(pod => endpointsOf(pod, pods.get(pod.key))).sort(compareEndpoints);
    return endpoints;
  };
  await update(services);
  return {
    get endpoints() {
      return endpoints;
    },
    update,
    kill: name => killPods(pods, name),
    close: async () => stopOthers(pods, new Set()),
  };
}

interface Pod {
  readonly server: GrpcServer;
  /** null: the Service has no port of UDP. */
  readonly datagrams: DatagramEcho | null;
}

interface WantedPod {
  /** Unique per Service: two Services over one Deployment get pods of their own with the same names. */
  readonly key: string;
  readonly podName: string;
  readonly service: DemoService;
}

function wantedPods(service: DemoService): WantedPod[] {
  const implied = { name: service.name, replicas: DEFAULT_DEMO_REPLICAS };
  const deployments = service.deployments.length > 0 ? service.deployments : [implied];
  return deployments.flatMap(deployment =>
    Array.from({ length: deployment.replicas }, (_, index) => {
      const name = podName(service.namespace, deployment.name, index);
      return { key: `${service.namespace}/${service.name}/${name}`, podName: name, service };
    }),
  );
}

async function startPod(pods: Map<string, Pod>, { key, podName: name, service }: WantedPod): Promise<void> {
  const wantsDatagrams = service.datagramPorts.length > 0;
  const known = pods.get(key);
  known?.server.secure(service.tls ?? null);
  if (known !== undefined && (known.datagrams !== null || !wantsDatagrams)) return;
  const options = { podName: name, methods: demoMethods, fallback: emptyAnswer };
  const server = known?.server ?? (await startGrpcServer(options));
  server.secure(service.tls ?? null);
  pods.set(key, {
    server,
    datagrams: wantsDatagrams ? await startDatagramEcho({ address: server.address, port: 0 }, name) : null,
  });
}

async function stopOthers(pods: Map<string, Pod>, keep: ReadonlySet<string>): Promise<void> {
  const stopping = [...pods].filter(([key]) => !keep.has(key));
  for (const [key] of stopping) pods.delete(key);
  await Promise.all(stopping.flatMap(([, { server, datagrams }]) => [server.close(), datagrams?.close()]));
}

async function killPods(pods: Map<string, Pod>, name: string): Promise<void> {
  const dying = [...pods].filter(([key]) => key.endsWith(`/${name}`));
  for (const [key] of dying) pods.delete(key);
  await Promise.all(dying.flatMap(([, { server, datagrams }]) => [server.kill(), datagrams?.close()]));
}

function endpointsOf({ service, podName: name }: WantedPod, pod: Pod | undefined): DemoEndpoint[] {
  if (pod === undefined) return [];
  const { server, datagrams } = pod;
  const endpoint = { namespace: service.namespace, service: service.name, address: server.address, podName: name };
  const ports = service.ports.map(
    (servicePort): DemoEndpoint => ({ ...endpoint, servicePort, transport: 'TCP', port: server.port }),
  );
  if (datagrams === null) return ports;
  const { port } = datagrams;
  return [
    ...ports,
    ...service.datagramPorts.map((servicePort): DemoEndpoint => ({ ...endpoint, servicePort, transport: 'UDP', port })),
  ];
}

function compareEndpoints(a: DemoEndpoint, b: DemoEndpoint): number {
  const keyA = `${a.namespace}/${a.service}`;
  const keyB = `${b.namespace}/${b.service}`;
  if (keyA !== keyB) return keyA < keyB ? -1 : 1;
  return a.servicePort - b.servicePort || (a.podName < b.podName ? -1 : a.podName > b.podName ? 1 : 0);
}
