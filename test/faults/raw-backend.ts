// SPDX-License-Identifier: Apache-2.0

/** A backend that answers with frames by hand: it can break the protocol. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { ACK, END_HEADERS, FRAME, frame, PREFACE, SETTINGS } from './raw-frames.ts';

export interface RawBackend {
  readonly port: number;
  /** TCP connections so far. */
  readonly connections: number;
  close(): void;
}

/** `respond` is called when the header block of a request is here; null: accepts and never says a word. */
export async function startRawBackend(respond: ((socket: Socket, id: number) => void) | null): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(socket => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    if (respond === null) return;
    socket.write(SETTINGS);
    let input = Buffer.alloc(0);
    let skip = PREFACE.length;
    socket.on('data', (chunk: Buffer) => {
      input = Buffer.concat([input, chunk]);
      for (;;) {
        const at = skip;
        if (input.length < at + 9) return;
        const end = at + 9 + input.readUIntBE(at, 3);
        if (input.length < end) return;
        const [type, flags] = [input[at + 3], input[at + 4] ?? 0];
        const id = input.readUInt32BE(at + 5);
        if (type === FRAME.settings && (flags & ACK) === 0) socket.write(frame(FRAME.settings, ACK, 0));
        if (type === FRAME.headers && flags & END_HEADERS) respond(socket, id);
        input = input.subarray(end);
        skip = 0;
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    port,
    get connections() {
      return connections;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
