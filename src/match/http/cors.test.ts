// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CorsPolicy, OriginPattern } from '../../snapshot/index.ts';
import { allowsOrigin, isPreflight, preflightFields, sharingFields } from './cors.ts';

function policy(changes: Partial<CorsPolicy>): CorsPolicy {
  return {
    origins: 'any',
    credentials: false,
    methods: [],
    headers: [],
    exposed: [],
    maxAgeSeconds: 5,
    ...changes,
  };
}

function origins(...list: readonly (readonly [scheme: 'http' | 'https', host: string, port: number])[]): CorsPolicy {
  return policy({ origins: list.map(([scheme, host, port]): OriginPattern => ({ scheme, host, port })) });
}

const LISTED = origins(['https', 'www.foo.com', 443], ['https', '*.bar.com', 443], ['http', '*', 8080]);
const ASKED = { method: 'OPTIONS', origin: 'https://a.com', wantedMethod: 'PUT', wantedHeaders: 'X-A, authorization' };

describe('an origin', () => {
  for (const [origin, isAllowed] of [
    ['https://www.foo.com', true],
    ['https://www.foo.com:443', true],
    ['HTTPS://WWW.Foo.com', true],
    ['http://www.foo.com', false],
    ['https://www.foo.com:8443', false],
    ['https://foo.com', false],
    ['https://a.bar.com', true],
    ['https://b.a.bar.com', true],
    ['https://bar.com', false],
    ['https://xbar.com', false],
    ['https://evil.com/.bar.com', false],
    ['https://evil.com?.bar.com', false],
    ['https://evil.com#.bar.com', false],
    ['https://user@a.bar.com', false],
    ['https://a.bar.com.evil.com', false],
    ['http://anything.test:8080', true],
    ['http://[::1]:8080', true],
    ['http://anything.test', false],
    ['https://a.bar.com:99999999', false],
    ['null', false],
    ['', false],
  ] as const) {
    it(`${JSON.stringify(origin)} is ${isAllowed ? '' : 'not '}taken by a list`, () => {
      assert.equal(allowsOrigin(LISTED, origin), isAllowed);
    });
  }

  it('is taken by * whatever it is, and by an empty list never', () => {
    for (const origin of ['https://a.com', 'null', 'nonsense']) {
      assert.equal(allowsOrigin(policy({}), origin), true);
      assert.equal(allowsOrigin(policy({ origins: [] }), origin), false);
    }
  });
});

describe('the answer to a page of another origin', () => {
  it('is the same for all where all may call without credentials', () => {
    const fields = [
      ['access-control-allow-origin', '*'],
      ['access-control-expose-headers', '*'],
    ];
    assert.deepEqual(sharingFields(policy({ exposed: 'any' }), 'https://a.com'), fields);
    assert.deepEqual(sharingFields(policy({ exposed: 'any' }), undefined), fields);
  });

  it('names the origin where credentials may come, and never *', () => {
    const open = policy({ credentials: true, exposed: 'any', methods: 'any', headers: 'any' });
    assert.deepEqual(preflightFields(open, ASKED), [
      ['access-control-allow-origin', 'https://a.com'],
      ['access-control-allow-credentials', 'true'],
      ['vary', 'origin'],
      ['access-control-allow-methods', 'PUT'],
      ['access-control-allow-headers', 'X-A, authorization'],
      ['access-control-max-age', '5'],
    ]);
  });

  it('says nothing but that it would differ to origins that may not call, and to requests without one', () => {
    for (const origin of ['https://evil.com', undefined])
      assert.deepEqual(sharingFields(LISTED, origin), [['vary', 'origin']]);
  });

  it('leaves out what the policy does not name, and what a preflight does not ask for', () => {
    const names = (fields: ReturnType<typeof preflightFields>): string[] => fields.map(([name]) => name);
    const plain = ['access-control-allow-origin', 'access-control-max-age'];
    assert.deepEqual(names(preflightFields(policy({}), ASKED)), plain);
    const open = policy({ methods: 'any', headers: 'any' });
    const asked = { ...ASKED, wantedMethod: undefined, wantedHeaders: undefined };
    assert.deepEqual(names(preflightFields(open, asked)), plain);
  });

  it('lists what the policy lists', () => {
    const listed = policy({
      methods: ['GET', 'PUT'],
      headers: ['x-1', 'x-2'],
      exposed: ['x-3', 'x-4'],
      maxAgeSeconds: 60,
    });
    assert.deepEqual(preflightFields(listed, ASKED), [
      ['access-control-allow-origin', '*'],
      ['access-control-expose-headers', 'x-3, x-4'],
      ['access-control-allow-methods', 'GET, PUT'],
      ['access-control-allow-headers', 'x-1, x-2'],
      ['access-control-max-age', '60'],
    ]);
  });
});

describe('a preflight', () => {
  it('is OPTIONS with an origin and a method to ask for', () => {
    assert.equal(isPreflight(ASKED), true);
    assert.equal(isPreflight({ ...ASKED, wantedHeaders: undefined }), true);
    assert.equal(isPreflight({ ...ASKED, method: 'GET' }), false);
    assert.equal(isPreflight({ ...ASKED, origin: undefined }), false);
    assert.equal(isPreflight({ ...ASKED, wantedMethod: undefined }), false);
  });
});
