// SPDX-License-Identifier: Apache-2.0

/** Random routes with every filter, several parents and parts of parents. An API server refuses some. */
import fc from 'fast-check';
import {
  auth,
  backend,
  few,
  mostly,
  named,
  namespace,
  object,
  section,
  service,
  session,
  some,
} from './random-odd-parts.test-support.ts';
import { API, hostname } from './random-world.test-support.ts';

const headers = fc.constantFrom(
  { set: [{ name: 'x-a', value: 'v' }] },
  { add: [{ name: 'x-b', value: 'v' }], remove: ['x-c'] },
  {},
);
const sharedFilter = fc.oneof(
  headers.map(requestHeaderModifier => ({ type: 'RequestHeaderModifier', requestHeaderModifier })),
  headers.map(responseHeaderModifier => ({ type: 'ResponseHeaderModifier', responseHeaderModifier })),
  backend.map(backendRef => ({ type: 'RequestMirror', requestMirror: { backendRef, percent: 50 } })),
  fc.constant({ type: 'ExtensionRef', extensionRef: { group: 'x.io', kind: 'Thing', name: 'constructor' } }),
);
const url = fc.constantFrom(
  { hostname: 'other.org' },
  { path: { type: 'ReplaceFullPath', replaceFullPath: '/x' } },
  { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '' } },
);
const httpFilter = fc.oneof(
  sharedFilter,
  auth,
  url.map(urlRewrite => ({ type: 'URLRewrite', urlRewrite })),
  url.map(requestRedirect => ({ type: 'RequestRedirect', requestRedirect })),
  fc.constant({ type: 'CORS', cors: { allowOrigins: ['https://a.org'] } }),
);
const weight = mostly(fc.constantFrom(0, 1, 2), fc.constant(1_000_000));
function backends(filter: fc.Arbitrary<object>) {
  return few(
    fc
      .record({ ref: backend, part: some({ weight, filters: few(filter) }) })
      .map(({ ref, part }) => ({ ...ref, ...part })),
  );
}
const headerMatches = some({
  headers: fc.constantFrom(
    [{ name: 'h', value: 'v' }],
    [{ name: 'H', type: 'RegularExpression', value: '(' }],
    [{ name: '__proto__', value: 'v' }],
  ),
});
const httpMatch = fc
  .record({
    fields: some({
      path: fc.constantFrom(
        ...['Exact', 'PathPrefix', 'RegularExpression'].flatMap(type =>
          ['/', '/a', '/a/b', '/a/'].map(value => ({ type, value })),
        ),
      ),
      method: fc.constantFrom('GET', 'POST'),
      queryParams: fc.constantFrom(
        [{ name: 'q', value: 'v' }],
        [{ name: 'constructor', type: 'RegularExpression', value: '[' }],
      ),
    }),
    headerMatches,
  })
  .map(({ fields, headerMatches: more }) => ({ ...fields, ...more }));
const httpRule = some({
  name: fc.constantFrom('one', 'two'),
  matches: few(httpMatch),
  filters: few(httpFilter),
  backendRefs: backends(httpFilter),
  timeouts: fc.constantFrom({ request: '0s' }, { request: '2s', backendRequest: '1s' }),
  retry: fc.constantFrom({ attempts: 0 }, { attempts: 2, codes: [503, 500] }),
  sessionPersistence: session,
});
const grpcRule = some({
  name: fc.constantFrom('one', 'two'),
  matches: few(
    fc
      .record({
        method: some({
          method: fc.constantFrom(
            { service: 'p.S' },
            { method: 'M' },
            { service: 'p.S', method: 'M' },
            { type: 'RegularExpression', service: '(' },
          ),
        }),
        headerMatches,
      })
      .map(({ method, headerMatches: more }) => ({ ...method, ...more })),
  ),
  filters: few(sharedFilter),
  backendRefs: backends(sharedFilter),
  sessionPersistence: session,
});

const parent = fc
  .record({
    ref: fc.oneof(
      { weight: 4, arbitrary: fc.record({ name: named('g0', 'g1') }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('ListenerSet'), name: named('l0', 'l1') }) },
      {
        weight: 2,
        arbitrary: fc.record({ group: fc.constantFrom('', 'core'), kind: fc.constant('Service'), name: service }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          group: fc.constant('x.io'),
          kind: fc.constantFrom('Gateway', 'constructor'),
          name: named('g0'),
        }),
      },
    ),
    part: some({ namespace, sectionName: section, port: fc.constantFrom(80, 443, 1) }),
  })
  .map(({ ref, part }) => ({ ...ref, ...part }));
const parentFields = { parentRefs: few(parent, 3), useDefaultGateways: fc.constantFrom('All', 'None') };
const requestFields = { ...parentFields, hostnames: few(hostname) };

const R = ['r0', 'r1'];
export const httpRoute = object(
  API,
  'HTTPRoute',
  R,
)(some({ ...requestFields, rules: fc.array(httpRule, { minLength: 1, maxLength: 2 }) }));
export const grpcRoute = object(API, 'GRPCRoute', R)(some({ ...requestFields, rules: few(grpcRule) }));
const streamRule = fc.record({
  backendRefs: backends(fc.constant({})).map(refs => refs.map(({ filters: _, ...ref }) => ref)),
});
export const streamRoute = fc.constantFrom('TCPRoute', 'UDPRoute', 'TLSRoute').chain(kind =>
  object(
    API,
    kind,
    R,
  )(
    fc
      .record({
        fields: some(parentFields),
        hostnames: fc.array(hostname, { minLength: 1, maxLength: 2 }),
        rule: streamRule,
      })
      .map(({ fields, hostnames, rule }) => ({
        ...fields,
        ...(kind === 'TLSRoute' ? { hostnames } : {}),
        rules: [rule],
      })),
  ),
);
