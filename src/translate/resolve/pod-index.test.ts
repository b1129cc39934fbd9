// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '../../resources/index.ts';
import { endpointsOf } from '../../snapshot/index.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';
import { changedPods, indexPods, type PodIndex } from './pod-index.ts';

function pod(namespace: string, name: string): Pod {
  return parsed({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, status: {} }) as Pod;
}

function mapOf(...pods: readonly Pod[]): ReadonlyMap<string, Pod> {
  return new Map(pods.map(one => [`${one.metadata.namespace}/${one.metadata.name}`, one]));
}

function namesIn({ byNamespace }: PodIndex, namespace: string): readonly string[] | undefined {
  return byNamespace.get(namespace)?.map(({ metadata }) => metadata.name);
}

describe('an index of Pods', () => {
  const [a2, a1, b1] = [pod('a', '2'), pod('a', '1'), pod('b', '1')];
  const first = indexPods(mapOf(a2, a1, b1), undefined);

  it('has those of each namespace, by name', () => {
    assert.deepEqual([namesIn(first, 'a'), namesIn(first, 'b'), namesIn(first, 'c')], [['1', '2'], ['1'], undefined]);
  });

  it('follows what comes, changes and goes, in its namespace alone', () => {
    const [a0, now] = [pod('a', '0'), pod('a', '2')];
    const next = indexPods(mapOf(now, a0, b1), first);
    assert.deepEqual(next.byNamespace.get('a'), [a0, now]);
    assert.equal(next.byNamespace.get('b'), first.byNamespace.get('b'));
    assert.deepEqual([...changedPods(first, next)], [['a', [a0, a1, a2, now]]]);
    const without = indexPods(mapOf(now, a0), next);
    assert.equal(namesIn(without, 'b'), undefined);
    assert.deepEqual([...changedPods(next, without)], [['b', [b1]]]);
  });

  it('is the same while nothing changes', () => {
    assert.equal(indexPods(first.source, first), first);
    assert.equal(changedPods(first, first).size, 0);
  });
});

describe('XBackends that select among Pods', () => {
  it('look at each Pod a few times, however many they are', () => {
    const count = 100;
    let looks = 0;
    const counted = (at: number): Pod => {
      const labels = { app: `a${at}`, tier: 'web' };
      const podIP = `10.0.0.${at}`;
      const base = parsed({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${at}` }, status: { podIP } }) as Pod;
      const get = (): object => {
        looks++;
        return labels;
      };
      return { ...base, metadata: Object.defineProperty({ ...base.metadata }, 'labels', { get }) };
    };
    const api = 'gateway.networking.k8s.io/v1';
    const experimental = 'gateway.networking.x-k8s.io';
    const backend = (at: number) => ({
      apiVersion: `${experimental}/v1alpha1`,
      kind: 'XBackend',
      metadata: { name: `b${at}` },
      spec: {
        type: 'EndpointSelector',
        endpointSelector: { matchLabels: { app: `a${at}`, tier: 'web' } },
        port: { number: 80 },
        protocol: 'HTTP',
      },
    });
    const route = (at: number) => ({
      apiVersion: api,
      kind: 'HTTPRoute',
      metadata: { name: `r${at}` },
      spec: {
        parentRefs: [{ name: 'gw' }],
        rules: [{ backendRefs: [{ group: experimental, kind: 'XBackend', name: `b${at}` }] }],
      },
    });
    const listeners = [{ name: 'l', port: 1, protocol: 'HTTP' }];
    const gateway = {
      apiVersion: api,
      kind: 'Gateway',
      metadata: { name: 'gw' },
      spec: { gatewayClassName: 'c', listeners },
    };
    const each = Array.from({ length: count }, (_, at) => at);
    const objects = [gateway, ...each.map(backend), ...each.map(route)].map(parsed);
    const { snapshot } = translate(resourceSet([...objects, ...each.map(counted)]), ENVIRONMENT);
    assert.deepEqual(
      snapshot.endpoints.map(set => endpointsOf(set).map(({ name }) => name.replace('p', 'b'))),
      snapshot.endpoints.map(({ cluster }) => [/b\d+/.exec(cluster)?.[0]]),
    );
    assert.equal(snapshot.endpoints.length, count);
    assert.ok(looks <= 5 * count, `${looks} looks`);
  });
});
