// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { get } from 'node:http';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { FakeApi, type FakeObject } from '../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../store/kubernetes/kubeconfig-file.test-support.ts';
import type { OwnPods } from './replicas.ts';
import type { RunningGateway } from './running-gateway.ts';
import { startKubernetes } from './start-kubernetes.ts';

const CONTROLLER = 'daemun.dev/gateway-controller';
const gatewayClass: FakeObject = { kind: 'GatewayClass', name: 'daemun', spec: { controllerName: CONTROLLER } };

const gateway = (name: string, more: object = {}): FakeObject => ({
  kind: 'Gateway',
  namespace: 'a',
  name,
  spec: { gatewayClassName: 'daemun', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }], ...more },
});

/** Answers with a redirect to a host of its own, without a port: the Gateway's is that of http. */
const route = (to: string): FakeObject => ({
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
interface Service {
  readonly spec: { readonly type: string; readonly ports: readonly Port[]; readonly [field: string]: unknown };
  readonly metadata: { readonly labels: Record<string, string>; readonly ownerReferences: readonly object[] };
}

/** A cluster whose load balancer gives addresses in the order in which it is asked. */
async function cluster(t: TestContext, ...objects: readonly FakeObject[]): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  let given = 0;
  api.admit = object => {
    if (object.kind !== 'Service' || (object['spec'] as Service['spec']).type !== 'LoadBalancer') return object;
    const known = api.stored(object);
    const spec = { ...(object['spec'] as object), clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] };
    const status = known?.['status'] ?? { loadBalancer: { ingress: [{ ip: `192.0.2.${++given}` }] } };
    return { ...object, spec, status };
  };
  for (const object of objects) api.put(object);
  return api;
}

interface Running {
  readonly gateway: RunningGateway;
  until(condition: () => boolean): Promise<void>;
  service(name: string): Service | undefined;
  slice(name: string): { readonly endpoints: readonly object[]; readonly ports: readonly object[] } | undefined;
  status(name: string): string;
}

async function run(t: TestContext, api: FakeApi, pods: Partial<OwnPods> = {}): Promise<Running> {
  const kubeconfig = kubeconfigFile(t, api.access.server);
  const running = await startKubernetes({
    kubeconfig,
    addressing: { mode: 'service', pods: { addresses: [POD], nodeName: 'node-1', service: null, ...pods } },
    lease: null,
    stateDirectory: dirname(kubeconfig),
  });
  t.after(() => running.close());
  const stored = (kind: string, name: string) => api.stored({ kind, namespace: 'a', name });
  return {
    gateway: running,
    until: async condition => {
      while (!condition()) await new Promise(resolve => setImmediate(resolve));
    },
    service: name => stored('Service', name) as unknown as Service | undefined,
    slice: name => stored('EndpointSlice', name) as unknown as ReturnType<Running['slice']>,
    status: name => JSON.stringify(stored('Gateway', name)?.['status'] ?? ''),
  };
}

/** A loopback address that no other test process has. */
const POD = `127.79.${process.pid % 256}.1`;

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: POD, port, headers: { host: 'x.example.com' } }, response => {
      response.resume();
      response.on('end', () => resolve(`${response.statusCode} ${response.headers.location ?? ''}`));
    });
    request.on('error', reject);
  });
}

