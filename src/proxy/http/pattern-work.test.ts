// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { RouteEntry } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { backend, listener, rule } from './gateway.test-support.ts';
import { RawBed } from './raw-bed.test-support.ts';
import { grpcHead, listOf, RawClient } from './raw-peer.test-support.ts';

let bed: RawBed;
afterEach(() => bed.close());

/** Every text of a and b leads it to states of its own. */
const FORKING = '(a|b)*a(a|b){500}';

/** Takes a value of the header, by a pattern; what it does not take is for others. */
const ENTRIES: readonly RouteEntry[] = [
  {
    match: { kind: 'grpc', method: null, headers: [{ kind: 'regex', name: 'x-a', value: FORKING }] },
    rule: rule('guard', [backend('guarded')]),
    matchIndex: 0,
  },
  { match: { kind: 'grpc', method: null, headers: [] }, rule: rule('wide', [backend('wide')]), matchIndex: 0 },
  {
    match: {
      kind: 'http',
      path: { kind: 'regex', value: `/${FORKING}` },
      method: null,
      headers: [],
      queryParams: [],
    },
    rule: rule('path', [backend('guarded')]),
    matchIndex: 0,
  },
];

/** A text of the two letters; another for each `seed`. */
function textOf(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 64 ? 'a' : 'b';
  }).join('');
}

async function start(): Promise<void> {
  bed = await RawBed.start();
  const listeners = [listener('grpc', [], { virtualHosts: [{ hostname: '*', entries: ENTRIES }] })];
  const clusters = { guarded: [bed.guarded.port], wide: [bed.wide.port] };
  await bed.gateway.apply({ listeners, clusters });
}

describe('a request that costs the regular expressions of rules too much', () => {
  it('is refused in words of its protocol, reaches no endpoint, and is counted', async () => {
    await start();
    const client = await RawClient.open(bed.gateway.port);
    const call = await client.call(listOf(grpcHead({}, [['x-a', textOf(1, 2_048)]])));
    assert.equal(call.status, '8');
    assert.match(call.message, /^which rule takes .* is not known: /);
    const path = `/${textOf(2, 2_000)}`;
    const get = await client.call(listOf(grpcHead({ ':method': 'GET', ':path': path, 'content-type': undefined })));
    assert.equal(get.all[':status'], '429');
    assert.equal(bed.reached, 0);
    assert.equal(bed.gateway.metric('daemun_limit_hits_total', { limit: 'pattern_work' }), 2);
    await until(() => bed.gateway.accessLog.split('"pattern_work"').length === 3);
    client.close();
  });

  it('is no neighbour that others feel, and may be asked again', async () => {
    await start();
    const [client, neighbour] = await Promise.all([RawClient.open(bed.gateway.port), RawClient.open(bed.gateway.port)]);
    const honest = () => neighbour.call(listOf(grpcHead({}, [['x-a', 'abba']])));
    assert.equal((await honest()).status, '0');
    // The clock of the test stands still: after these nothing is left of what the worker has.
    const flood = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => client.call(listOf(grpcHead({}, [['x-a', textOf(seed, 2_048)]])))),
    );
    assert.deepEqual(new Set(flood.map(({ status }) => status)), new Set(['8']));
    assert.equal((await honest()).status, '0');
    assert.equal(bed.guarded.requests.length, 0);
    // What is short is known after a few tries, with the little that each has of its own.
    const again = listOf(grpcHead({}, [['x-a', textOf(99, 40)]]));
    let tries = 1;
    while ((await client.call(again)).status !== '0') assert.ok(tries++ < 10, 'it is never taken');
    client.close();
    neighbour.close();
  });
});
