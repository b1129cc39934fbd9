// SPDX-License-Identifier: Apache-2.0

/** daemun in a Pod of a made-up cluster that has a load balancer. */
import { get } from 'node:http';
import { dirname } from 'node:path';
import type { TestContext } from 'node:test';
import { OWN_ADDRESS } from '../../../test/own-addresses.ts';
import { FakeApi, type FakeObject } from '../../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { SkippingClock } from '../../time/skipping-clock.test-support.ts';
import type { OwnPods } from '../owned/replicas.ts';
import type { RunningGateway } from '../running-gateway.ts';
import { startKubernetes } from '../start-kubernetes.ts';

export const CONTROLLER = 'daemun.dev/gateway-controller';
export const gatewayClass: FakeObject = { kind: 'GatewayClass', name: 'daemun', spec: { controllerName: CONTROLLER } };

export const gateway = (name: string, more: object = {}): FakeObject => ({
  kind: 'Gateway',
  namespace: 'a',
  name,
  spec: { gatewayClassName: 'daemun', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }], ...more },
});

/** Answers with a redirect to a host of its own, without a port: the Gateway's is that of http. */
export const route = (to: string): FakeObject => ({
  kind: 'HTTPRoute',
  namespace: 'a',
  name: to,
  spec: {
    parentRefs: [{ name: to }],
    rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: `${to}.example.com` } }] }],
  },
});

interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetPort: number;
}
export interface StoredService {
  readonly spec: { readonly type: string; readonly ports: readonly Port[]; readonly [field: string]: unknown };
  readonly metadata: {
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
    readonly ownerReferences: readonly object[];
  };
}

/** A cluster whose load balancer gives addresses in the order in which it is asked. */
export async function cluster(t: TestContext, ...objects: readonly FakeObject[]): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  let given = 0;
  api.admit = object => {
    if (object.kind !== 'Service' || (object['spec'] as StoredService['spec']).type !== 'LoadBalancer') return object;
    const known = api.stored(object);
    const spec = { ...(object['spec'] as object), clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] };
    const status = known?.['status'] ?? { loadBalancer: { ingress: [{ ip: `192.0.2.${++given}` }] } };
    return { ...object, spec, status };
  };
  for (const object of objects) api.put(object);
  return api;
}

export interface Running {
  readonly gateway: RunningGateway;
  /** Resolves once a condition holds; time passes faster meanwhile. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  service(name: string): StoredService | undefined;
  slice(name: string): { readonly endpoints: readonly object[]; readonly ports: readonly object[] } | undefined;
  status(name: string): string;
}

export async function run(t: TestContext, api: FakeApi, pods: Partial<OwnPods> = {}): Promise<Running> {
  const kubeconfig = kubeconfigFile(api.access.server);
  const clock = new SkippingClock();
  const running = await startKubernetes({
    kubeconfig,
    clock,
    addressing: { mode: 'service', pods: { addresses: [POD], nodeName: 'node-1', service: null, ...pods } },
    lease: null,
    stateDirectory: dirname(kubeconfig),
  });
  t.after(() => running.close());
  const stored = (kind: string, name: string) => api.stored({ kind, namespace: 'a', name });
  return {
    gateway: running,
    until: condition => clock.until(condition),
    service: name => stored('Service', name) as unknown as StoredService | undefined,
    slice: name => stored('EndpointSlice', name) as unknown as ReturnType<Running['slice']>,
    status: name => JSON.stringify(stored('Gateway', name)?.['status'] ?? ''),
  };
}

export const POD = OWN_ADDRESS;

export function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: POD, port, agent: false, headers: { host: 'x.example.com' } }, response => {
      response.resume();
      response.on('end', () => resolve(`${response.statusCode} ${response.headers.location ?? ''}`));
    });
    request.on('error', reject);
  });
}
