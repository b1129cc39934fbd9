// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, judgeEach } from './verdict-table.test-support.ts';

const apiVersion = 'gateway.networking.x-k8s.io/v1alpha1';
const metadata = { name: 'a' };
const target = { group: '', kind: 'Service', name: 'a' };
const targets = 'spec.targetRefs';

describe('XBackendTrafficPolicy', () => {
  const policy = { apiVersion, kind: 'XBackendTrafficPolicy', metadata, spec: { targetRefs: [target] } };
  const at = 'spec.retryConstraint';

  it('gets the defaults of the API', () => {
    const parsed = accepted({ ...policy, spec: { ...policy.spec, retryConstraint: {} } });
    assert.deepEqual('spec' in parsed && parsed.spec, {
      targetRefs: [target],
      retryConstraint: { budget: { percent: 20, interval: '10s' }, minRetryRate: { count: 10, interval: '1s' } },
    });
  });

  judgeEach(it, policy, [
    [targets, [], 'schema/items'],
    [targets, [target, { ...target, name: 'b' }], 'accepted'],
    [targets, [target, target], 'schema/target-duplicate', `${targets}.1`],
    [`${targets}.0.sectionName`, 'a', 'schema/unknown-field'],
    [`${at}.budget`, { percent: 101 }, 'schema/range', `${at}.budget.percent`],
    [`${at}.budget`, { interval: '1h' }, 'accepted'],
    [`${at}.budget`, { interval: '999ms' }, 'schema/retry-budget', `${at}.budget.interval`],
    [`${at}.budget`, { interval: '1h1ms' }, 'schema/retry-budget', `${at}.budget.interval`],
    [`${at}.minRetryRate`, {}, 'accepted'],
    [`${at}.minRetryRate`, { count: 0 }, 'schema/range', `${at}.minRetryRate.count`],
    [`${at}.minRetryRate`, { interval: '0s' }, 'schema/retry-budget', `${at}.minRetryRate.interval`],
    ['spec.sessionPersistence', { header: { name: 'a' }, type: 'Header' }, 'accepted'],
  ]);
});

describe('XTelemetryPolicy', () => {
  const provider = { backendRef: { name: 'collector', port: 4317 } };
  const spec = { targetRefs: [target], tracing: { mode: 'Enabled', provider } };
  const at = 'spec.tracing';
  const attributes = `${at}.attributes`;
  const sampling = `${at}.parentBasedSampling`;

  judgeEach(it, { apiVersion, kind: 'XTelemetryPolicy', metadata, spec }, [
    [targets, [target, target], 'accepted'],
    [at, undefined, 'schema/required'],
    [at, {}, 'accepted'],
    [at, { mode: 'Enabled' }, 'schema/required', `${at}.provider`],
    [at, { mode: 'Disabled', provider }, 'schema/tracing-field', `${at}.provider`],
    [at, { attributes: [] }, 'schema/tracing-field', attributes],
    [`${at}.provider.backendRef.port`, undefined, 'schema/backend-port-missing'],
    [`${at}.provider.headers`, [{ name: 'a', value: '' }], 'schema/length', `${at}.provider.headers.0.value`],
    [`${at}.samplingRate`, { numerator: 101 }, 'schema/fraction', `${at}.samplingRate.numerator`],
    [`${at}.samplingRate`, { numerator: 1, denominator: 1 }, 'accepted'],
    [sampling, { mode: 'Enabled', samplingRate: { numerator: 1 } }, 'accepted'],
    [sampling, { samplingRate: { numerator: 1 } }, 'schema/tracing-field', `${sampling}.samplingRate`],
    [`${at}.serviceName`, 'a b', 'schema/pattern'],
    [`${at}.spanName`, 'a b', 'accepted'],
    [attributes, [{ name: 'a', sourceType: 'Header', headerName: 'x-a' }], 'accepted'],
    [attributes, [{ name: 'a', sourceType: 'Header' }], 'schema/required', `${attributes}.0.headerName`],
    [
      attributes,
      [{ name: 'a', sourceType: 'Literal', literalValue: 'b', headerName: 'x-a' }],
      'schema/tracing-field',
      `${attributes}.0.headerName`,
    ],
    [
      attributes,
      [{ name: 'a', sourceType: 'Attribute', attributeKey: 'A' }],
      'schema/pattern',
      `${attributes}.0.attributeKey`,
    ],
  ]);
});

describe('XMesh', () => {
  judgeEach(it, { apiVersion, kind: 'XMesh', metadata, spec: { controllerName: 'example.com/mesh' } }, [
    ['spec.controllerName', undefined, 'schema/required'],
    ['spec.controllerName', 'mesh', 'schema/pattern'],
    ['spec.description', 'a'.repeat(65), 'schema/length'],
    ['spec.parametersRef', { group: '', kind: 'ConfigMap', name: 'a', namespace: 'b' }, 'accepted'],
  ]);
});
