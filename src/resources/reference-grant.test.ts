// SPDX-License-Identifier: Apache-2.0

import { describe, it } from 'node:test';
import { judgeEach } from './verdict-table.test-support.ts';

const grant = {
  apiVersion: 'gateway.networking.k8s.io/v1beta1',
  kind: 'ReferenceGrant',
  metadata: { name: 'grant', namespace: 'certs' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra' }],
    to: [{ group: '', kind: 'Secret' }],
  },
};

const from = grant.spec.from[0];

describe('ReferenceGrant', () => {
  judgeEach(it, grant, [
    ['apiVersion', 'gateway.networking.k8s.io/v1', 'accepted'],
    ['apiVersion', 'gateway.networking.k8s.io/v1alpha2', 'schema/api-version'],
    ['apiVersion', 'networking.k8s.io/v1', 'schema/api-version'],
    ['spec.from', [], 'schema/items'],
    ['spec.from', Array.from({ length: 16 }, () => from), 'accepted'],
    ['spec.from', Array.from({ length: 17 }, () => from), 'schema/items'],
    ['spec.from.0.group', undefined, 'schema/required'],
    ['spec.from.0.namespace', undefined, 'schema/required'],
    ['spec.from.0.namespace', '*', 'schema/pattern'],
    ['spec.from.0.name', 'a', 'schema/unknown-field'],
    ['spec.to', [], 'schema/items'],
    ['spec.to.0.name', '', 'schema/length'],
    ['spec.to.0.name', null, 'accepted'],
    ['status', {}, 'schema/unknown-field'],
  ]);
});
