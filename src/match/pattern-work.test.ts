// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { type AnchoredPattern, compilePattern } from './anchored-pattern.ts';
import { compileBinding } from './compiled-binding.ts';
import { MAX_PATTERN_TEXT, PatternVerdicts } from './pattern-verdicts.ts';
import { PatternWork, PatternWorkSpent, TOO_MUCH_WORK } from './pattern-work.ts';
import { binding, entry, listener, request, virtualHost } from './snapshot-builders.test-support.ts';

/** Every text of a and b leads it to states of its own, each of which has half of its places. */
const FORKING = '(a|b)*a(a|b){500}';

/** A text of the two letters; another for each `seed`. */
function textOf(seed: number, length: number = MAX_PATTERN_TEXT): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 64 ? 'a' : 'b';
  }).join('');
}

function isSpent(pattern: AnchoredPattern, text: string): boolean {
  try {
    pattern.takes(text);
    return false;
  } catch (error) {
    assert.ok(error instanceof PatternWorkSpent);
    return true;
  }
}

const piece = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\b', '(?i:B)', 'é', '\\pL', '^', '$');
const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4 },
    piece,
    fc.tuple(tie('node'), tie('node')).map(([one, two]) => one + two),
    fc.tuple(tie('node'), tie('node')).map(([one, two]) => `(?:${one}|${two})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2,7}')).map(([one, times]) => `(?:${one})${times}`),
  ),
})).node;
const text = fc.array(fc.constantFrom('a', 'b', 'c', 'B', 'é', ' '), { maxLength: 40 }).map(all => all.join(''));

describe('what patterns cost', () => {
  it('changes no verdict, whether texts are new or known', () => {
    const property = fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const plain = RE2JS.compile(source);
      const verdicts = new PatternVerdicts({ maxVerdicts: 1 });
      const counted = compilePattern(source, verdicts);
      for (const one of [...texts, ...texts]) {
        verdicts.work.begin();
        assert.equal(counted.takes(one), plain.testExact(one));
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('is refused beyond what a request may take, and never said to be no match', () => {
    const verdicts = new PatternVerdicts();
    const [one, other] = [compilePattern(FORKING, verdicts), compilePattern('x(a|b)*|b', verdicts)];
    assert.ok(isSpent(one, textOf(1)));
    assert.ok(isSpent(one, textOf(2)), 'the request has nothing left');
    verdicts.work.begin();
    assert.equal(other.takes('xab'), true, 'the next request does');
    assert.equal(verdicts.size, 1, 'nothing is remembered of what came to no end');
  });

  it('is nothing where the way of a text is known', () => {
    const work = { nowMs: () => 0 };
    const verdicts = new PatternVerdicts({ ...work, maxVerdicts: 1 });
    const patterns = Array.from({ length: 3 }, (_, at) => compilePattern(`(a|b)*a(a|b){8}c{${at}}`, verdicts));
    // Twice the worker's share, all of it on ways that are known after the first times.
    for (let at = 0; at < 2_000; at++) {
      verdicts.work.begin();
      for (const one of patterns) assert.equal(isSpent(one, textOf(at % 3, 400)), false, String(at));
    }
  });

  it('leaves its steps behind, so that the same request comes to its end in a few tries', () => {
    const verdicts = new PatternVerdicts();
    // All that it is led to fits in what the engine keeps of a pattern.
    const forking = compilePattern('(a|b)*a(a|b){300}', verdicts);
    const asked = textOf(7, 1_800);
    let tries = 1;
    for (verdicts.work.begin(); isSpent(forking, asked); verdicts.work.begin()) assert.ok(tries++ < 10);
    assert.ok(tries > 1);
    assert.equal(forking.takes(asked), asked.at(-301) === 'a');
  });

  it('is a share of the time of a worker, beyond which requests take a little each', () => {
    let now = 0;
    let refused = 0;
    const work = new PatternWork({ nowMs: () => now, onSpent: () => refused++ });
    const spends = (units: number) => {
      work.begin();
      try {
        for (let left = units; left > 0; left -= 100) work.spend(100);
        return true;
      } catch {
        return false;
      }
    };
    const most = (units: number) => Array.from({ length: 100 }, () => spends(units)).filter(Boolean).length;
    assert.ok(!spends(800_000), 'no request may take so much');
    now += 250;
    assert.equal(most(600_000), 1);
    assert.equal(most(2_000), 100);
    assert.equal(most(200_000), 0);
    let taken = 0;
    for (let at = 0; at < 100; at++, now += 10) if (spends(30_000)) taken++;
    assert.ok(taken >= 99, `${taken} of the share of a second, in small parts`);
    now += 3_600_000;
    assert.equal(most(700_000), 1, 'what nobody asked for is not put by for ever');
    assert.ok(refused > 100);
  });

  it('refuses a request of which it is not known that the rule of a guard takes it', () => {
    const guard = entry('guard', null, { kind: 'regex', name: 'h', value: FORKING });
    const found = compileBinding(binding(listener('l', '*', virtualHost('*', guard, entry('open', null))))).listenerFor(
      'x',
    );
    assert.ok(found !== undefined);
    const ask = (h: string) => found.entryOf(found.virtualHostsOf('x'), request('/s/m', { h }));
    assert.equal(ask(textOf(3)), TOO_MUCH_WORK);
    assert.equal(found.match('x', request('/s/m', { h: textOf(4) })), undefined);
    const taken = ask('c');
    assert.ok(typeof taken === 'object' && taken.rule.id === 'open');
  });
});
