// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResource } from './parse-resource.ts';

const parse = (value: unknown) => parseResource(value, { defaultNamespace: 'default' });
const issuesOf = (value: unknown) => {
  const parsed = parse(value);
  return parsed.outcome === 'refused' ? parsed.issues : assert.fail(parsed.outcome);
};

const GROUP = 'gateway.networking.k8s.io';
const metadata = { name: 'a' };

describe('parseResource', () => {
  for (const [apiVersion, kind, isKnown] of [
    ['v1', 'ServiceAccount', true],
    ['apps/v1', 'StatefulSet', true],
    ['networking.istio.io/v1', 'Gateway', true],
    ['serving.knative.dev/v1', 'Service', false],
    ['example.com/v1', 'Anything', false],
  ] as const) {
    it(`reports ${kind} of ${apiVersion} as ${isKnown ? 'known' : 'unknown'}, and refuses it not`, () => {
      const parsed = parse({ apiVersion, kind, metadata });
      assert.deepEqual(parsed, {
        outcome: 'unknown',
        unknown: { apiVersion, kind, namespace: 'default', name: 'a' },
        isKnown,
      });
    });
  }

  for (const [apiVersion, kind, code, help] of [
    [undefined, 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    ['v1', undefined, 'schema/kind', 'add kind: such as Gateway'],
    [`${GROUP}/v1alpha2`, 'GRPCRoute', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    [`${GROUP}/v1alpha2`, 'HTTPRoute', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    ['gateway.networking/v1', 'GRPCRoute', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    ['a/b/c', 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    [`${GROUP}/v1`, 'GrpcRoutes', 'schema/kind', `did you mean GRPCRoute of ${GROUP}/v1?`],
    ['v1', 'Servce', 'schema/kind', 'did you mean Service of v1?'],
    ['foo/v1', 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    ['gateway.networking.k8s.oi/v1', 'TLSRoute', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    ['example.com/a', 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    [
      'example.com/c d',
      'Widget',
      'schema/api-version',
      'write apiVersion: GROUP/VERSION, such as gateway.networking.k8s.io/v1',
    ],
    ['gateway.networking.k8s.oi/v1', 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
    [
      'Example.com/v1',
      'Anything',
      'schema/api-version',
      'write apiVersion: GROUP/VERSION, such as gateway.networking.k8s.io/v1',
    ],
    ['v1', 'Gateway', 'schema/api-version', `write apiVersion: ${GROUP}/v1`],
  ] as const) {
    it(`refuses ${kind} of ${apiVersion}`, () => {
      const [issue, ...others] = issuesOf({ apiVersion, kind, metadata });
      assert.deepEqual([issue?.code, issue?.help, others], [code, help, []]);
    });
  }

  for (const value of [null, 1, 'text', [], undefined]) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.equal(issuesOf(value)[0]?.code, 'schema/not-an-object'));
  }

  it('lists all problems, with the nearest name for a misspelt one', () => {
    const spec = {
      hostname: 'a',
      hostnames: ['A'],
      rules: [{ backendRefs: [{ name: 'a', prt: 1 }], filters: [{ type: 'RequestMiror' }] }],
    };
    const issues = issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata: { name: 'A' }, spec, foo: 1 });
    assert.deepEqual(
      issues.map(({ path, message, help }) => [path.join('.'), message, help]),
      [
        [
          'metadata.name',
          '"A" cannot be the name of an object',
          'write lower case letters, digits, "-" and ".", at most 253, such as my-route',
        ],
        [
          'spec.hostnames.0',
          '"A" is not a host name in lower case such as api.example.com or *.example.com',
          'write a host name in lower case such as api.example.com or *.example.com',
        ],
        [
          'spec.rules.0.filters.0.type',
          '"RequestMiror" is not allowed here',
          'did you mean RequestMirror? Write one of RequestHeaderModifier, ResponseHeaderModifier, RequestMirror, ExtensionRef',
        ],
        ['spec.rules.0.backendRefs.0.prt', 'unknown field "prt"', 'did you mean port?'],
        [
          'spec.rules.0.backendRefs.0.port',
          'a reference to a Service needs its port',
          'add port: with the number of a port of the Service',
        ],
        ['spec.hostname', 'unknown field "hostname"', 'did you mean hostnames?'],
        ['foo', 'unknown field "foo"', 'remove it; fields here: apiVersion, kind, metadata, spec, status'],
      ],
    );
  });

  it('lists a hundred problems of an object, outermost first, and says how many more there are', () => {
    const matches = Array.from({ length: 8 }, () => ({ wrong: 1 }));
    const spec = { rules: Array.from({ length: 16 }, () => ({ matches })), extra: 1 };
    const issues = issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata, spec });
    assert.equal(issues.length, 101);
    assert.deepEqual(issues[0]?.path, ['spec', 'extra']);
    assert.deepEqual(
      [issues[100]?.code, issues[100]?.message],
      ['schema/more', '29 more faults of this object are not listed'],
    );
  });

  it('refuses a list that is too long for that alone, and looks at none of its items', () => {
    const rules = Array.from({ length: 30_000 }, () => ({ wrong: 1 }));
    const issues = issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata, spec: { rules } });
    assert.deepEqual(
      issues.map(({ code, path, message }) => [code, path, message]),
      [['schema/items', ['spec', 'rules'], 'has 30000 items, at most 16 are allowed']],
    );
  });

  it('lists a hundred unknown fields of a status, and says how many more there are', () => {
    const status = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`f${at}`, at]));
    const issues = issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata, spec: {}, status });
    assert.equal(issues.length, 101);
    assert.match(issues[100]?.message ?? '', /^29900 more/);
  });

  it('refuses an object with more fields and items than could be stored, and judges none of them', () => {
    const object = (items: number) => ({
      apiVersion: `${GROUP}/v1`,
      kind: 'GRPCRoute',
      metadata,
      spec: { rules: Array.from({ length: items }, () => ({})) },
    });
    const others = 5 + Object.keys(metadata).length;
    assert.match(issuesOf(object(100_000 - others))[0]?.message ?? '', /items, at most 16/);
    const issues = issuesOf(object(100_001 - others));
    assert.deepEqual(
      issues.map(({ code, message }) => [code, message]),
      [['schema/too-large', 'has more than 100000 fields and items; they are not looked at']],
    );
  });

  it('counts unknown fields one by one', () => {
    const spec = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, at]));
    const issues = issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata, spec });
    assert.equal(issues.length, 101);
    assert.match(issues[100]?.message ?? '', /^50 more/);
  });

  it('keeps the status of an object that comes from a cluster', () => {
    const condition = {
      type: 'A',
      status: 'True',
      reason: 'R',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const value = {
      apiVersion: `${GROUP}/v1`,
      kind: 'GatewayClass',
      metadata,
      spec: { controllerName: 'a.b/c' },
      status: { conditions: [condition] },
    };
    const parsed = parseResource(value, { defaultNamespace: 'default', origin: 'cluster' });
    assert.ok(parsed.outcome === 'resource' && parsed.resource.kind === 'GatewayClass');
    assert.deepEqual(parsed.resource.status, { conditions: [condition] });
  });

  for (const field of ['sessionName', 'cookieConfig']) {
    it(`says what took the place of ${field}`, () => {
      const spec = { rules: [{ sessionPersistence: { cookie: {}, [field]: 'x' } }] };
      for (const kind of ['HTTPRoute', 'GRPCRoute']) {
        const [issue] = issuesOf({ apiVersion: `${GROUP}/v1`, kind, metadata, spec });
        assert.match(issue?.help ?? '', /another name since v1\.7: write cookie/);
      }
    });
  }

  it('takes time in proportion to a malformed text, not more', () => {
    const value = `${'a'.repeat(50_000)} `;
    const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: value, value }] } }];
    const spec = {
      hostnames: [value],
      rules: [{ filters, sessionPersistence: { cookie: {}, absoluteTimeout: '1h'.repeat(20_000) } }],
    };
    assert.equal(issuesOf({ apiVersion: `${GROUP}/v1`, kind: 'GRPCRoute', metadata, spec }).length, 4);
  });
});
