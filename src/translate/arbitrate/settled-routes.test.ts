// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import type { MeshEnvironment } from '../environment.ts';
import { translate } from '../translate.ts';

const API = 'gateway.networking.k8s.io/v1';
const MESH: MeshEnvironment = {
  addressOf: () => '10.96.0.1',
  closure: () => null,
  entranceOf: ({ address, port }) => ({ address, port }),
  clients: [],
};

function route(kind: 'GRPCRoute' | 'HTTPRoute', parentRefs: readonly object[]) {
  return parsed({ apiVersion: API, kind, metadata: { name: 'r' }, spec: { parentRefs, rules: [{}] } });
}

describe('settleRoutes', () => {
  it('names the parentRef that lost its port, whoever those before it are', () => {
    const service = { group: '', kind: 'Service', name: 's' };
    const resources = resourceSet([
      parsed({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }),
      route('GRPCRoute', [service]),
      route('HTTPRoute', [{ name: 'of-another-controller' }, { kind: 'Other', name: 'unknown' }, service]),
    ]);
    const { outcomes, findings } = translate(resources, { ...ENVIRONMENT, controllerName: 'a.org/ours', mesh: MESH });
    const conflicts = findings.filter(({ code }) => code === 'route/kind-conflict');
    assert.deepEqual(
      conflicts.map(({ path }) => path),
      [['spec', 'parentRefs', 2]],
    );
    assert.match(
      conflicts[0]?.message ?? '',
      /^Port 80 of Service default\/s is routed by GRPCRoutes, default\/r among them;/,
    );
    const [parent] = outcomes.routes.get('HTTPRoute/default/r')?.parents ?? [];
    assert.deepEqual(parent?.accepted?.finding, conflicts[0]);
  });
});
