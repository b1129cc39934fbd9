// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { recordingTerminal } from '../../src/cli/recording-terminal.test-support.ts';
import { until } from '../../src/time/until.test-support.ts';
import { startExample } from '../running-example.test-support.ts';
import { ask } from '../specification/ask.test-support.ts';

const FAST = '127.0.0.2';

describe('example mesh', async () => {
  const clients = [{ range: `${FAST}/32`, namespace: 'fast-clients' }];
  const example = await startExample([import.meta.dirname], { mesh: { addressPool: [], clients } });
  after(() => example.close());

  function addressOf(service: string): string {
    const found = example.gateway.frontends().find(frontend => frontend.service === service);
    return `${found?.bound.address}:${found?.bound.port}`;
  }
  const smiley = (path: string, from?: string) =>
    ask({
      address: addressOf('faces/smiley:8080'),
      host: 'smiley.faces',
      path,
      ...(from === undefined ? {} : { from }),
    });
  const color = (path: string, from?: string) =>
    ask({ address: addressOf('faces/color:8080'), host: 'color.faces', path, ...(from === undefined ? {} : { from }) });

  it('routes all clients by the producer, and refuses what no rule of it takes', async () => {
    const answer = await smiley('/smiley?delay=200ms');
    assert.deepEqual([answer('status'), answer('from')], [200, 'smiley']);
    assert.equal((await smiley('/'))('status'), 404);
  });

  it('lets the clients of one namespace wait 100 ms, by their own route alone', async () => {
    assert.equal((await smiley('/?delay=30s', FAST))('status'), 504);
    // 100 ms are little on a machine that is busy.
    await until(async () => (await smiley('/anything', FAST))('status') === 200);
  });

  it('leaves clients alone that no route is for', async () => {
    const answer = await color('/?delay=200ms');
    assert.deepEqual([answer('status'), answer('from')], [200, 'color']);
    await until(async () => (await color('/', FAST))('from') === 'smiley');
  });

  it('adds a header to the calls of one method, and refuses all others', async () => {
    const address = addressOf('payment/payment-service:50051');
    const call = async (method: string) => {
      const terminal = recordingTerminal();
      const code = await runProgram(['call', `http://${address}`, method, '{}', '-v'], terminal);
      return { code, text: terminal.stdout() + terminal.stderr() };
    };
    assert.match((await call('api.Echo/Echo')).text, /x-grpc-test-echo-initial: high/);
    assert.match((await call('api.Reverse/Reverse')).text, /Unimplemented/i);
  });
});
