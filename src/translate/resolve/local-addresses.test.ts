// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPERIMENTAL_GROUP } from '../../resources/index.ts';
import { endpointsOf } from '../../snapshot/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';

const API = 'gateway.networking.k8s.io/v1';
const CONTROLLER = 'example.com/ours';
const WORLD = [
  parsed({ apiVersion: API, kind: 'GatewayClass', metadata: { name: 'c' }, spec: { controllerName: CONTROLLER } }),
  parsed({
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name: 'gw' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  }),
];
const SERVICE = { group: '', kind: 'Service', name: 'b', port: 9900 };
const X_BACKEND = { group: EXPERIMENTAL_GROUP, kind: 'XBackend', name: 'b' };

function service(annotations: object, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'b', annotations },
    spec: { ports: [{ port: 9900 }], ...spec },
  };
}

function externalName(host: string): object {
  return service({}, { type: 'ExternalName', externalName: host });
}

function xBackend(hostname: string): object {
  return {
    apiVersion: `${EXPERIMENTAL_GROUP}/v1alpha1`,
    kind: 'XBackend',
    metadata: { name: 'b' },
    spec: { type: 'ExternalHostname', externalHostname: { hostname }, port: { number: 9900 } },
  };
}

/** Where requests to a backend go, and what is said of it. */
function sentTo(backend: object, ref: object, controllerName: string | null) {
  const route = parsed({
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [ref] }] },
  });
  const resources = resourceSet([...WORLD, parsed(backend), route]);
  const { snapshot, findings } = translate(resources, { ...ENVIRONMENT, controllerName });
  const [cluster] = snapshot.clusters;
  const names = cluster?.discovery.kind === 'dns' ? cluster.discovery.targets.map(({ host }) => host) : [];
  const addresses = snapshot.endpoints.flatMap(set => endpointsOf(set)).map(({ address }) => address);
  const told = findings.filter(({ code }) => code === 'backend/local-address').map(({ resource }) => resource?.kind);
  return { to: [...names, ...addresses], told };
}

describe("addresses of the gateway's own machine", () => {
  for (const [what, backend, ref] of [
    ['an annotation', service({ 'daemun.dev/endpoints': '127.0.0.1:9900' }), SERVICE],
    ['an annotation, of IPv6', service({ 'daemun.dev/endpoints': '[::ffff:127.0.0.1]' }), SERVICE],
    ['an annotation, unspecified', service({ 'daemun.dev/endpoints': '0.0.0.0' }), SERVICE],
    ['an annotation, of the link', service({ 'daemun.dev/endpoints': '169.254.169.254:80' }), SERVICE],
    ['an externalName', externalName('127.0.0.1'), SERVICE],
    ['an XBackend', xBackend('127.0.0.1'), X_BACKEND],
  ] as const) {
    it(`are no backend of a cluster, named by ${what}`, () => {
      assert.deepEqual(sentTo(backend, ref, CONTROLLER), { to: [], told: [ref.kind] });
      const outside = sentTo(backend, ref, null);
      assert.deepEqual([outside.to.length, outside.told], [1, []], 'files are written by who runs the gateway');
    });
  }

  it('take nothing from others that are named beside them', () => {
    const mixed = service({ 'daemun.dev/endpoints': '127.0.0.1:9900,10.0.0.7:9900' });
    assert.deepEqual(sentTo(mixed, SERVICE, CONTROLLER), { to: ['10.0.0.7'], told: ['Service'] });
    const named = service({ 'daemun.dev/endpoints': '127.0.0.1,a.example.com' });
    assert.deepEqual(sentTo(named, SERVICE, CONTROLLER), { to: ['a.example.com'], told: ['Service'] });
  });
});