describe('a Gateway that is reached through a Service', () => {
  it('has one that leads to this Pod at a port of its own, says what the load balancer gave, and is served there', async t => {
    const api = await cluster(t, gatewayClass, gateway('one'), gateway('two'), route('one'), route('two'));
    const { until, service, slice, status } = await run(t, api);
    await until(() => status('one').includes('"192.0.2.') && status('two').includes('"192.0.2.'));
    const ports = ['one', 'two'].map(name => service(`${name}-daemun`)?.spec.ports[0]?.targetPort ?? 0);
    assert.notEqual(ports[0], ports[1]);
    assert.equal(await ask(ports[0] ?? 0), '302 http://one.example.com/');
    assert.equal(await ask(ports[1] ?? 0), '302 http://two.example.com/');
    const { spec, metadata } = service('one-daemun') ?? {};
    assert.deepEqual(spec?.ports, [{ name: 'tcp-80', port: 80, protocol: 'TCP', targetPort: ports[0] }]);
    assert.equal(spec?.['ipFamilyPolicy'], 'PreferDualStack');
    assert.equal(spec?.['selector'], undefined);
    assert.equal(metadata?.ownerReferences.length, 1);
    assert.deepEqual(slice('one-daemun')?.ports, [{ name: 'tcp-80', port: ports[0], protocol: 'TCP' }]);
    const conditions = { ready: true, serving: true, terminating: false };
    assert.deepEqual(slice('one-daemun')?.endpoints, [{ addresses: [POD], conditions, nodeName: 'node-1' }]);
  });

  it('keeps its port when daemun starts again, and gets it back when somebody takes it from the Service', async t => {
    const api = await cluster(t, gatewayClass, gateway('one'), route('one'));
    const first = await run(t, api);
    await first.until(
      () => first.status('one').includes('"Programmed","status":"True"') || first.status('one').includes('Reached at'),
    );
    const port = first.service('one-daemun')?.spec.ports[0]?.targetPort ?? 0;
    await first.gateway.close();
    const { until, service } = await run(t, api);
    assert.equal(await ask(port), '302 http://one.example.com/');
    const stored = api.stored({ kind: 'Service', namespace: 'a', name: 'one-daemun' }) as unknown as FakeObject;
    api.put({
      ...stored,
      kind: 'Service',
      namespace: 'a',
      name: 'one-daemun',
      spec: { ...(stored['spec'] as object), ports: [{ ...service('one-daemun')?.spec.ports[0], targetPort: 80 }] },
    });
    await until(() => service('one-daemun')?.spec.ports[0]?.targetPort === port);
    assert.equal(await ask(port), '302 http://one.example.com/');
  });

  it('gains and loses ports with its listeners', async t => {
    const api = await cluster(t, gatewayClass, gateway('one'), route('one'));
    const { until, service, status } = await run(t, api);
    await until(() => status('one').includes('192.0.2.1'));
    const port = service('one-daemun')?.spec.ports[0]?.targetPort;
    const listeners = [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ];
    api.put(gateway('one', { listeners }));
    await until(() => service('one-daemun')?.spec.ports.length === 3);
    const ports = service('one-daemun')?.spec.ports ?? [];
    assert.deepEqual(
      ports.map(one => one.name),
      ['tcp-80', 'udp-53', 'tcp-53'],
    );
    assert.equal(ports[0]?.targetPort, port);
    api.put(gateway('one', { listeners: listeners.slice(0, 1) }));
    await until(() => service('one-daemun')?.spec.ports.length === 1);
  });

  it('asks the load balancer for the address that it names', async t => {
    const api = await cluster(t, gatewayClass, gateway('one', { addresses: [{ value: '192.0.2.77' }] }));
    const { until, service, status } = await run(t, api);
    await until(() => status('one').includes('AddressNotUsable') && status('one').includes('192.0.2.1'));
    assert.equal(service('one-daemun')?.spec['loadBalancerIP'], '192.0.2.77');
    api.put({
      kind: 'Service',
      namespace: 'a',
      name: 'one-daemun',
      ...(service('one-daemun') as object),
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.77' }] } },
    });
    await until(() => status('one').includes('"addresses":[{"type":"IPAddress","value":"192.0.2.77"'));
  });

  it('needs no load balancer when it asks for a ClusterIP only', async t => {
    const api = await cluster(t, gatewayClass, gateway('one', { addresses: [{ routability: 'Cluster' }] }));
    const { until, service } = await run(t, api);
    await until(() => service('one-daemun') !== undefined);
    assert.equal(service('one-daemun')?.spec.type, 'ClusterIP');
  });

  it('says why the API server does not take its Service', async t => {
    const api = await cluster(t, gatewayClass, gateway('one'));
    api.admit = ({ kind }) => (kind === 'Service' ? 'exceeded quota: balancers' : '');
    const { until, status } = await run(t, api);
    await until(() => status('one').includes('exceeded quota: balancers'));
    assert.match(status('one'), /AddressNotAssigned/);
  });

  it('leads to all Pods that daemun’s own Service has, as the cluster judges them', async t => {
    const own = (endpoints: readonly object[]): FakeObject => ({
      kind: 'EndpointSlice',
      namespace: 'daemun-system',
      name: 'pods-x',
      metadata: { labels: { 'kubernetes.io/service-name': 'pods' } },
      addressType: 'IPv4',
      endpoints,
    });
    const api = await cluster(
      t,
      gatewayClass,
      gateway('one'),
      own([
        { addresses: ['10.0.0.2'], conditions: { ready: true }, nodeName: 'n2', zone: 'z' },
        { addresses: ['10.0.0.1'], conditions: { ready: false, serving: true, terminating: true } },
        { addresses: ['10.0.0.3'], conditions: { ready: false } },
      ]),
    );
    const { until, slice } = await run(t, api, { service: { namespace: 'daemun-system', name: 'pods' } });
    await until(() => slice('one-daemun')?.endpoints.length === 2);
    assert.deepEqual(slice('one-daemun')?.endpoints, [
      { addresses: ['10.0.0.1'], conditions: { ready: false, serving: true, terminating: true } },
      {
        addresses: ['10.0.0.2'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n2',
        zone: 'z',
      },
    ]);
    api.put(own([{ addresses: ['10.0.0.2'], conditions: { ready: true } }]));
    await until(() => slice('one-daemun')?.endpoints.length === 1);
  });
});
