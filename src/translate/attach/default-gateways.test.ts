// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../resources/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';
import type { Translation } from '../translation.ts';

const API = 'gateway.networking.k8s.io/v1';
const CONTROLLER = 'daemun.dev/gateway-controller';
/** In a cluster: a route without a parent of ours is somebody else's. */
const IN_CLUSTER = { ...ENVIRONMENT, controllerName: CONTROLLER };

function gateway(name: string, defaultScope: string): Resource {
  const spec = { gatewayClassName: 'c', defaultScope, listeners: [{ name: 'l', port: 80, protocol: 'HTTP' }] };
  return parsed({ apiVersion: API, kind: 'Gateway', metadata: { name }, spec });
}

const gatewayClass = parsed({
  apiVersion: API,
  kind: 'GatewayClass',
  metadata: { name: 'c' },
  spec: { controllerName: CONTROLLER },
});
const route = parsed({
  apiVersion: API,
  kind: 'HTTPRoute',
  metadata: { name: 'r' },
  spec: { useDefaultGateways: 'All', rules: [{ backendRefs: [{ name: 'missing', port: 80 }] }] },
});

describe('a route that uses default Gateways', () => {
  it('goes along with each Gateway that becomes a default one, and that no longer is', () => {
    let resources = resourceSet([gatewayClass, route]);
    let translation: Translation | undefined;
    const after = (...gateways: readonly Resource[]) => {
      resources = resourceSet([gatewayClass, route, ...gateways], resources);
      translation = translate(resources, IN_CLUSTER, translation);
      const { outcomes, findings } = translation;
      return {
        attachedTo: outcomes.routes.get('HTTPRoute/default/r')?.parents.flatMap(({ listeners }) => listeners),
        counts: [...outcomes.gateways.values()].map(({ listeners }) => listeners[0]?.attachedRoutes),
        isForeign: !findings.some(({ resource }) => resource?.kind === 'HTTPRoute'),
      };
    };
    const [a, b] = [gateway('a', 'All'), gateway('b', 'None')];
    assert.deepEqual(after(gateway('a', 'None'), b), { attachedTo: [], counts: [0, 0], isForeign: true });
    assert.deepEqual(after(a, b), { attachedTo: ['default/a/l'], counts: [1, 0], isForeign: false });
    const both = { attachedTo: ['default/a/l', 'default/b/l'], counts: [1, 1], isForeign: false };
    assert.deepEqual(after(a, gateway('b', 'All')), both);
    assert.deepEqual(after(gateway('b', 'All')), { attachedTo: ['default/b/l'], counts: [1], isForeign: false });
    assert.deepEqual(after(b), { attachedTo: [], counts: [0], isForeign: true });
  });
});
