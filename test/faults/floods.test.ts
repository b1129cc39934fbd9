// SPDX-License-Identifier: Apache-2.0

/** Peers that send what is legal by itself, in amounts that are not (design: every growable thing has a cap). */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Bed, boundedMemory, HOST, makeBed, whileNeighbourCalls } from './bed.ts';
import { closed, END_HEADERS, END_STREAM, FRAME, frame, grpcHead, openHttp2 } from './raw-frames.ts';

const HEAD = grpcHead('/faults.Faults/Unary', HOST);

/** Writes `chunk` again and again until the peer hangs up; fails when it takes more than `most` of them. */
async function floodUntilClosed(socket: Socket, chunk: (index: number) => Buffer, most: number): Promise<void> {
  for (let index = 0; index < most && !socket.destroyed; index++) {
    if (socket.write(chunk(index))) {
      if (index % 50 === 0) await new Promise(setImmediate);
      continue;
    }
    await new Promise<void>(resolve => {
      socket.once('drain', resolve);
      socket.once('close', resolve);
    });
  }
  await closed(socket);
}

const FLOODS: readonly { name: string; chunk: (index: number) => Buffer }[] = [
  { name: 'PING', chunk: () => Buffer.concat(Array(100).fill(frame(FRAME.ping, 0, 0, Buffer.alloc(8)))) },
  { name: 'SETTINGS', chunk: () => Buffer.concat(Array(100).fill(frame(FRAME.settings, 0, 0))) },
  {
    name: 'rapid reset (HEADERS and RST_STREAM, CVE-2023-44487)',
    chunk: index =>
      Buffer.concat(
        Array.from({ length: 50 }, (_, i) => 2 * (index * 50 + i) + 1).flatMap(id => [
          frame(FRAME.headers, END_HEADERS | END_STREAM, id, HEAD),
          frame(FRAME.rstStream, 0, id, Buffer.from([0, 0, 0, 8])),
        ]),
      ),
  },
  {
    name: 'CONTINUATION (CVE-2024-27316)',
    chunk: index =>
      index === 0
        ? frame(FRAME.headers, 0, 1, HEAD)
        : Buffer.concat(Array(20).fill(frame(FRAME.continuation, 0, 1, Buffer.from([0, 1, 97, 1, 98])))),
  },
  {
    name: 'empty DATA',
    chunk: index =>
      index === 0
        ? frame(FRAME.headers, END_HEADERS, 1, HEAD)
        : Buffer.concat(Array(200).fill(frame(FRAME.data, 0, 1))),
  },
  {
    name: 'PRIORITY',
    chunk: () => Buffer.concat(Array(200).fill(frame(FRAME.priority, 0, 1, Buffer.from([0, 0, 0, 0, 16])))),
  },
  {
    name: 'frames of unknown types',
    chunk: () => Buffer.concat(Array(200).fill(frame(200, 0, 0, Buffer.alloc(4)))),
  },
];

describe('a flood', () => {
  let bed: Bed;
  before(async () => {
    bed = await makeBed();
  });
  after(() => bed.close());

  for (const { name, chunk } of FLOODS) {
    it(`of ${name} ends that connection and nothing else`, { timeout: 60_000 }, () =>
      boundedMemory(150, () =>
        whileNeighbourCalls(bed.port, async () => {
          await floodUntilClosed(await openHttp2(bed.port), chunk, 20_000);
        }),
      ),
    );
  }

  it('of header fields (a header bomb) is refused without growing', { timeout: 60_000 }, () =>
    boundedMemory(150, () =>
      whileNeighbourCalls(bed.port, async () => {
        const socket = await openHttp2(bed.port);
        // One entry of 4,000 bytes goes into the table; each following byte 0xbe repeats it.
        const entry = Buffer.concat([Buffer.from([0x40, 1, 97, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4000, 98)]);
        const bomb = Buffer.concat([HEAD, entry, Buffer.alloc(10_000, 0xbe)]);
        socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, bomb));
        const [answer] = await Promise.race([
          new Promise<[Buffer]>(resolve => socket.once('data', chunk => resolve([chunk]))),
          closed(socket).then(() => [Buffer.alloc(0)]),
        ]);
        assert.ok(answer !== undefined);
        socket.destroy();
      }),
    ),
  );

  it('is not logged event by event', () => {
    assert.ok(bed.logged.length < 100, `${bed.logged.length} lines were logged`);
  });
});
