// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Filter, PathChange, Redirect, UrlRewrite } from '../../snapshot/index.ts';
import { normalTarget } from '../../values/index.ts';
import { changedTarget, locationOf, type RedirectedRequest, rewriteOf } from './url-change.ts';

const NOTHING = { status: 302, scheme: null, hostname: null, port: null, path: null } as const;
const ASKED: RedirectedRequest = {
  scheme: 'http',
  entered: 'http',
  authority: 'Example.org:1234',
  target: '/x?q=1',
  ports: { own: 80, http: 80, https: 443 },
};

describe('the path of a changed target', () => {
  // The table of HTTPPathModifier.replacePrefixMatch; slashes at ends are gone from prefix and value.
  for (const [path, prefix, value, expected] of [
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo?a=/foo', '/foo', '', '/?a=/foo'],
    ['/bar', '', '/xyz', '/xyz/bar'],
    ['/', '', '/xyz', '/xyz/'],
    ['/bar', '', '', '/bar'],
    ['/foo//evil.test', '/foo', '', '/evil.test'],
  ] as const) {
    it(`is ${expected} for ${path} when ${value || '/'} replaces ${prefix || '/'}`, () => {
      assert.equal(changedTarget({ kind: 'prefix', prefix, value }, path), expected);
    });
  }

  it('is a value as a whole, and the query stays', () => {
    assert.equal(changedTarget({ kind: 'full', value: '/one' }, '/a/b?q=/a'), '/one?q=/a');
    assert.equal(changedTarget({ kind: 'full', value: '/one' }, '/a/b'), '/one');
  });
});

const segments: fc.Arbitrary<string> = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'B', '%2F', '~', ';', '.', '-', ':'), minLength: 1, maxLength: 3 }), {
    maxLength: 4,
  })
  .map(list => list.map(segment => `/${segment}`).join(''));
/** A path in the form that requests and changes have; '' where slashes at the end do not count. */
const path: fc.Arbitrary<string> = segments
  .map(text => normalTarget(text || '/'))
  .filter(text => text !== '')
  .map(text => text.replace(/\/$/, ''));
const query: fc.Arbitrary<string> = fc.constantFrom('', '?', '?a=1', '?/..//%zz?&');

describe('a changed target', () => {
  it('is in the one form whenever the request and the change are, with the same query', () => {
    const change: fc.Arbitrary<PathChange> = fc.oneof(
      path.map(value => ({ kind: 'full' as const, value: value || '/' })),
      fc.record({ kind: fc.constant('prefix' as const), prefix: path, value: path }),
    );
    fc.assert(
      fc.property(change, path, fc.constantFrom('', '/'), query, (made, rest, slash, asked) => {
        const prefix = made.kind === 'prefix' ? made.prefix : '';
        const target = `${`${prefix}${rest}${slash}` || '/'}${asked}`;
        const changed = changedTarget(made, target);
        assert.equal(normalTarget(changed), changed);
        assert.equal(changed.slice(changed.indexOf('?') < 0 ? changed.length : changed.indexOf('?')), asked);
        assert.ok(changed.startsWith('/') && !changed.startsWith('//'));
        const { pathname, search, host } = new URL(locationOf({ ...NOTHING, path: made }, { ...ASKED, target }));
        assert.equal(host, 'example.org');
        assert.equal(`${pathname}${search}`, changed.replace(/\?$/, ''));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a location', () => {
  const secure = { scheme: 'https', entered: 'https', ports: { own: 443, http: 80, https: 443 } } as const;
  const behindProxy = { scheme: 'https' } as const;
  const moved = { ports: { own: 8080, http: 8080, https: 8443 } };
  for (const [name, redirect, request, expected] of [
    ['of nothing changed', {}, {}, 'http://example.org/x?q=1'],
    [
      'of a listener at another port',
      {},
      { ports: { own: 8080, http: 80, https: 443 } },
      'http://example.org:8080/x?q=1',
    ],
    [
      'of the port that the scheme implies',
      { port: 80 },
      { ports: { own: 8080, http: 80, https: 443 } },
      'http://example.org/x?q=1',
    ],
    ['of a port', { port: 8080 }, {}, 'http://example.org:8080/x?q=1'],
    ['of the port of another scheme', { port: 443 }, {}, 'http://example.org:443/x?q=1'],
    ['of a scheme', { scheme: 'https' }, {}, 'https://example.org/x?q=1'],
    [
      'of a scheme, from another port',
      { scheme: 'https' },
      { ports: { own: 8080, http: 80, https: 443 } },
      'https://example.org/x?q=1',
    ],
    ['of scheme and port', { scheme: 'https', port: 8443 }, {}, 'https://example.org:8443/x?q=1'],
    ['of a TLS listener', {}, secure, 'https://example.org/x?q=1'],
    ['of cleartext, from a TLS listener', { scheme: 'http' }, secure, 'http://example.org/x?q=1'],
    ['of cleartext at a port', { scheme: 'http', port: 8080 }, secure, 'http://example.org:8080/x?q=1'],
    ['of a host', { hostname: 'b.test' }, {}, 'http://b.test/x?q=1'],
    ['where ports were moved', {}, moved, 'http://example.org:8080/x?q=1'],
    ['of a scheme whose port was moved', { scheme: 'https' }, moved, 'https://example.org:8443/x?q=1'],
    [
      'behind a proxy that ends TLS',
      {},
      { ...behindProxy, ports: { own: 8080, http: 80, https: 443 } },
      'https://example.org/x?q=1',
    ],
    ['of an IPv6 address', {}, { authority: '[::1]:8080' }, 'http://[::1]/x?q=1'],
  ] as const satisfies readonly (readonly [string, Partial<Redirect>, Partial<RedirectedRequest>, string])[]) {
    it(`${name} is ${expected}`, () => {
      assert.equal(locationOf({ ...NOTHING, ...redirect }, { ...ASKED, ...request }), expected);
    });
  }
});

describe('several rewrites', () => {
  const rewrite = (changes: Partial<UrlRewrite>): Filter => ({
    kind: 'rewrite',
    rewrite: { hostname: null, path: null, ...changes },
  });
  const full = (value: string): PathChange => ({ kind: 'full', value });

  it('come to the last one, host and path each by itself', () => {
    const merged = rewriteOf([rewrite({ hostname: 'a.test', path: full('/a') }), rewrite({ path: full('/b') })]);
    assert.deepEqual(merged, { hostname: 'a.test', path: full('/b') });
    assert.equal(rewriteOf([rewrite({})]), null);
    assert.equal(rewriteOf([]), null);
  });
});
