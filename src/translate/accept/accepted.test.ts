// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../resources/index.ts';
import { ENVIRONMENT as PLAIN, parsed, resourceSet } from '../environment.test-support.ts';
import type { TranslateEnvironment } from '../environment.ts';
import { translate } from '../translate.ts';
import { acceptAll } from './accepted.ts';

const API = 'gateway.networking.k8s.io/v1';
const DAY_MS = 86_400_000;
const END_MS = PLAIN.nowMs + 365 * DAY_MS;

const GATEWAY = parsed({
  apiVersion: API,
  kind: 'Gateway',
  metadata: { name: 'gw' },
  spec: {
    gatewayClassName: 'c',
    addresses: [{ type: 'IPAddress', value: '10.0.0.1' }, { type: 'IPAddress' }],
    listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'c' }] } }],
  },
});
const SECRET = parsed({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'c' },
  data: { 'tls.crt': 'YQ==', 'tls.key': 'YQ==' },
});
const SERVICE = parsed({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } });
const TARGET_PORTS: readonly (readonly [string, number])[] = [['443/tcp', 8443]];

const ENVIRONMENT: TranslateEnvironment = {
  ...PLAIN,
  refused: new Map(),
  inspectCertificate: (chain, key) => ({ chain, key, names: [], notAfterMs: END_MS }),
};

function route(path: string): Resource {
  const rules = [{ matches: [{ path: { value: path } }], backendRefs: [{ name: 's', port: 80 }] }];
  return parsed({
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec: { parentRefs: [{ name: 'gw' }], rules },
  });
}

function slice(address: string): Resource {
  return parsed({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', labels: { 'kubernetes.io/service-name': 's' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address] }],
    ports: [{ port: 80 }],
  });
}

const OBJECTS = [GATEWAY, SECRET, SERVICE, route('/a'), slice('10.1.0.1')];

function reachedThrough(targetPorts: readonly (readonly [string, number])[]): TranslateEnvironment {
  const state = { state: 'made', type: 'ClusterIP', addresses: [] } as const;
  const service = () => ({ name: 'a/b', podAddresses: ['10.1.1.1'], targetPorts: new Map(targetPorts), state });
  return { ...ENVIRONMENT, serviceOf: service };
}

describe('what is judged before routes', () => {
  it('is not judged again for routes, endpoints and time that says nothing', () => {
    const before = resourceSet(OBJECTS);
    const accepted = acceptAll(before, ENVIRONMENT, undefined);
    const after = resourceSet([GATEWAY, SECRET, SERVICE, route('/b'), slice('10.1.0.2')], before);
    const later = { ...ENVIRONMENT, nowMs: ENVIRONMENT.nowMs + DAY_MS, refused: new Map(), movedPorts: new Map() };
    assert.equal(acceptAll(after, { ...later, addressOf: () => '127.0.0.1' }, accepted), accepted);
    const led = acceptAll(before, reachedThrough(TARGET_PORTS), undefined);
    assert.equal(acceptAll(after, reachedThrough(TARGET_PORTS), led), led);
  });

  it('leaves listeners and bindings as they are when endpoints change', () => {
    const before = resourceSet(OBJECTS);
    const first = translate(before, ENVIRONMENT);
    const second = translate(resourceSet([...OBJECTS.slice(0, 4), slice('10.1.0.2')], before), ENVIRONMENT, first);
    assert.equal(second.memory.bindings, first.memory.bindings);
    assert.equal(second.memory.routes.targets, first.memory.routes.targets);
    assert.notEqual(second.snapshot.endpoints, first.snapshot.endpoints);
  });

  for (const [what, environment] of [
    ['an address that is given is another one', { ...ENVIRONMENT, addressOf: () => '127.0.0.2' }],
    ['no address is left', { ...ENVIRONMENT, addressOf: () => null }],
    ['an address cannot be had', { ...ENVIRONMENT, addressRefusal: () => 'it is not ours' }],
    ['a port is moved', { ...ENVIRONMENT, movedPorts: new Map([[443, 8443]]) }],
    ['a Secret is refused', { ...ENVIRONMENT, refused: new Map([['Secret/default/c', 'it is empty']]) }],
    ['a kind is absent', { ...ENVIRONMENT, absentKinds: new Set(['TCPRoute']) }],
    ['definitions are of another version', { ...ENVIRONMENT, bundleVersions: ['v9.0.0'] }],
    ['a Gateway has a Service', reachedThrough(TARGET_PORTS)],
    ['a certificate is to end soon', { ...ENVIRONMENT, nowMs: END_MS - 30 * DAY_MS + 1 }],
    ['a certificate has ended', { ...ENVIRONMENT, nowMs: END_MS + 1 }],
    ['the clock is set back', { ...ENVIRONMENT, nowMs: ENVIRONMENT.nowMs - 1 }],
  ] as const) {
    it(`is judged again when ${what}`, () => {
      const resources = resourceSet(OBJECTS);
      const accepted = acceptAll(resources, ENVIRONMENT, undefined);
      assert.notEqual(acceptAll(resources, environment, accepted), accepted);
    });
  }

  it('is judged again when a port of a Gateway is led elsewhere', () => {
    const resources = resourceSet(OBJECTS);
    const accepted = acceptAll(resources, reachedThrough(TARGET_PORTS), undefined);
    assert.notEqual(acceptAll(resources, reachedThrough([['443/tcp', 9443]]), accepted), accepted);
  });

  it('is judged again when an object other than a route or an endpoint changes', () => {
    const resources = resourceSet(OBJECTS);
    const accepted = acceptAll(resources, ENVIRONMENT, undefined);
    for (const gone of [GATEWAY, SECRET, SERVICE]) {
      const without = resourceSet(
        OBJECTS.filter(object => object !== gone),
        resources,
      );
      assert.notEqual(acceptAll(without, ENVIRONMENT, accepted), accepted, gone.kind);
    }
  });

  it('holds on to no route and no endpoint', () => {
    const { resources } = acceptAll(resourceSet(OBJECTS), ENVIRONMENT, undefined);
    assert.equal(resources.httpRoutes.size + resources.endpointSlices.size, 0);
    assert.equal(resources.gateways.size, 1);
  });
});
