// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FakeObject } from '../store/kubernetes/fake-api.test-support.ts';
import { ask, cluster, gateway, gatewayClass, POD, route, run } from './addresses/service-cluster.test-support.ts';

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

  it('keeps its port when daemun starts again, and open when somebody takes it from the Service, which gets it back', async t => {
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
    await until(async () => {
      assert.equal(await ask(port), '302 http://one.example.com/');
      return service('one-daemun')?.spec.ports[0]?.targetPort === port;
    });
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
