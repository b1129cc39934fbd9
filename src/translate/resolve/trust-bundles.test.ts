// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AUTHORITY } from '../../resources/authorities.test-support.ts';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { indexGrants } from './reference-grants.ts';
import { resolveTrust, type TrustReference } from './trust-bundles.ts';

const resources = resourceSet([
  ...['a', 'b'].map(name => configMap('default', name, { 'ca.crt': `good ${name}` })),
  configMap('default', 'same', { 'ca.crt': 'good a' }),
  configMap('default', 'empty', { 'ca.crt': ' ' }),
  configMap('default', 'other-key', { 'tls.crt': 'good' }),
  configMap('default', 'broken', { 'ca.crt': 'broken' }),
  configMap('elsewhere', 'a', { 'ca.crt': 'good e' }),
  configMap('granting', 'a', { 'ca.crt': 'good g' }),
  parsed({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'ReferenceGrant',
    metadata: { name: 'g', namespace: 'granting' },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'default' }],
      to: [{ group: '', kind: 'ConfigMap' }],
    },
  }),
  parsed({
    apiVersion: 'certificates.k8s.io/v1beta1',
    kind: 'ClusterTrustBundle',
    metadata: { name: 'roots' },
    spec: { trustBundle: `good\n${AUTHORITY}` },
  }),
]);
const environment = {
  ...ENVIRONMENT,
  inspectTrust: (pem: string) =>
    pem.startsWith('good')
      ? { certificates: [{ pem, notAfterMs: Date.UTC(2030, 0) }] }
      : { problem: 'certificate 1 cannot be read' },
};
const grants = indexGrants(resources);
const reader = { resources, grants, environment, inspected: new WeakMap() };
const referrer = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'default', name: 'gw' },
};

function configMap(namespace: string, name: string, data: Readonly<Record<string, string>>) {
  return parsed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
}

function resolve(...refs: readonly Partial<TrustReference>[]) {
  const whole = refs.map(ref => ({ group: '', kind: 'ConfigMap', name: 'a', ...ref }));
  const { bundle, problems, findings } = resolveTrust(whole, { referrer, path: ['refs'], reader });
  return {
    pem: bundle?.pem ?? null,
    id: bundle?.id.replaceAll(/@[0-9a-f]{16}/g, '') ?? null,
    problems: problems.map(({ reason, finding }) => `${reason} ${finding.path.join('.')}: ${finding.message}`),
    findings: findings.length,
  };
}

describe('references to certificates of authorities', () => {
  it('are read together, each certificate once', () => {
    const id = 'ClusterTrustBundle/roots+ConfigMap/default/a+ConfigMap/default/b+ConfigMap/default/same';
    const roots = { group: 'certificates.k8s.io', kind: 'ClusterTrustBundle', name: 'roots' };
    assert.deepEqual(resolve({ name: 'b' }, {}, { name: 'same' }, roots), {
      id,
      pem: [`good\n${AUTHORITY}`, 'good a', 'good b'],
      problems: [],
      findings: 0,
    });
  });

  it('are sorted once for all who refer to one object alone', () => {
    const bundleAt = (name: string) =>
      resolveTrust([{ group: '', kind: 'ConfigMap', name }], { referrer, path: ['refs'], reader }).bundle;
    const pem = bundleAt('a')?.pem;
    assert.deepEqual(pem, ['good a']);
    assert.equal(bundleAt('a')?.pem, pem);
  });

  it('cross namespaces where a ReferenceGrant permits it', () => {
    assert.deepEqual(resolve({ namespace: 'granting' }).pem, ['good g']);
    const { pem, problems } = resolve({ namespace: 'elsewhere' });
    assert.equal(pem, null);
    assert.match(problems[0] ?? '', /^RefNotPermitted refs\.0: /);
  });

  it('say nothing of whether an object exists that they may not refer to', () => {
    const existing = resolve({ namespace: 'elsewhere' }).problems;
    assert.deepEqual(resolve({ namespace: 'nowhere' }).problems, [existing[0]?.replaceAll('elsewhere', 'nowhere')]);
  });

  for (const [what, ref, problem] of [
    ['no object', { name: 'none' }, 'InvalidCACertificateRef refs.1: ConfigMap default/none does not exist'],
    ['an empty key', { name: 'empty' }, 'InvalidCACertificateRef refs.1: ConfigMap default/empty has no ca.crt'],
    ['no key', { name: 'other-key' }, 'InvalidCACertificateRef refs.1: ConfigMap default/other-key has no ca.crt'],
    [
      'no certificates',
      { name: 'broken' },
      'InvalidCACertificateRef refs.1: ConfigMap default/broken holds no usable CA certificates: certificate 1 cannot be read',
    ],
    [
      'another kind',
      { kind: 'Secret' },
      'InvalidKind refs.1: caCertificateRefs names a Secret, which is no kind that CA certificates are read from',
    ],
    [
      'a ClusterTrustBundle of another group',
      { kind: 'ClusterTrustBundle', name: 'roots' },
      'InvalidKind refs.1: caCertificateRefs names a ClusterTrustBundle, which is no kind that CA certificates are read from',
    ],
  ] as const) {
    it(`leave one out and say why: ${what}`, () => {
      const expected = { id: 'ConfigMap/default/a', pem: ['good a'], problems: [problem], findings: 1 };
      assert.deepEqual(resolve({}, ref), expected);
      assert.equal(resolve(ref).pem, null);
    });
  }

  it('to a ClusterTrustBundle are to no kind at all where the API server has none', () => {
    const absent = { ...environment, absentKinds: new Set(['ClusterTrustBundle']) };
    const refs = [{ group: 'certificates.k8s.io', kind: 'ClusterTrustBundle', name: 'gone' }];
    const { bundle, problems } = resolveTrust(refs, {
      referrer,
      path: ['refs'],
      reader: { ...reader, environment: absent },
    });
    assert.equal(bundle, null);
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['InvalidKind'],
    );
  });
});
