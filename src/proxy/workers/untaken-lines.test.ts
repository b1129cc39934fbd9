// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { until } from '../../time/until.test-support.ts';
import { cleanUp, freePort, snapshotOf, startPlane } from '../data-plane.test-support.ts';

afterEach(cleanUp);

/** Sends requests on one connection, and wakes who waits when all are answered. */
const CLIENT = `
  const { port, count, isOver } = require('node:worker_threads').workerData;
  const words = 'w'.repeat(512);
  const request = 'GET /' + words + ' HTTP/1.1\\r\\nhost: a\\r\\nuser-agent: ' + words + '\\r\\nx-request-id: ' + words + '\\r\\n\\r\\n';
  const socket = require('node:net').connect(port, '127.0.0.1', () => socket.write(request.repeat(count)));
  let answers = 0;
  let rest = '';
  socket.setEncoding('latin1').on('data', text => {
    const parts = (rest + text).split('HTTP/1.1 404');
    answers += parts.length - 1;
    rest = parts.at(-1).slice(-11);
    if (answers >= count) socket.end();
  });
  socket.on('close', () => {
    Atomics.store(isOver, 0, 1);
    Atomics.notify(isOver, 0);
  });
`;

describe('the lines of a worker thread', () => {
  it('fill no memory while the main thread is busy, and it is told how many were lost', {
    timeout: 60_000,
  }, async () => {
    const lines = { taken: 0, bytes: 0 };
    const lost: unknown[] = [];
    const warn = (_message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void lost.push(fields['lines']);
    const accessLog = (text: string): void => {
      lines.taken += text.split('\n').length - 1;
      lines.bytes += text.length;
    };
    const { plane } = await startPlane(1, { accessLog, log: { info() {}, warn, error() {} } });
    const port = await freePort();
    await plane.apply(snapshotOf({ ports: [port] }));
    const ask = (count: number) => {
      const isOver = new Int32Array(new SharedArrayBuffer(4));
      return { isOver, client: new Worker(CLIENT, { eval: true, workerData: { port, count, isOver } }) };
    };
    const sent = 12_000;
    // As a main thread that has much to translate.
    Atomics.wait(ask(sent).isOver, 0, 0);
    await until(() => lines.taken > 0);
    await plane.dump();
    assert.ok(lines.bytes <= 16 * 1024 * 1024, `${lines.bytes} bytes waited`);
    assert.ok(lines.taken < sent);
    await once(ask(1).client, 'exit');
    await until(() => lost.length > 0);
    await until(() => lines.taken + Number(lost[0]) === sent + 1);
    const hits = plane.metrics().find(({ name }) => name === 'daemun_limit_hits_total')?.samples;
    assert.deepEqual(
      hits?.map(({ labels }) => labels),
      [{ limit: 'untaken_lines' }],
    );
  });
});
