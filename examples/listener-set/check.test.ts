// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { ListenerSetStatus } from '../../src/status/listener-set-status.ts';
import { type Answer, runExample, workloadOf } from '../running-example.test-support.ts';

describe('example listener-set', async () => {
  const example = await runExample(import.meta.dirname);
  after(() => example.close());
  const call = (host: string): Promise<Answer> =>
    example.call({ listener: 'edge/rest', authority: host, method: 'api.Echo/Echo' });
  const statusOf = (set: string) => example.gateway.view().statuses.get(`ListenerSet/${set}`) as ListenerSetStatus;
  const reasonOf = (set: string) => statusOf(set).conditions?.find(({ type }) => type === 'Accepted')?.reason;

  it('gives each team the hosts of its set, with a certificate of its own, on the port of the Gateway', async () => {
    assert.equal(workloadOf(await call('shop.example.com')), 'orders');
    assert.equal(workloadOf(await call('blog.example.com')), 'posts');
    await assert.rejects(call('localhost'), { exitCode: 1, message: /no route matches/ });
  });

  it('binds what is attached, and nothing of a set that is not allowed', () => {
    const bound = example.gateway.listeners.map(({ listenerSet, name }) => `${listenerSet?.name ?? 'gateway'} ${name}`);
    assert.deepEqual(bound.sort(), ['blog https', 'gateway rest', 'shop https']);
    assert.equal(reasonOf('stranger/stranger'), 'NotAllowed');
  });

  it('leaves a host to the set that comes first', () => {
    assert.equal(reasonOf('shop/shop'), 'Accepted');
    assert.equal(reasonOf('blog/blog'), 'ListenersNotValid');
    const greedy = statusOf('blog/blog').listeners?.find(({ name }) => name === 'greedy');
    assert.equal(greedy?.conditions.find(({ type }) => type === 'Conflicted')?.reason, 'HostnameConflict');
  });
});
