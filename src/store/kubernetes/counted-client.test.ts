// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedClient } from './counted-client.ts';
import { type KubeClient, KubeRefusal, KubeUnreachable } from './kube-client.ts';

const SIGNAL = new AbortController().signal;
const answerOf = (status: number) => ({ status, headers: {}, json: undefined });

test('requests are counted by method and status, also those without an answer', async () => {
  const statuses = [200, 200, 409];
  const client = countedClient(
    clientThat({
      request: async () => {
        const status = statuses.shift();
        if (status === undefined) throw new KubeUnreachable('kubernetes/unreachable', 'gone');
        return answerOf(status);
      },
    }),
  );
  for (let index = 0; index < 3; index++) await client.request({ method: 'PUT', path: '/' });
  await assert.rejects(client.request({ method: 'GET', path: '/' }), KubeUnreachable);
  assert.deepEqual(client.counts(), [
    { verb: 'put', code: '200', count: 2 },
    { verb: 'put', code: '409', count: 1 },
    { verb: 'get', code: 'none', count: 1 },
  ]);
});

test('a watch counts once: when it is answered, or refused', async () => {
  let turn = 0;
  const client = countedClient(
    clientThat({
      watch: async watch => {
        turn++;
        if (turn === 2) throw new KubeRefusal(answerOf(410), 'watch');
        watch.onOpen?.();
        // A connection that is lost later was answered all the same.
        if (turn === 3) throw new KubeUnreachable('kubernetes/unreachable', 'gone');
      },
    }),
  );
  const watch = () => client.watch({ path: '/', signal: SIGNAL }, () => undefined);
  await watch();
  await assert.rejects(watch(), KubeRefusal);
  await assert.rejects(watch(), KubeUnreachable);
  assert.deepEqual(client.counts(), [
    { verb: 'watch', code: '200', count: 2 },
    { verb: 'watch', code: '410', count: 1 },
  ]);
});

function clientThat(does: Partial<KubeClient>): KubeClient {
  const refuse = async (): Promise<never> => {
    throw new Error('not expected');
  };
  return { server: 'https://api.example', request: refuse, watch: refuse, close: () => undefined, ...does };
}
