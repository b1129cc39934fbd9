// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DatagramHandle, SendRequest } from './datagram-handle.ts';
import { DatagramSender, FULL, type WaitingDatagrams } from './datagram-sender.ts';

/** A handle whose kernel takes nothing at once. */
class SlowHandle {
  readonly waiting: { readonly request: SendRequest; readonly list: readonly Buffer[] }[] = [];
  code = 0;

  send(request: SendRequest, list: readonly Buffer[]): number {
    if (this.code === 0) this.waiting.push({ request, list });
    return this.code;
  }
}

interface Bed {
  readonly handle: SlowHandle;
  readonly waiting: WaitingDatagrams;
  send(size: number): number;
}

function bed(waiting: WaitingDatagrams = { bytes: 0 }): Bed {
  const handle = new SlowHandle();
  const sender = new DatagramSender({ newRequest: () => ({}) }, waiting);
  const send = (size: number): number => sender.send(handle as unknown as DatagramHandle, Buffer.alloc(size));
  return { handle, waiting, send };
}

describe('a sender of datagrams', () => {
  it('uses one request for all that the kernel takes at once, and keeps nothing', () => {
    const requests = new Set<SendRequest>();
    const handle = { send: (request: SendRequest) => requests.add(request) && 5 };
    const waiting = { bytes: 0 };
    const sender = new DatagramSender({ newRequest: () => ({}) }, waiting);
    for (let at = 0; at < 3; at++)
      assert.equal(sender.send(handle as unknown as DatagramHandle, Buffer.from('abcd')), 0);
    assert.equal(requests.size, 1);
    assert.equal(waiting.bytes, 0);
  });

  it('leaves each datagram that waits its request and its bytes', () => {
    const { handle, send } = bed();
    send(1);
    send(2);
    assert.deepEqual(
      handle.waiting.map(({ list }) => list[0]?.length),
      [1, 2],
    );
    assert.notEqual(handle.waiting[0]?.request, handle.waiting[1]?.request);
    assert.equal(handle.waiting[0]?.request.list, handle.waiting[0]?.list);
  });

  it('drops what comes when 8 MiB of the worker wait, counted with what each costs, and goes on when they are sent', () => {
    const { handle, waiting, send } = bed();
    while (send(1) === 0) assert.ok(handle.waiting.length < 20_000);
    assert.equal(send(1), FULL);
    assert.equal(bed(waiting).send(1), FULL);
    assert.equal(handle.waiting.length, Math.ceil(8_388_608 / 513));
    for (const { request } of handle.waiting.splice(0)) request.oncomplete?.();
    assert.equal(waiting.bytes, 0);
    assert.equal(send(1), 0);
  });

  it('says what the system refused with', () => {
    const { handle, waiting, send } = bed();
    handle.code = -111;
    assert.equal(send(1), -111);
    assert.equal(waiting.bytes, 0);
  });
});
