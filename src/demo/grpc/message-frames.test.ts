// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { array, assert as assertProperty, asyncProperty, integer, uint8Array } from 'fast-check';
import { frameMessage, MAX_MESSAGE_BYTES, readMessages } from './message-frames.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(chunks: AsyncIterable<Buffer>, encoding = 'identity'): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for await (const message of readMessages(chunks, encoding)) messages.push(message);
  return messages;
}

describe('gRPC message frames', () => {
  it('come out as they went in, however the bytes are cut', async () => {
    const messageLists = array(uint8Array({ maxLength: 50 }), { maxLength: 6 });
    await assertProperty(
      asyncProperty(messageLists, integer({ min: 1, max: 20 }), async (messages, size) => {
        for (const encoding of ['identity', 'gzip']) {
          const wire = Buffer.concat(messages.map(message => frameMessage(message, encoding)));
          const read = await readAll(inChunks(wire, size), encoding);
          assert.deepEqual(
            read,
            messages.map(message => Buffer.from(message)),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are refused when they end halfway', async () => {
    const wire = frameMessage(Buffer.from('hello'), 'identity').subarray(0, -1);
    await assert.rejects(readAll(inChunks(wire, 100)), { code: 13 });
  });

  it('are refused above the limit, before the bytes arrive', async () => {
    const prefix = Buffer.from([0, 0, 0, 0, 0]);
    prefix.writeUInt32BE(MAX_MESSAGE_BYTES + 1, 1);
    await assert.rejects(readAll(inChunks(prefix, 5)), { code: 8 });
  });

  it('are refused when they decompress to more than the limit, or not at all', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1));
    const frame = frameMessage(bomb, 'identity');
    frame[0] = 1;
    await assert.rejects(readAll(inChunks(frame, 65_536), 'gzip'), { code: 13 });
    await assert.rejects(readAll(inChunks(frame, 65_536), 'br'), { code: 12 });
  });
});
