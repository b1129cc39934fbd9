// SPDX-License-Identifier: Apache-2.0

/** WebSockets over HTTP/2 (RFC 8441) on which nothing is said: many share a connection, so that a proxy needs few open files for its clients. */
import { once } from 'node:events';
import { HeaderList, type MessageEvents, type MessageStream } from '../../src/wire/index.ts';
import { type ClientConnection, openConnection } from './client.ts';

/** Fewer than any proxy here takes at once. */
const ON_A_CONNECTION = 100;

/** In the words of a message stream: a GET on its way, extended CONNECT on the wire. */
const ASKED = new HeaderList(
  [':method', ':scheme', ':authority', ':path', ':protocol', 'sec-websocket-version'],
  ['GET', 'http', 'localhost', '/', 'websocket', '13'],
);

/** Opens `count` of them, each granted. */
export async function openWebSocketsOverHttp2(port: number, count: number): Promise<{ close(): void }> {
  const connections: ClientConnection[] = [];
  for (let left = count; left > 0; left -= ON_A_CONNECTION) {
    const connection = await openConnection(port);
    connections.push(connection);
    // Its SETTINGS say that it takes extended CONNECT.
    await once(connection.socket, 'data');
    await Promise.all(Array.from({ length: Math.min(left, ON_A_CONNECTION) }, () => openOne(connection)));
  }
  return { close: () => connections.forEach(({ socket }) => void socket.destroy()) };
}

/** Rejects when it is not granted. */
function openOne({ http2 }: ClientConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(new Error(`a WebSocket over HTTP/2 was not granted: ${why}`));
    const events: MessageEvents = {
      onHead: (_stream, head) => refuse(head.get(':status') ?? ''),
      onUpgraded: () => resolve(),
      onInformational: () => {},
      onData: (stream: MessageStream, _chunk, start, end) => stream.consumed(end - start),
      onTrailers: () => {},
      onEnded: (_stream, { reason }) => refuse(reason),
      onWritable: () => {},
    };
    const stream = http2.openStream(events);
    if (stream?.mayUpgrade(ASKED) !== true) return refuse('the proxy takes no extended CONNECT');
    stream.sendHead(ASKED, null, false);
  });
}
