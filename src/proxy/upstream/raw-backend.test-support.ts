// SPDX-License-Identifier: Apache-2.0

/** Endpoints that speak HTTP/2 by hand, to do what servers should not. */
import type { Socket } from 'node:net';
import type { Endpoint } from '../../snapshot/index.ts';
import { listen } from './cluster-pool.test-support.ts';

export const FRAME = { data: 0, headers: 1, rstStream: 3, settings: 4, ping: 6, goaway: 7 } as const;

const PREFACE_BYTES = 24;
const MAX_CONCURRENT_STREAMS = 3;

export interface RawConnection {
  readonly socket: Socket;
  /** What came, SETTINGS and PING included. */
  readonly frames: { readonly type: number; readonly stream: number }[];
  send(type: number, flags: number, stream: number, payload?: readonly number[]): void;
  /** SETTINGS; `streams`: MAX_CONCURRENT_STREAMS. */
  settings(streams?: number): void;
  /** `:status: 200` and the end of the stream. */
  answer(stream: number): void;
  goaway(lastStream: number): void;
}

export interface RawBackend {
  readonly endpoint: Endpoint;
  readonly connections: RawConnection[];
}

/** `onOpen`: TCP is there; `onFrame`: each frame that comes. */
export async function rawBackend(behaviour: {
  onOpen?: (connection: RawConnection) => void;
  onFrame?: (connection: RawConnection, type: number, stream: number) => void;
}): Promise<RawBackend> {
  const connections: RawConnection[] = [];
  const endpoint = await listen(socket => {
    const connection = rawConnection(socket);
    connections.push(connection);
    readFrames(connection, (type, stream) => {
      connection.frames.push({ type, stream });
      behaviour.onFrame?.(connection, type, stream);
    });
    (behaviour.onOpen ?? (one => one.settings()))(connection);
  });
  return { endpoint, connections };
}

function rawConnection(socket: Socket): RawConnection {
  const send: RawConnection['send'] = (type, flags, stream, payload = []) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    socket.write(Buffer.concat([head, Buffer.from(payload)]));
  };
  return {
    socket,
    frames: [],
    send,
    settings: streams => {
      const value = streams === undefined ? [] : [0, MAX_CONCURRENT_STREAMS, 0, 0, streams >> 8, streams & 255];
      send(FRAME.settings, 0, 0, value);
    },
    answer: stream => send(FRAME.headers, 5, stream, [0x88]),
    goaway: lastStream => send(FRAME.goaway, 0, 0, [0, 0, lastStream >> 8, lastStream & 255, 0, 0, 0, 0]),
  };
}

function readFrames(connection: RawConnection, onFrame: (type: number, stream: number) => void): void {
  let input = Buffer.alloc(0);
  let skipped = 0;
  connection.socket.on('data', chunk => {
    input = Buffer.concat([input, chunk]);
    if (skipped === 0 && input.length >= PREFACE_BYTES) {
      skipped = PREFACE_BYTES;
      input = input.subarray(PREFACE_BYTES);
    }
    while (skipped > 0 && input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
      const end = 9 + input.readUIntBE(0, 3);
      const [type, stream] = [input[3] ?? 0, input.readUInt32BE(5)];
      input = input.subarray(end);
      onFrame(type, stream);
    }
  });
}
