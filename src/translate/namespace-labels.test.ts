// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsed, resourceSet } from './environment.test-support.ts';
import { namespaceLabels } from './namespace-labels.ts';

describe('labels of a namespace', () => {
  it('say its own name, as an API server has it, though a copy of another one says that', () => {
    const labels = { team: 'red', 'kubernetes.io/metadata.name': 'copied-from' };
    const resources = resourceSet([parsed({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'own', labels } })]);
    assert.deepEqual(namespaceLabels(resources, 'own'), { team: 'red', 'kubernetes.io/metadata.name': 'own' });
    assert.deepEqual(namespaceLabels(resources, 'implied'), { 'kubernetes.io/metadata.name': 'implied' });
  });
});
