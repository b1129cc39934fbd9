// SPDX-License-Identifier: Apache-2.0

/** Peers that do not read, hardly write, or die. */
import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { connect } from 'node:http2';
import { describe, it } from 'node:test';
import { answer, type Bed, boundedMemory, callUnary, HOST, makeBed, whileNeighbourCalls } from './bed.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, grpcHead, openHttp2 } from './raw-frames.ts';

async function withBed(
  behaviour: (stream: ServerHttp2Stream) => void,
  use: (bed: Bed) => Promise<void>,
): Promise<void> {
  const bed = await makeBed(behaviour);
  try {
    await use(bed);
  } finally {
    await bed.close();
  }
}

const PART = Buffer.alloc(65_536);

/** Sends without end as fast as the peer lets it, and counts. */
function torrent(counter: { bytes: number }): (stream: ServerHttp2Stream) => void {
  return stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    const more = (): void => {
      for (let takesMore = true; takesMore && !stream.destroyed; ) {
        takesMore = stream.write(PART);
        counter.bytes += PART.length;
      }
    };
    stream.on('drain', more);
    more();
  };
}

describe('a slow peer', () => {
  it('that never reads its answers holds a bounded amount of them', { timeout: 60_000 }, () => {
    const counter = { bytes: 0 };
    return withBed(torrent(counter), bed =>
      boundedMemory(200, () =>
        whileNeighbourCalls(bed.port, async () => {
          const socket = await openHttp2(bed.port);
          const window = frame(FRAME.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0]));
          socket.pause();
          socket.write(window);
          for (let id = 1; id < 200; id += 2) {
            socket.write(frame(FRAME.headers, END_HEADERS | END_STREAM, id, grpcHead('/faults.Faults/Torrent', HOST)));
            socket.write(frame(FRAME.windowUpdate, 0, id, Buffer.from([0x7f, 0, 0, 0])));
          }
          await untilSteady(bed.port, () => counter.bytes);
          assert.ok(counter.bytes < 128 * 2 ** 20, `the backend could send ${counter.bytes} bytes`);
          socket.destroy();
        }),
      ),
    );
  });

  it('that sends its request byte by byte disturbs nobody', { timeout: 60_000 }, () =>
    withBed(answer, bed =>
      whileNeighbourCalls(bed.port, async () => {
        const socket = await openHttp2(bed.port);
        const bytes = frame(FRAME.headers, END_HEADERS, 1, grpcHead('/faults.Faults/Unary', HOST));
        for (const byte of bytes) {
          socket.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
        socket.destroy();
      }),
    ),
  );
});

describe('a backend that dies in the middle of a stream', () => {
  it('gives that stream UNAVAILABLE, and the next call goes on', { timeout: 60_000 }, () =>
    withBed(
      stream => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
        stream.write(Buffer.from([0, 0, 0, 0, 0]), () => stream.session?.destroy());
      },
      async bed => {
        const session = connect(`http://127.0.0.1:${bed.port}`);
        assert.equal(await callUnary(session, 'Die'), '14');
        assert.equal(await callUnary(session), '0');
        session.close();
      },
    ),
  );
});

/** Resolves when the figure is above 0 and has not changed for 30 calls through the gateway, one after another. */
async function untilSteady(port: number, figure: () => number): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  for (let last = -1, same = 0; same < 30; ) {
    await callUnary(session);
    same = figure() === last && last > 0 ? same + 1 : 0;
    last = figure();
  }
  session.close();
}
