// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Received } from './received.ts';
import { sampleRule } from './rule.test-support.ts';
import type { GrpcMatch, HeaderMatch, HttpMatch, RequestMatch, Rule } from './rule.ts';

setFlagsFromString('--expose-gc');
// Code that Maglev compiles meanwhile holds what it was compiled for, for a collection or two: here all that was sent.
setFlagsFromString('--no-maglev');
const collect: unknown = runInNewContext('gc');

const FIELDS: readonly HeaderMatch[] = [
  { kind: 'exact', name: 'x-tenant', value: 't1' },
  { kind: 'regex', name: 'x-group', value: 'g.*' },
];
const HTTP: readonly HttpMatch[] = (['exact', 'prefix', 'regex'] as const).map(kind => ({
  kind: 'http',
  path: { kind, value: '/a' },
  method: kind === 'exact' ? 'GET' : null,
  headers: kind === 'regex' ? [] : FIELDS,
  queryParams: kind === 'regex' ? FIELDS : [],
}));
const GRPC: readonly GrpcMatch[] = [
  { kind: 'grpc', method: null, headers: FIELDS },
  { kind: 'grpc', method: { kind: 'exact', service: 's', method: null }, headers: [] },
  { kind: 'grpc', method: { kind: 'regex', service: null, method: 'm.*' }, headers: [] },
];

describe('what was received from another thread', () => {
  it('is what was sent', () => {
    const received = new Received();
    for (const match of [...HTTP, ...GRPC]) assert.deepEqual(received.match(structuredClone(match)), match);
    const rule = sampleRule('r', { filters: [{ kind: 'message-limit', maxBytes: 3 }], totalWeight: 7 });
    assert.deepEqual(received.rule(structuredClone(rule)), rule);
  });

  it('is the same match in the lists of all hosts that have it', () => {
    const [match] = HTTP;
    assert.ok(match !== undefined);
    const received = new Received();
    assert.equal(received.match(match), received.match(match));
  });

  it('takes a third less room than the clone', () => {
    const count = 3_000;
    const sent = Array.from({ length: count }, (_, at): { rule: Rule; match: RequestMatch } => {
      const origin = { kind: 'HTTPRoute', namespace: 'default', name: `s${at >> 2}`, ruleIndex: at & 3, ruleName: '' };
      const path = { kind: 'prefix' as const, value: `/s${at >> 2}` };
      return {
        rule: { ...sampleRule('r'), id: `HTTPRoute/default/s${at >> 2}/${at & 3}`, origin },
        match: { kind: 'http', path, method: null, headers: [], queryParams: [] },
      };
    });
    const clone = bytesOf(() => structuredClone(sent));
    const kept = bytesOf(() => {
      const received = new Received();
      return structuredClone(sent).map(({ rule, match }) => ({
        rule: received.rule(rule),
        match: received.match(match),
      }));
    });
    assert.ok(kept < (clone * 2) / 3, `${kept / count} bytes a rule, ${clone / count} as they came`);
  });
});

/** Bytes that what is made takes. */
function bytesOf(make: () => unknown): number {
  assert.ok(typeof collect === 'function');
  collect();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  assert.ok(made !== undefined);
  return bytes;
}
