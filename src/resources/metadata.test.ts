// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResource } from './parse-resource.ts';
import { accepted, judgeEach, withChange } from './verdict-table.test-support.ts';

const object = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GRPCRoute',
  metadata: { name: 'a' },
  spec: {},
};

const owner = { apiVersion: 'v1', kind: 'A', name: 'a', uid: 'u' };
const owners = 'metadata.ownerReferences';

describe('metadata', () => {
  describe('names', () => {
    judgeEach(it, object, [
      ['metadata', undefined, 'schema/metadata-name', 'metadata.name'],
      ['metadata', null, 'schema/metadata-name', 'metadata.name'],
      ['metadata', 'a', 'schema/type'],
      ['metadata.name', undefined, 'schema/metadata-name'],
      ['metadata.name', '', 'schema/metadata-name'],
      ['metadata.name', 1, 'schema/type'],
      ['metadata.name', 'A', 'schema/metadata-name'],
      ['metadata.name', 'a_b', 'schema/metadata-name'],
      ['metadata.name', 'a.b-c', 'accepted'],
      ['metadata.name', 'a'.repeat(253), 'accepted'],
      ['metadata.name', 'a'.repeat(254), 'schema/metadata-name'],
      ['metadata.generateName', 'A-b', 'schema/metadata-name'],
      ['metadata.generateName', 'b--', 'accepted'],
      ['metadata', { generateName: 'a-' }, 'accepted'],
      ['metadata.namespace', 'a.b', 'schema/metadata-namespace'],
      ['metadata.namespace', '', 'accepted'],
      ['metadata.namespace', null, 'accepted'],
      ['metadata.namespace', 1, 'schema/type'],
      ['metadata.clusterName', 'a', 'schema/unknown-field'],
      ['metadata.Name', null, 'schema/unknown-field'],
    ]);

    it('are made from generateName, always the same for one object', () => {
      const written = withChange(object, ['metadata'], { generateName: `${'a'.repeat(60)}-` });
      const { name } = accepted(written).metadata;
      assert.match(name, /^a{58}[a-z0-9]{5}$/);
      assert.equal(accepted(written).metadata.name, name);
    });
  });

  describe('labels and annotations', () => {
    judgeEach(it, object, [
      ['metadata.labels', null, 'accepted'],
      ['metadata.labels', { a: null }, 'accepted'],
      ['metadata.labels', { a: 1 }, 'schema/type', 'metadata.labels.a'],
      ['metadata.labels', { a: 'b'.repeat(63), 'c.d/E_f': '' }, 'accepted'],
      ['metadata.labels', { a: 'b'.repeat(64) }, 'schema/metadata-label', 'metadata.labels.a'],
      ['metadata.labels', { 'A/b': '' }, 'schema/metadata-label', 'metadata.labels.A/b'],
      ['metadata.annotations', { 'A/b': 'any: text' }, 'accepted'],
      ['metadata.annotations', { '/b': '' }, 'schema/metadata-annotation', 'metadata.annotations./b'],
      ['metadata.annotations', { a: 'x'.repeat(256 * 1024 - 1) }, 'accepted'],
      ['metadata.annotations', { a: 'x'.repeat(256 * 1024) }, 'schema/metadata-annotation'],
    ]);
  });

  describe('what the system writes', () => {
    judgeEach(it, object, [
      ['metadata.resourceVersion', '1', 'accepted'],
      ['metadata.generation', -1, 'accepted'],
      ['metadata.generation', 1.5, 'schema/type'],
      ['metadata.creationTimestamp', null, 'accepted'],
      ['metadata.creationTimestamp', '2024-02-29T23:59:59.123+01:00', 'accepted'],
      ['metadata.creationTimestamp', '2023-02-29T00:00:00Z', 'schema/metadata-time'],
      ['metadata.creationTimestamp', '2023-01-01', 'schema/metadata-time'],
      ['metadata.creationTimestamp', '', 'schema/metadata-time'],
      ['metadata.finalizers', ['a.b/c'], 'accepted'],
      ['metadata.finalizers', ['a b'], 'schema/metadata-finalizer', 'metadata.finalizers.0'],
      ['metadata.finalizers', [null], 'schema/metadata-finalizer', 'metadata.finalizers.0'],
      ['metadata.finalizers', ['orphan', 'foregroundDeletion'], 'schema/metadata-finalizer'],
      ['metadata.managedFields', [null], 'accepted'],
      ['metadata.managedFields', [{ fieldsV1: { 'f:a': {} } }], 'accepted'],
      ['metadata.managedFields', [{ foo: 1 }], 'schema/unknown-field', 'metadata.managedFields.0.foo'],
    ]);

    it('is generation 1 for a manifest, and kept for an object of a cluster', () => {
      const written = withChange(object, ['metadata', 'generation'], 7);
      assert.equal(accepted(written).metadata.generation, 1);
      const parsed = parseResource(written, { defaultNamespace: 'default', origin: 'cluster' });
      assert.equal(parsed.outcome === 'resource' && parsed.resource.metadata.generation, 7);
    });
  });

  describe('owners', () => {
    judgeEach(it, object, [
      [owners, [owner], 'accepted'],
      [owners, [{ ...owner, uid: '' }], 'schema/metadata-owner', `${owners}.0.uid`],
      [owners, [{ ...owner, apiVersion: 'a/b/c' }], 'schema/metadata-owner', `${owners}.0.apiVersion`],
      [owners, [{ ...owner, kind: 'Event' }], 'schema/metadata-owner', `${owners}.0.kind`],
      [
        owners,
        [
          { ...owner, controller: true },
          { ...owner, controller: true },
        ],
        'accepted',
      ],
      [
        owners,
        [
          { ...owner, controller: true },
          { ...owner, controller: true, uid: 'v' },
        ],
        'schema/metadata-owner',
        `${owners}.1.controller`,
      ],
    ]);
  });
});
