// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResource } from './parse-resource.ts';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'user' },
  spec: { selector: { app: 'user' }, ports: [{ port: 9000 }] },
};

describe('Service', () => {
  it('gets the defaults of the API and keeps what it does not know', () => {
    const written = {
      ...service,
      spec: { sessionAffinity: 'None', type: '', ports: [{ port: 80, targetPort: 0, protocol: '' }] },
    };
    const parsed = accepted(written);
    assert.deepEqual('spec' in parsed && parsed.spec, {
      sessionAffinity: 'None',
      type: 'ClusterIP',
      selector: {},
      ports: [{ name: '', port: 80, protocol: 'TCP', targetPort: 80 }],
    });
  });

  it('is warned of when a field is in the wrong case', () => {
    const written = { ...service, spec: { ports: [{ port: 80, targetport: 8080 }] } };
    const parsed = parseResource(written, { defaultNamespace: 'default' });
    const warnings = parsed.outcome === 'resource' ? parsed.warnings : [];
    assert.deepEqual(
      warnings.map(({ path, help }) => [path.join('.'), help]),
      [['spec.ports.0.targetport', 'did you mean targetPort?']],
    );
  });

  judgeEach(it, service, [
    ['metadata.name', '1a', 'schema/metadata-name'],
    ['spec.ports', [], 'schema/service-port'],
    ['spec', { clusterIP: 'None' }, 'accepted'],
    ['spec', { type: 'ExternalName', externalName: 'a.example.com.' }, 'accepted'],
    ['spec', { type: 'ExternalName' }, 'schema/service-external-name', 'spec.externalName'],
    ['spec.type', 'External', 'schema/enum'],
    ['spec.trafficDistribution', 'PreferSameNode', 'accepted'],
    ['spec.trafficDistribution', 'PreferSameRack', 'schema/enum'],
    ['spec.ports.0.port', 65536, 'schema/range'],
    ['spec.ports.0.targetPort', 'grpc', 'accepted'],
    ['spec.ports.0.targetPort', '9000', 'schema/range'],
    ['spec.ports.0.protocol', 'QUIC', 'schema/enum'],
    ['spec.ports.1', { port: 1, name: 'b' }, 'schema/service-port', 'spec.ports.0.name'],
    [
      'spec.ports',
      [
        { port: 1, name: 'a' },
        { port: 1, name: 'b', protocol: 'UDP' },
      ],
      'accepted',
    ],
    [
      'spec.ports',
      [
        { port: 1, name: 'a' },
        { port: 1, name: 'b' },
      ],
      'schema/service-port',
      'spec.ports.1.port',
    ],
    [
      'spec.ports',
      [
        { port: 1, name: 'a' },
        { port: 2, name: 'a' },
      ],
      'schema/service-port',
      'spec.ports.1.name',
    ],
  ]);
});

describe('EndpointSlice', () => {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'user-1' },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: null } }],
    ports: null,
  };

  it('takes loopback addresses, and no ports', () => {
    const parsed = accepted(slice);
    assert.deepEqual('endpoints' in parsed && parsed.endpoints, [{ addresses: ['127.0.0.1'], conditions: {} }]);
    assert.deepEqual('ports' in parsed && parsed.ports, []);
  });

  judgeEach(it, slice, [
    ['addressType', undefined, 'schema/required'],
    ['endpoints.0.addresses', [], 'schema/items'],
    ['ports', [{ port: 0 }], 'schema/range', 'ports.0.port'],
    ['ports', [{ port: null, name: 'a' }], 'accepted'],
  ]);
});

describe('Endpoints', () => {
  it('get the defaults of the API', () => {
    const subsets = [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }];
    const parsed = accepted({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'user' }, subsets });
    assert.deepEqual('subsets' in parsed && parsed.subsets, [
      { addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [], ports: [{ name: '', port: 80, protocol: 'TCP' }] },
    ]);
  });
});

describe('Secret', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cert' } };

  it('has stringData merged into data', () => {
    const written = {
      ...secret,
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': 'YQ==' },
      stringData: { 'tls.key': 'b' },
    };
    const parsed = accepted(written);
    assert.deepEqual('data' in parsed && parsed.data, { 'tls.crt': 'YQ==', 'tls.key': 'Yg==' });
    assert.ok(!('stringData' in parsed));
  });

  it('says of what daemun showed in place of a secret that it is none', () => {
    const parsed = parseResource({ ...secret, data: { a: '[redacted]' } }, { defaultNamespace: 'default' });
    const issues = parsed.outcome === 'refused' ? parsed.issues : [];
    assert.deepEqual(
      issues.map(({ code, message }) => [code, message]),
      [['schema/base64', 'is what daemun shows in place of a secret, not the secret']],
    );
  });

  judgeEach(it, secret, [
    ['type', undefined, 'accepted'],
    ['data', { a: 'YQ' }, 'schema/base64', 'data.a'],
    ['data', { a: 'Y Q==' }, 'schema/base64', 'data.a'],
    ['data', { a: 'YWFh\nYWFh\n' }, 'accepted'],
    ['data', { 'a b': '' }, 'schema/data-key', 'data.a b'],
    ['data', { '..a': '' }, 'schema/data-key', 'data...a'],
    ['data', { '.a': null }, 'accepted'],
  ]);
  judgeEach(it, { ...secret, type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } }, [
    ['type', 'kubernetes.io/tls', 'accepted'],
    ['data', { 'tls.crt': '' }, 'schema/data-key', 'data.tls.key'],
  ]);
});

describe('ConfigMap, Namespace and Deployment', () => {
  judgeEach(it, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca' } }, [
    ['data', { 'ca.crt': 'any text' }, 'accepted'],
    ['data', { a: 1 }, 'schema/type', 'data.a'],
    ['binaryData', { a: 'é' }, 'schema/base64', 'binaryData.a'],
  ]);
  judgeEach(it, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }, [
    ['metadata.name', 'a.b', 'schema/metadata-name'],
    ['spec', { finalizers: ['kubernetes'] }, 'accepted'],
  ]);
  judgeEach(
    it,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { selector: {}, template: {} } },
    [
      ['spec.replicas', 0, 'accepted'],
      ['spec.replicas', -1, 'schema/range'],
      ['spec.strategy', { type: 'Recreate' }, 'accepted'],
    ],
  );
});
