// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BalancerPolicy } from '../../snapshot/index.ts';
import { seededRandom } from '../filters/index.ts';
import { compilePicker } from './balancer.ts';
import { hashText } from './hash-text.ts';
import type { Choice } from './picker.ts';

interface Endpoint extends Choice {
  activeRequests: number;
}

function endpoints(count: number): Endpoint[] {
  return Array.from({ length: count }, (_, at) => ({ key: `10.0.0.${at}:80`, activeRequests: 0 }));
}

const key = { kind: 'source-ip' } as const;
const POLICIES: readonly BalancerPolicy[] = [
  { kind: 'round-robin' },
  { kind: 'random' },
  { kind: 'least-request' },
  { kind: 'ring-hash', key },
  { kind: 'maglev', key },
];
const HASHING = POLICIES.filter(policy => 'key' in policy);

/** How often each endpoint is picked for `picks` different keys. */
function shares(policy: BalancerPolicy, list: readonly Endpoint[], picks: number): Map<string, number> {
  const picker = compilePicker(policy, list, seededRandom(1));
  const counts = new Map(list.map(endpoint => [endpoint.key, 0]));
  for (let i = 0; i < picks; i += 1) {
    const picked = picker.pick(hashText(`user-${i}`));
    if (picked !== undefined) counts.set(picked.key, (counts.get(picked.key) ?? 0) + 1);
  }
  return counts;
}

for (const policy of POLICIES) {
  describe(policy.kind, () => {
    it('picks nothing from nothing and the only one from one', () => {
      assert.equal(compilePicker(policy, [], seededRandom(1)).pick(1), undefined);
      const [only] = endpoints(1);
      assert.ok(only);
      assert.equal(compilePicker(policy, [only], seededRandom(1)).pick(4_000_000_000), only);
    });

    it('shares requests out evenly', () => {
      for (const count of shares(policy, endpoints(5), 20_000).values()) {
        assert.ok(count > 3_000 && count < 5_000, `${count} of 20,000`);
      }
    });
  });
}

describe('round-robin', () => {
  it('gives each endpoint its turn, exactly', () => {
    assert.deepEqual([...shares({ kind: 'round-robin' }, endpoints(4), 400).values()], [100, 100, 100, 100]);
  });
});

describe('least-request', () => {
  it('never picks the busier one of two', () => {
    const [idle, busy] = endpoints(2);
    assert.ok(idle && busy);
    busy.activeRequests = 1;
    const counts = shares({ kind: 'least-request' }, [idle, busy], 1_000);
    assert.deepEqual([...counts.values()], [1_000, 0]);
  });
});

for (const policy of HASHING) {
  describe(`consistent hashing by ${policy.kind}`, () => {
    it('sends a key to the same endpoint in every worker, whatever the order of the set', () => {
      const list = endpoints(7);
      const [a, b] = [
        compilePicker(policy, list, seededRandom(1)),
        compilePicker(policy, endpoints(7), seededRandom(1)),
      ];
      for (let i = 0; i < 1_000; i += 1) assert.equal(a.pick(hashText(`${i}`))?.key, b.pick(hashText(`${i}`))?.key);
    });

    it('moves few other keys when an endpoint leaves', () => {
      const list = endpoints(10);
      const [before, after] = [
        compilePicker(policy, list, seededRandom(1)),
        compilePicker(policy, list.slice(1), seededRandom(1)),
      ];
      let moved = 0;
      let kept = 0;
      for (let i = 0; i < 10_000; i += 1) {
        const hash = hashText(`user-${i}`);
        const owner = before.pick(hash);
        if (owner === list[0]) continue;
        kept += 1;
        if (after.pick(hash) !== owner) moved += 1;
      }
      const limit = policy.kind === 'maglev' ? 0.1 : 0;
      assert.ok(moved <= kept * limit, `${moved} of ${kept} moved`);
    });

    it('takes every hash', () => {
      const picker = compilePicker(policy, endpoints(3), seededRandom(1));
      for (const hash of [0, 1, 2 ** 31, 2 ** 32 - 1]) assert.notEqual(picker.pick(hash), undefined);
    });
  });
}

describe('hashText', () => {
  it('is MurmurHash3 over UTF-16 units', () => {
    assert.equal(hashText(''), 0);
    assert.notEqual(hashText('a'), hashText('b'));
    assert.equal(hashText('user-42'), hashText('user-42'));
    assert.notEqual(hashText('user-42', 1), hashText('user-42', 2));
  });

  it('spreads similar texts', () => {
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i += 1) {
      const at = hashText(`10.0.0.${i}`) >>> 28;
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    for (const count of buckets) assert.ok(count > 800 && count < 1_200, `${count}`);
  });
});
