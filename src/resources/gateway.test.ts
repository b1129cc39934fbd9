// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const gateway = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'gw' },
  spec: { gatewayClassName: 'daemun', listeners: [{ name: 'a', port: 80, protocol: 'HTTP' }] },
};

const certificateRefs = [{ name: 'cert' }];
const listener = (fields: object) => [{ name: 'a', port: 443, protocol: 'HTTPS', tls: { certificateRefs }, ...fields }];
const plain = (name: string, port: number, fields: object = {}) => ({ name, port, protocol: 'HTTP', ...fields });
const listeners = 'spec.listeners';

describe('Gateway', () => {
  it('gets the defaults of the API', () => {
    const parsed = accepted({
      ...gateway,
      spec: {
        gatewayClassName: 'x',
        listeners: [{ ...listener({})[0], allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } }, plain('b', 80)],
        addresses: [{ value: '10.0.0.1' }],
        allowedListeners: {},
        tls: {
          backend: { clientCertificateRef: { name: 'client' } },
          frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] } } },
        },
      },
    });
    assert.deepEqual('spec' in parsed && parsed.spec, {
      gatewayClassName: 'x',
      listeners: [
        {
          name: 'a',
          port: 443,
          protocol: 'HTTPS',
          tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'cert' }] },
          allowedRoutes: {
            namespaces: { from: 'Same' },
            kinds: [{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute' }],
          },
        },
        { name: 'b', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
      ],
      addresses: [{ type: 'IPAddress', value: '10.0.0.1' }],
      allowedListeners: { namespaces: { from: 'None' } },
      tls: {
        backend: { clientCertificateRef: { group: '', kind: 'Secret', name: 'client' } },
        frontend: {
          default: {
            validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }], mode: 'AllowValidOnly' },
          },
        },
      },
    });
  });

  describe('as a whole', () => {
    judgeEach(it, gateway, [
      ['apiVersion', 'gateway.networking.k8s.io/v1beta1', 'accepted'],
      ['apiVersion', 'gateway.networking.k8s.io/v1alpha2', 'schema/api-version'],
      ['spec', undefined, 'schema/required'],
      ['spec', null, 'schema/required'],
      ['spec', [], 'schema/type'],
      ['spec.gatewayClassName', undefined, 'schema/required'],
      ['spec.gatewayClassName', '', 'schema/length'],
      ['spec.listener', [], 'schema/unknown-field'],
      ['spec.listener', null, 'schema/unknown-field'],
      ['spec.defaultScope', 'All', 'accepted'],
      ['spec.defaultScope', 'Same', 'schema/enum'],
      ['extra', 1, 'schema/unknown-field'],
      ['status', 'of any type', 'accepted'],
      ['status', { conditions: [{ type: 1 }] }, 'accepted'],
      ['status', { foo: null }, 'schema/unknown-field', 'status.foo'],
      ['status', { conditions: { type: 1 } }, 'schema/unknown-field', 'status.conditions.type'],
    ]);
  });

  describe('listeners', () => {
    judgeEach(it, gateway, [
      [listeners, undefined, 'schema/required'],
      [listeners, [], 'schema/items'],
      [listeners, Array.from({ length: 64 }, (_, index) => plain(`a${index}`, index + 1)), 'accepted'],
      [listeners, Array.from({ length: 65 }, (_, index) => plain(`a${index}`, index + 1)), 'schema/items'],
      [listeners, [plain('a', 80), plain('a', 81)], 'schema/duplicate', `${listeners}.1.name`],
      [listeners, [plain('a', 80), plain('b', 80)], 'schema/listener-conflict', `${listeners}.1`],
      [listeners, [plain('a', 80), plain('b', 80, { hostname: 'a.b' })], 'accepted'],
      [listeners, [plain('a', 80), plain('b', 80, { protocol: 'TCP' })], 'accepted'],
      [`${listeners}.0.name`, 'A', 'schema/pattern'],
      [`${listeners}.0.port`, 0, 'schema/range'],
      [`${listeners}.0.port`, 65535, 'accepted'],
      [`${listeners}.0.port`, 65536, 'schema/range'],
      [`${listeners}.0.port`, '80', 'schema/type'],
      [`${listeners}.0.port`, 80.5, 'schema/type'],
      [`${listeners}.0.protocol`, 'example.com/QUIC', 'accepted'],
      [`${listeners}.0.protocol`, 'grpc', 'accepted'],
      [`${listeners}.0.protocol`, 'a_b', 'schema/pattern'],
      [`${listeners}.0.hostname`, '', 'schema/length'],
      [`${listeners}.0.hostname`, '*', 'schema/pattern'],
      [
        listeners,
        [plain('a', 80, { protocol: 'UDP', hostname: 'a.b' })],
        'schema/listener-hostname-forbidden',
        `${listeners}.0.hostname`,
      ],
      [`${listeners}.0.allowedRoutes`, null, 'accepted'],
      [`${listeners}.0.allowedRoutes.namespaces.from`, 'None', 'schema/enum'],
      [`${listeners}.0.allowedRoutes.namespaces.from`, 'Selector', 'accepted'],
      [`${listeners}.0.allowedRoutes.namespaces.selector`, { matchLabels: { 'not a label': null } }, 'accepted'],
      [`${listeners}.0.allowedRoutes.kinds`, [{}], 'schema/required', `${listeners}.0.allowedRoutes.kinds.0.kind`],
    ]);
  });

  describe('TLS of listeners', () => {
    const at = `${listeners}.0.tls`;
    judgeEach(it, gateway, [
      [listeners, listener({}), 'accepted'],
      [listeners, listener({ tls: undefined }), 'accepted'],
      [listeners, listener({ tls: {} }), 'schema/listener-certificate-missing', at],
      [listeners, listener({ tls: { certificateRefs: [] } }), 'schema/listener-certificate-missing', at],
      [listeners, listener({ tls: { options: { a: 'b' } } }), 'accepted'],
      [listeners, listener({ tls: { mode: 'Passthrough' } }), 'schema/listener-tls-mode', `${at}.mode`],
      [listeners, listener({ protocol: 'TLS', tls: { mode: 'Passthrough' } }), 'accepted'],
      [listeners, listener({ protocol: 'TLS', tls: undefined }), 'schema/listener-tls-required', at],
      [listeners, listener({ protocol: 'HTTP' }), 'schema/listener-tls-forbidden', at],
      [listeners, listener({ protocol: 'example.com/X' }), 'accepted'],
    ]);
  });

  describe('TLS of the Gateway', () => {
    const at = 'spec.tls.frontend';
    const validation = { caCertificateRefs: [{ group: '', kind: 'Secret', name: 'ca' }] };
    const bundle = (more: object) => ({
      group: 'certificates.k8s.io',
      kind: 'ClusterTrustBundle',
      name: 'ca',
      ...more,
    });
    judgeEach(it, gateway, [
      [at, {}, 'schema/required', `${at}.default`],
      [at, { default: {} }, 'accepted'],
      [at, { default: { validation: {} } }, 'schema/required', `${at}.default.validation.caCertificateRefs`],
      [
        at,
        {
          default: {},
          perPort: [
            { port: 1, tls: { validation } },
            { port: 2, tls: {} },
          ],
        },
        'accepted',
      ],
      [
        at,
        {
          default: {},
          perPort: [
            { port: 1, tls: {} },
            { port: 1, tls: {} },
          ],
        },
        'schema/duplicate',
        `${at}.perPort.1.port`,
      ],
      ['spec.tls.backend', {}, 'accepted'],
      [at, { default: { validation: { caCertificateRefs: [bundle({})] } } }, 'accepted'],
      [
        at,
        { default: { validation: { caCertificateRefs: [bundle({ namespace: 'a' })] } } },
        'schema/ca-namespace',
        `${at}.default.validation.caCertificateRefs.0.namespace`,
      ],
    ]);
  });

  describe('addresses', () => {
    const at = 'spec.addresses';
    const value = `${at}.0.value`;
    judgeEach(it, gateway, [
      [at, [{}], 'accepted'],
      [at, [{ value: '10.0.0.01' }], 'accepted'],
      [at, [{ value: '::ffff:10.0.0.1' }], 'accepted'],
      [at, [{ value: '1:2:3:4:5:6:7::' }], 'accepted'],
      [at, [{ value: '1:2:3:4:5:6:7:8::' }], 'schema/address-value', value],
      [at, [{ value: 'fe80::1%eth0' }], 'schema/address-value', value],
      [at, [{ value: '10.0.0.256' }], 'schema/address-value', value],
      [at, [{ value: '' }], 'schema/address-value', value],
      [at, [{ type: 'Hostname', value: 'Gw.example.com' }], 'schema/address-value', value],
      [at, [{ type: 'NamedAddress', value: 'Any Text' }], 'accepted'],
      [at, [{ type: 'Foo' }], 'schema/pattern', `${at}.0.type`],
      [
        at,
        [{ value: '10.0.0.1' }, { type: 'IPAddress', value: '10.0.0.1' }],
        'schema/address-duplicate',
        `${at}.1.value`,
      ],
      [at, [{}, {}], 'accepted'],
      ...['', 'Cluster', 'example.com/a', 'a//', 'a/b c/d'].map(
        text => [at, [{ routability: text }], 'accepted'] as const,
      ),
      ...['cluster', 'a', 'a/', '/a', 'A/b', 'a b/c', 'k8s.io/a', 'x.k8s.io/a', 'a/b\n'].map(
        text => [at, [{ routability: text }], 'schema/address-routability', `${at}.0.routability`] as const,
      ),
      [at, [{ routability: `a/${'b'.repeat(252)}` }], 'schema/length', `${at}.0.routability`],
    ]);
  });

  describe('filters of a listener', () => {
    const at = `${listeners}.0.filters`;
    const extension = { type: 'ExtensionRef', extensionRef: { group: 'a.b', kind: 'A', name: 'a' } };
    const auth = { protocol: 'GRPC', backendRef: { name: 'a', port: 1 }, grpc: {} };
    const requests = [{ type: 'ExternalAuth', externalAuth: auth }, extension];
    judgeEach(it, gateway, [
      [at, {}, 'accepted'],
      [at, { requests }, 'accepted'],
      [at, { requests: [...requests, ...requests] }, 'accepted'],
      [at, { requests: Array.from({ length: 17 }, () => extension) }, 'schema/items', `${at}.requests`],
      [at, { requests: [{ type: 'URLRewrite' }] }, 'schema/enum', `${at}.requests.0.type`],
      [
        at,
        { requests: [{ ...extension, externalAuth: auth }] },
        'schema/filter-field',
        `${at}.requests.0.externalAuth`,
      ],
      [listeners, listener({ filters: { requests } }), 'accepted'],
      [listeners, [plain('a', 1, { protocol: 'TCP', filters: {} })], 'schema/listener-filters-forbidden', at],
    ]);
  });

  describe('infrastructure', () => {
    const at = 'spec.infrastructure';
    const key = (length: number) => `${'a'.repeat(length)}/b`;
    judgeEach(it, gateway, [
      [at, {}, 'accepted'],
      [`${at}.labels`, { a: null }, 'accepted'],
      [`${at}.labels`, { a: 'b c' }, 'schema/pattern', `${at}.labels.a`],
      [`${at}.labels`, { 'a b': 'c' }, 'schema/pattern', `${at}.labels.a b`],
      [`${at}.labels`, { [key(252)]: 'c' }, 'accepted'],
      [`${at}.labels`, { [key(253)]: 'c' }, 'schema/pattern', `${at}.labels.${key(253)}`],
      [`${at}.labels`, JSON.parse('{"__proto__":"a"}'), 'schema/pattern', `${at}.labels.__proto__\u200b`],
      [`${at}.labels`, Object.fromEntries('abcdefghi'.split('').map(name => [name, ''])), 'schema/items'],
      [`${at}.annotations`, { a: 'any text' }, 'accepted'],
      [`${at}.parametersRef`, { group: '', kind: 'ConfigMap' }, 'schema/required', `${at}.parametersRef.name`],
      [
        `${at}.parametersRef`,
        { group: '', kind: 'A', name: 'a', namespace: 'b' },
        'schema/unknown-field',
        `${at}.parametersRef.namespace`,
      ],
    ]);
  });
});
