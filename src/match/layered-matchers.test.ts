// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { GrpcMatch, HttpMatch, RequestMatch, RouteEntry } from '../snapshot/index.ts';
import { compileMatch } from './compiled-match.ts';
import { NOWHERE } from './entry-index.ts';
import { splitGrpcPath } from './grpc/grpc-path.ts';
import { type HostMatcher, hostMatcher } from './host-matcher.ts';
import { LayeredMatchers } from './layered-matchers.ts';
import { PatternVerdicts } from './pattern-verdicts.ts';
import type { RequestView } from './request-view.ts';
import { rule } from './snapshot-builders.test-support.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

const RULE = rule('r');
const verdicts = new PatternVerdicts();
const compile = (match: RequestMatch) => compileMatch(match, verdicts);

/** Of few paths, so that many entries take one request, and the first of all of them must be found. */
function match(number: number): RequestMatch {
  const headers = number % 3 === 0 ? [{ kind: 'exact' as const, name: `x-${number % 2}`, value: `${number % 5}` }] : [];
  const method = { kind: 'exact' as const, service: 's', method: `m${number % 40}` };
  const grpc: GrpcMatch = { kind: 'grpc', method, headers };
  const kind = number % 2 === 0 ? ('exact' as const) : ('prefix' as const);
  const path = { kind, value: `/s/m${number % 40}` };
  const http: HttpMatch = { kind: 'http', path, method: null, headers, queryParams: [] };
  return number % 4 === 0 ? grpc : http;
}

function entriesOf(matches: readonly RequestMatch[]): readonly RouteEntry[] {
  return matches.map((one, matchIndex) => ({ match: one, rule: RULE, matchIndex }));
}

/** What is found for requests of all kinds. */
function answers({ grpc, http }: Pick<HostMatcher, 'grpc' | 'http'>): readonly number[] {
  return [0, 7, 18, 39].flatMap(method =>
    ['0', '2', undefined].flatMap(value =>
      [true, false].map(isGrpc => {
        const header = (name: string) => (name === 'x-0' || name === 'x-1' ? value : undefined);
        const path = `/s/m${method}`;
        const called = isGrpc ? splitGrpcPath(path) : null;
        const request: RequestView = { method: 'POST', path, isGrpc, called, header };
        return http.first(request, grpc.first(request, NOWHERE));
      }),
    ),
  );
}

const COMMON = Array.from({ length: 600 }, (_, number) => match(number));

/** The common entries without some, and with some more between them. */
const list = fc
  .record({
    without: fc.uniqueArray(fc.nat(599), { maxLength: 20 }),
    more: fc.array(fc.tuple(fc.nat(600), fc.nat(1_000)), { maxLength: 20 }),
  })
  .map(({ without, more }) => {
    const own = new Map(more);
    return COMMON.flatMap((one, at) => {
      const kept = without.includes(at) ? [] : [one];
      const number = own.get(at);
      return number === undefined ? kept : [match(number), ...kept];
    });
  });

describe('long lists that differ in little', () => {
  it('give what each would give by itself, one after the other', () => {
    fc.assert(
      fc.property(fc.array(list, { minLength: 2, maxLength: 6 }), lists => {
        const layered = new LayeredMatchers();
        const kept: HostMatcher[] = [];
        for (const [at, matches] of lists.entries()) {
          const entries = entriesOf(matches);
          const alone = hostMatcher(matches.map(compile));
          const shared = layered.find(entries, compile);
          assert.equal(shared === undefined, at === 0);
          if (shared === undefined) layered.add(alone);
          else {
            assert.deepEqual(answers(shared), answers(alone));
            assert.deepEqual(
              shared.matches.map(({ source }) => source),
              matches,
            );
            assert.deepEqual([...shared.headerNames].sort(), [...alone.headerNames].sort());
          }
          kept.push(shared ?? alone);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('compile what is their own alone, also when an entry of all of them changes', () => {
    const layered = new LayeredMatchers();
    let compiled = 0;
    const counted = (one: RequestMatch) => {
      compiled++;
      return compile(one);
    };
    const first = hostMatcher([match(1), ...COMMON].map(compile));
    layered.add(first);
    const kept = [first];
    for (const common of [COMMON, [...COMMON.slice(0, 300), match(9), ...COMMON.slice(301)]]) {
      for (let own = 0; own < 10; own++) {
        const found = layered.find(entriesOf([match(own), ...common]), counted);
        assert.ok(found);
        kept.push(found);
      }
    }
    assert.ok(compiled <= 40, `${compiled} matches are compiled`);
  });

  it('have the same in common when they change one after the other', async () => {
    assert.ok(typeof collect === 'function');
    const layered = new LayeredMatchers();
    const common = Array.from({ length: 2_000 }, (_, at): RequestMatch => {
      const path = { kind: 'prefix' as const, value: `/common/${at}` };
      return { kind: 'http', path, method: null, headers: [], queryParams: [] };
    });
    const alone = hostMatcher([match(0), ...common].map(compile));
    layered.add(alone);
    const kept = [alone];
    const sizes: number[] = [];
    for (let own = 1; own < 12; own++) {
      // What is held weakly stays until the turn of the event loop is over.
      await new Promise(resolve => setImmediate(resolve));
      collect();
      sizes.push(process.memoryUsage().heapUsed);
      kept.push(layered.find(entriesOf([match(own), ...common]), compile) ?? alone);
    }
    assert.equal(new Set(kept).size, 12);
    const each = ((sizes.at(-1) as number) - (sizes[1] as number)) / (sizes.length - 2);
    assert.ok(each < 80_000, `${each} bytes each`);
  });

  it('have nothing in common with others, or with what is in another order', () => {
    const layered = new LayeredMatchers();
    const first = hostMatcher(COMMON.map(compile));
    layered.add(first);
    const others = Array.from({ length: 600 }, (_, number) => match(number));
    assert.equal(layered.find(entriesOf(others), compile), undefined);
    assert.equal(layered.find(entriesOf(COMMON.toReversed()), compile), undefined);
    assert.equal(layered.find(entriesOf(COMMON.slice(0, 400)), compile), undefined);
    assert.equal(first.matches.length, 600);
  });
});
