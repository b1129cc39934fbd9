// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KindCache } from './kind-cache.ts';
import { READ_KINDS } from './read-kinds.ts';

/** The spec of a Service of a cluster as it is read; undefined: the Service is refused. */
function readSpec(more: Record<string, unknown>): unknown {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'Service');
  assert.ok(readKind !== undefined);
  const cache = new KindCache({ readKind, onChange: () => undefined, onObserved: () => undefined });
  cache.put({
    metadata: { namespace: 'a', name: 's', uid: 'u', resourceVersion: '1' },
    spec: { ports: [{ port: 80 }], ...more },
  });
  const service = cache.resources.get('a/s');
  return service !== undefined && 'spec' in service ? service.spec : undefined;
}

describe('a Service of a cluster', () => {
  it('keeps which endpoints its clients should prefer', () => {
    for (const trafficDistribution of ['PreferClose', 'PreferSameZone', 'PreferSameNode'])
      assert.deepEqual(readSpec({ trafficDistribution }), { ...Object(readSpec({})), trafficDistribution });
  });

  it('is read as without a preference that a newer version of Kubernetes may know', () => {
    assert.notEqual(readSpec({}), undefined);
    assert.deepEqual(readSpec({ trafficDistribution: 'PreferSameRack' }), readSpec({}));
  });
});
