// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const backend = (spec: object) => ({
  apiVersion: 'gateway.networking.x-k8s.io/v1alpha1',
  kind: 'XBackend',
  metadata: { name: 'a' },
  spec: { port: { number: 443 }, ...spec },
});
const external = backend({ type: 'ExternalHostname', externalHostname: { hostname: 'api.example.com' } });
const selected = backend({ type: 'EndpointSelector', endpointSelector: { matchLabels: { app: 'a' } } });
const validation = { hostname: 'api.example.com', wellKnownCACertificates: 'System' };
const persistence = 'spec.sessionPersistence';
const labels = 'spec.endpointSelector.matchLabels';

describe('XBackend', () => {
  it('gets the defaults of the API', () => {
    const parsed = accepted(external);
    assert.deepEqual('spec' in parsed && parsed.spec, {
      type: 'ExternalHostname',
      externalHostname: { hostname: 'api.example.com' },
      port: { number: 443 },
      tls: { mode: 'None' },
    });
  });

  describe('of an external host', () => {
    const hostname = 'spec.externalHostname.hostname';
    judgeEach(it, external, [
      ['apiVersion', 'gateway.networking.k8s.io/v1', 'schema/kind', 'kind'],
      ['apiVersion', 'gateway.networking.x-k8s.io/v1', 'schema/api-version'],
      ['spec.type', 'Hostname', 'schema/enum'],
      ['spec.port', undefined, 'schema/required'],
      ['spec.port', {}, 'schema/required', 'spec.port.number'],
      ['spec.externalHostname', undefined, 'schema/required'],
      [hostname, '*.example.com', 'schema/pattern'],
      [hostname, '10.0.0.1', 'accepted'],
      [hostname, 'a.b.svc.cluster.local', 'schema/backend-hostname'],
      ['spec.endpointSelector', { matchLabels: { app: 'a' } }, 'schema/backend-field'],
      [persistence, { cookie: {} }, 'schema/backend-field'],
    ]);
  });

  describe('of Pods', () => {
    judgeEach(it, selected, [
      [labels, undefined, 'schema/required'],
      [labels, {}, 'schema/items'],
      [labels, { 'a b': 'c' }, 'schema/pattern', `${labels}.a b`],
      [labels, { a: 'b c' }, 'schema/pattern', `${labels}.a`],
      [labels, Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, ''])), 'schema/items'],
      ['spec.externalHostname', { hostname: 'a' }, 'schema/backend-field'],
      [persistence, { cookie: {} }, 'accepted'],
      [persistence, {}, 'schema/required', `${persistence}.cookie`],
    ]);
  });

  describe('with TLS', () => {
    judgeEach(it, external, [
      ['spec.tls', {}, 'schema/required', 'spec.tls.mode'],
      ['spec.tls', { mode: 'ServerOnly', validation }, 'accepted'],
      ['spec.tls', { mode: 'ServerOnly' }, 'schema/required', 'spec.tls.validation'],
      ['spec.tls', { mode: 'None', validation }, 'schema/backend-field', 'spec.tls.validation'],
      ['spec.tls', { mode: 'ClientAndServer', validation, clientCertificateRef: { name: 'a' } }, 'accepted'],
      [
        'spec.tls',
        { mode: 'ServerOnly', validation, clientCertificateRef: { name: 'a' } },
        'schema/backend-field',
        'spec.tls.clientCertificateRef',
      ],
      ['spec.tls', { mode: 'ServerOnly', validation: { hostname: 'a' } }, 'schema/ca-source', 'spec.tls.validation'],
      ['spec.protocol', 'HTTP2', 'schema/backend-tls', 'spec.tls.mode'],
      ['spec.protocol', 'H2C', 'accepted'],
    ]);
    judgeEach(it, backend({ ...external.spec, tls: { mode: 'ServerOnly', validation } }), [
      ['spec.protocol', 'HTTP2', 'accepted'],
      ['spec.protocol', 'H2C', 'schema/backend-tls', 'spec.tls.mode'],
    ]);
  });
});
