// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '../../resources/index.ts';
import { parsed } from '../environment.test-support.ts';
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
