// SPDX-License-Identifier: Apache-2.0

import { describe, it } from 'node:test';
import { judgeEach } from './verdict-table.test-support.ts';

const target = { group: '', kind: 'Service', name: 'a' };
const policy = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'BackendTLSPolicy',
  metadata: { name: 'a' },
  spec: { targetRefs: [target], validation: { hostname: 'a.example.com', wellKnownCACertificates: 'System' } },
};
const targets = 'spec.targetRefs';
const at = 'spec.validation';
const wellKnown = `${at}.wellKnownCACertificates`;
const names = `${at}.subjectAltNames`;
const bundle = { group: '', kind: 'ConfigMap', name: 'ca' };

describe('BackendTLSPolicy', () => {
  judgeEach(it, policy, [
    ['apiVersion', 'gateway.networking.k8s.io/v1alpha3', 'accepted'],
    ['apiVersion', 'gateway.networking.k8s.io/v1alpha2', 'schema/api-version'],
    ['spec.options', { 'example.com/a': '' }, 'accepted'],
    ['spec.options', { a: 'b'.repeat(4097) }, 'schema/length', 'spec.options.a'],
  ]);

  describe('targets', () => {
    judgeEach(it, policy, [
      [targets, undefined, 'schema/required'],
      [targets, [], 'schema/items'],
      [`${targets}.0.group`, undefined, 'schema/required'],
      [`${targets}.0.namespace`, 'a', 'schema/unknown-field'],
      [targets, [{ ...target, sectionName: 'a' }, target], 'schema/target-ambiguous', `${targets}.1`],
      [targets, [target, target], 'schema/target-duplicate', `${targets}.1`],
      [
        targets,
        [
          { ...target, sectionName: 'a' },
          { ...target, sectionName: 'b' },
        ],
        'accepted',
      ],
      [
        targets,
        [
          { ...target, sectionName: 'a' },
          { ...target, sectionName: 'a' },
        ],
        'schema/target-duplicate',
        `${targets}.1`,
      ],
      [targets, [target, { ...target, kind: 'XBackend' }], 'accepted'],
    ]);
  });

  describe('validation', () => {
    judgeEach(it, policy, [
      [`${at}.hostname`, undefined, 'schema/required'],
      [`${at}.hostname`, '*.example.com', 'schema/pattern'],
      [wellKnown, undefined, 'schema/ca-source', at],
      [wellKnown, 'Systemic', 'schema/pattern'],
      [wellKnown, 'example.com/roots', 'accepted'],
      [at, { hostname: 'a', caCertificateRefs: [bundle] }, 'accepted'],
      [`${at}.caCertificateRefs`, [bundle], 'schema/ca-source', at],
      [at, { hostname: 'a', caCertificateRefs: [] }, 'schema/items', `${at}.caCertificateRefs`],
      [
        at,
        { hostname: 'a', caCertificateRefs: Array.from({ length: 9 }, () => bundle) },
        'schema/items',
        `${at}.caCertificateRefs`,
      ],
      [names, [{ type: 'Hostname', hostname: '*.a.b' }], 'accepted'],
      [names, [{ type: 'URI', uri: 'spiffe://a/b' }], 'accepted'],
      [names, [{ type: 'URI', uri: 'a/b' }], 'schema/pattern', `${names}.0.uri`],
      [names, [{ type: 'URI' }], 'schema/required', `${names}.0.uri`],
      [names, [{ type: 'IP' }], 'schema/enum', `${names}.0.type`],
      [names, [{ type: 'Hostname', hostname: 'a', uri: 'a://b' }], 'schema/subject-alt-name', `${names}.0.uri`],
      [names, Array.from({ length: 6 }, () => ({ type: 'Hostname', hostname: 'a' })), 'schema/items'],
    ]);
  });
});
