// SPDX-License-Identifier: Apache-2.0

/** Responses with more header fields than anybody takes: their callers are told, those who share the connection notice nothing. */
import assert from 'node:assert/strict';
import { connect, type ServerHttp2Stream } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { type Bed, boundedMemory, callUnary, makeBed, whileNeighbourCalls } from './bed.ts';

/** So that no two responses have a field of one name. */
let answered = 0;

function answerLarge(stream: ServerHttp2Stream, path: string): void {
  const bytes = Number(path.slice(path.lastIndexOf('/') + 1));
  const fields = Object.fromEntries(
    Array.from({ length: bytes / 1_000 }, (_, i) => [`x-field-${i}-${answered++}`, 'v'.repeat(970)]),
  );
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...fields }, { endStream: true });
}

describe('a backend whose response heads are too large', () => {
  let bed: Bed;
  before(async () => {
    bed = await makeBed((stream, headers) => answerLarge(stream, String(headers[':path'])));
  });
  after(() => bed.close());

  for (const bytes of [100_000, 300_000, 700_000]) {
    it(`(${bytes} bytes) fails those calls only`, { timeout: 60_000 }, () =>
      boundedMemory(150, () =>
        whileNeighbourCalls(bed.port, async () => {
          const session = connect(`http://127.0.0.1:${bed.port}`);
          const before = bed.backend.taken;
          for (let i = 0; i < 20; i++) assert.notEqual(await callUnary(session, String(bytes)), '0');
          session.close();
          assert.ok(bed.backend.taken - before <= 1, `${bed.backend.taken - before} connections were opened`);
        }),
      ),
    );
  }
});
