// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Filter } from '../../snapshot/index.ts';
import type { ClusterPool } from '../upstream/index.ts';
import { type ChainEnvironment, compileChain } from './chain.ts';

function change(kind: 'request-headers' | 'response-headers', value: string): Filter {
  return { kind, change: { set: [], add: [{ name: 'x', value }], remove: [] } };
}

function mirror(cluster: string): Filter {
  return { kind: 'mirror', target: { cluster }, share: { numerator: 1, denominator: 1 } };
}

/** An environment that knows these clusters. */
function knowing(...ids: string[]): ChainEnvironment {
  const pools = new Map(ids.map(id => [id, { id } as ClusterPool]));
  return { upstreams: { cluster: (id: string) => pools.get(id) } } as unknown as ChainEnvironment;
}

function applied(rewriter: { rewrite(fields: { names: string[]; values: string[] }): void }): string[] {
  const fields = { names: [], values: [] as string[] };
  rewriter.rewrite(fields);
  return fields.values;
}

describe('a chain of filters', () => {
  it('changes requests by the rule and then the backend, responses the other way round', () => {
    const ofRule = [change('request-headers', 'rule'), change('response-headers', 'rule')];
    const ofBackend = [change('response-headers', 'backend'), change('request-headers', 'backend')];
    const chain = compileChain(ofRule, ofBackend, knowing());
    assert.deepEqual(applied(chain.requestHead), ['rule,backend']);
    assert.deepEqual(applied(chain.responseHead), ['backend,rule']);
    assert.deepEqual(chain.steps, []);
  });

  it('has a step for each filter that does more than that, the rule’s before the backend’s', () => {
    const chain = compileChain([mirror('b'), mirror('a')], [mirror('c')], knowing('a', 'b', 'c'));
    assert.equal(chain.steps.length, 3);
    assert.deepEqual(
      chain.clusters.map(({ id }) => id),
      ['b', 'a', 'c'],
    );
    assert.equal(chain.requestHead.isEmpty && chain.responseHead.isEmpty, true);
  });

  it('leaves out a mirror whose cluster is not there', () => {
    assert.deepEqual(compileChain([mirror('a')], [], knowing()).steps, []);
  });
});
