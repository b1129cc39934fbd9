// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressOf } from './rollout.ts';

const workload = (status: object, spec = { replicas: 2 }) => ({ metadata: { generation: 3 }, spec, status });
const all = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const failure = { type: 'ReplicaFailure', status: 'True', message: 'quota' };
const agents = { observedGeneration: 3, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };
const accepted = (status: string, observedGeneration: number) => ({
  metadata: { generation: 3 },
  status: { conditions: [{ type: 'Accepted', status, reason: 'Invalid', message: 'why', observedGeneration }] },
});

describe('the progress of an installation', () => {
  for (const [kind, object, isDone, text] of [
    ['Deployment', workload(all), true, '2 of 2 Pods are ready'],
    ['Deployment', { metadata: { generation: 1 }, spec: {} }, false, 'the cluster has not begun with it'],
    ['Deployment', workload({ ...all, observedGeneration: 2 }), false, 'the cluster has not begun with it'],
    ['Deployment', workload({ ...all, updatedReplicas: 1 }), false, '1 of 2 Pods are made'],
    [
      'Deployment',
      workload({ ...all, updatedReplicas: 1, conditions: [failure] }),
      false,
      '1 of 2 Pods are made: quota',
    ],
    ['Deployment', workload({ ...all, replicas: 3 }), false, '1 of the Pods before have not ended'],
    ['Deployment', workload({ ...all, availableReplicas: 1 }), false, '1 of 2 Pods are ready'],
    ['DaemonSet', workload(agents), true, '2 of 2 Pods are ready'],
    ['DaemonSet', workload({ ...agents, updatedNumberScheduled: 0 }), false, '0 of 2 Pods are made'],
    ['DaemonSet', workload({ ...agents, numberAvailable: 1 }), false, '1 of 2 Pods are ready'],
    ['GatewayClass', accepted('True', 3), true, 'accepted'],
    ['GatewayClass', accepted('True', 2), false, 'nobody has accepted it yet'],
    ['GatewayClass', { metadata: { generation: 3 } }, false, 'nobody has accepted it yet'],
    ['GatewayClass', accepted('False', 3), false, 'not accepted (Invalid): why'],
  ] as const) {
    it(`of a ${kind}: ${text}${isDone ? ', done' : ''}`, () => {
      assert.deepEqual(progressOf(kind, object), { isDone, text });
    });
  }
});
