// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FakeObject } from '../store/kubernetes/fake-api.test-support.ts';
import { CONTROLLER, cluster, gateway, gatewayClass, run } from './addresses/service-cluster.test-support.ts';

const configMap = (name: string, data: Readonly<Record<string, string>>): FakeObject => ({
  kind: 'ConfigMap',
  namespace: 'a',
  name,
  data,
});
const parametersRef = { group: '', kind: 'ConfigMap', name: 'p' };
const tuned = gateway('one', { infrastructure: { parametersRef } });

/** The Service of a Gateway, as daemun made it before. */
const leftService = (name: string, more: Readonly<Record<string, unknown>> = {}): FakeObject => ({
  kind: 'Service',
  namespace: 'a',
  name: `${name}-daemun`,
  metadata: {
    labels: { 'app.kubernetes.io/managed-by': 'daemun' },
    annotations: { 'owned.daemun.dev/controller': CONTROLLER, 'owned.daemun.dev/gateway': name },
  },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.5',
    ports: [{ name: 'tcp-80', port: 80, targetPort: 12_000 }],
    ...more,
  },
});

describe('the Service of a Gateway', () => {
  it('is as the parameters of the Gateway say, else as those of its class do', async t => {
    const ofClass = { ...parametersRef, name: 'of-class', namespace: 'a' };
    const api = await cluster(
      t,
      { ...gatewayClass, spec: { controllerName: CONTROLLER, parametersRef: ofClass } },
      configMap('of-class', {
        externalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP',
        ipFamilyPolicy: 'SingleStack',
      }),
      configMap('p', {
        sessionAffinity: 'None',
        nodePorts: '80=30080',
        loadBalancerSourceRanges: '192.0.2.0/24, 10.0.0.0/8',
      }),
      tuned,
    );
    const { until, service } = await run(t, api);
    await until(() => service('one-daemun') !== undefined);
    const { ports, ...spec } = service('one-daemun')?.spec ?? {};
    assert.deepEqual(spec, {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.7',
      clusterIPs: ['10.96.0.7'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: ['192.0.2.0/24', '10.0.0.0/8'],
    });
    assert.match(JSON.stringify(ports), /"nodePort":30080/);
    api.put(configMap('p', { type: 'ClusterIP' }));
    await until(() => service('one-daemun')?.spec.type === 'ClusterIP');
    assert.equal(service('one-daemun')?.spec['externalTrafficPolicy'], undefined, 'a ClusterIP has no use for it');
  });

  it('stays as it is while its parameters are faulty, and is none before they are sound', async t => {
    const api = await cluster(t, gatewayClass, tuned);
    const { until, service, status } = await run(t, api);
    await until(() => status('one').includes('ConfigMap a/p does not exist'));
    assert.match(status('one'), /InvalidParameters/);
    assert.equal(service('one-daemun'), undefined);
    api.put(configMap('p', { externalTrafficPolicy: 'Local' }));
    await until(() => status('one').includes('Reached at 192.0.2.1'));
    const before = service('one-daemun');
    api.put(configMap('p', { externalTraficPolicy: 'Local' }));
    await until(() => status('one').includes('externalTraficPolicy'));
    assert.deepEqual(service('one-daemun'), before);
    assert.match(status('one'), /"addresses":\[\{"type":"IPAddress","value":"192.0.2.1"/);
  });

  it('has the labels and annotations of the infrastructure, and loses them again', async t => {
    const infrastructure = { labels: { team: 'a' }, annotations: { 'lb.example.com/internal': 'true' } };
    const api = await cluster(t, gatewayClass, gateway('one', { infrastructure }));
    const { until, service } = await run(t, api);
    await until(() => service('one-daemun') !== undefined);
    assert.equal(service('one-daemun')?.metadata.labels['team'], 'a');
    assert.equal(service('one-daemun')?.metadata.annotations['lb.example.com/internal'], 'true');
    api.put(gateway('one'));
    await until(() => service('one-daemun')?.metadata.labels['team'] === undefined);
    assert.equal(service('one-daemun')?.metadata.annotations['lb.example.com/internal'], undefined);
  });

  it('goes when its Gateway is another controller’s, also while daemun was away', async t => {
    const other: FakeObject = { kind: 'GatewayClass', name: 'other', spec: { controllerName: 'example.com/other' } };
    const api = await cluster(
      t,
      ...[gatewayClass, other, gateway('one', { gatewayClassName: 'other' })],
      ...[gateway('three'), leftService('one'), leftService('three')],
    );
    const { until, service } = await run(t, api);
    await until(() => service('one-daemun') === undefined);
    assert.equal(service('three-daemun')?.spec.ports[0]?.targetPort, 12_000, 'it keeps what it had');
    api.put(gateway('three', { gatewayClassName: 'other' }));
    await until(() => service('three-daemun') === undefined);
  });

  it('stays, and its address with it, while the class is gone, and is served again when that is back', async t => {
    const other: FakeObject = { kind: 'GatewayClass', name: 'other', spec: { controllerName: 'example.com/other' } };
    const api = await cluster(
      t,
      other,
      gateway('one'),
      gateway('two', { gatewayClassName: 'other' }),
      leftService('one'),
      leftService('two'),
    );
    const { gateway: running, until, service } = await run(t, api);
    await until(() => service('two-daemun') === undefined);
    assert.equal(service('one-daemun')?.spec.ports[0]?.targetPort, 12_000);
    assert.deepEqual(running.listeners, []);
    api.put(gatewayClass);
    await until(() => running.listeners.length === 1);
    assert.equal(service('one-daemun')?.spec.ports[0]?.targetPort, 12_000);
  });

  it('is left to the cluster when its Gateway is deleted: it owns it', async t => {
    const api = await cluster(t, gatewayClass, leftService('gone'), gateway('one'));
    const { until, service } = await run(t, api);
    await until(() => service('one-daemun') !== undefined);
    assert.ok(service('gone-daemun'));
  });

  it('takes the place of the one without ClusterIP that it had when addresses were those of a machine', async t => {
    const api = await cluster(t, gatewayClass, gateway('one'), leftService('one', { clusterIP: 'None' }));
    const { until, service, status } = await run(t, api);
    await until(() => status('one').includes('Reached at 192.0.2.1'));
    assert.equal(service('one-daemun')?.spec['clusterIP'], '10.96.0.7');
  });

  it('is not made where somebody else has its name, which is left alone', async t => {
    const foreign = { ...leftService('one'), metadata: { labels: { app: 'shop' } } };
    const api = await cluster(t, gatewayClass, gateway('one'), foreign);
    const { until, service, status } = await run(t, api);
    await until(() => status('one').includes('somebody else'));
    assert.match(status('one'), /AddressNotAssigned/);
    assert.deepEqual(service('one-daemun')?.metadata.labels, { app: 'shop' });
    await until(() => api.events.some(event => event['reason'] === 'NameTaken'));
  });

  it('is told of in an Event when the API server refuses a change of it', async t => {
    const api = await cluster(t, gatewayClass, tuned, configMap('p', {}));
    const { until, status } = await run(t, api);
    await until(() => status('one').includes('Reached at 192.0.2.1'));
    api.admit = ({ kind }) => (kind === 'Service' ? 'provided port is already allocated' : '');
    api.put(configMap('p', { nodePorts: '80=30080' }));
    await until(() => api.events.some(event => String(event['note']).includes('provided port is already allocated')));
  });
});
