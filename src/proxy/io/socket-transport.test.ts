// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  DEFAULT_HTTP2_LIMITS,
  HeaderListPool,
  Http2Connection,
  type MessageConnection,
  type MessageConnectionEvents,
  type OutputSink,
} from '../../wire/index.ts';
import { SocketLoop } from './socket-loop.ts';
import { SocketTransport } from './socket-transport.ts';

const EVENTS: MessageConnectionEvents = {
  onStream: () => assert.fail('no stream is opened'),
  onOutput() {},
  onGoingAway() {},
  onCapacity() {},
  onFinished() {},
  onFatal() {},
};

/** It has SETTINGS to send. */
function newConnection(): Http2Connection {
  const lists = new HeaderListPool();
  return new Http2Connection({ role: 'server', events: EVENTS, limits: DEFAULT_HTTP2_LIMITS, lists });
}

/** More than a kernel takes while nobody reads. */
const FLOOD_BYTES = 32 * 1024 * 1024;

/** It has something to send, by default more than the kernel takes at once. */
class FloodConnection {
  wasOutAtOnce: boolean | undefined;
  readonly isOut: Promise<void>;
  #onOut = (): void => {};
  #chunk: Buffer | null;

  constructor(bytes = FLOOD_BYTES) {
    this.#chunk = Buffer.alloc(bytes);
    this.isOut = new Promise(resolve => {
      this.#onOut = resolve;
    });
  }

  takeOutput(sink: OutputSink): void {
    if (this.#chunk === null) return;
    sink.write(this.#chunk);
    this.#chunk = null;
    this.wasOutAtOnce = sink.end?.();
  }
  outputBlocked(isBlocked: boolean): void {
    if (!isBlocked) this.#onOut();
  }
  deferOutput(): number {
    return 0;
  }
  receiveEnd(): boolean {
    return false;
  }
  close(): void {}
}

describe('socket transport', () => {
  let loop: SocketLoop;
  let server: Server;
  let client: Socket;
  let socket: Socket;

  beforeEach(async () => {
    loop = new SocketLoop(() => performance.now());
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as { readonly port: number }).port, '127.0.0.1').resume();
    [socket] = (await once(server, 'connection')) as [Socket];
  });

  afterEach(() => {
    client.destroy();
    socket.destroy();
    server.close();
    loop.close();
  });

  it('does not write to a socket whose peer has ended its side: it ends in order, without an error', async () => {
    let error: Error | null | undefined;
    const transport = new SocketTransport(socket, loop, {
      onTransportClosed: reason => {
        error = reason;
      },
    });
    transport.start(newConnection());
    socket.on('end', () => transport.markDirty());
    client.end();
    await new Promise(resolve => socket.once('close', resolve));
    assert.equal(error, null);
    assert.equal(transport.bytesWritten, 0);
  });

  for (const highWaterMark of [16_384, 2 * FLOOD_BYTES]) {
    it(`tells the connection when the kernel took what it did not take at once, with a high water mark of ${highWaterMark}`, async () => {
      const other = createServer({ highWaterMark }).listen(0, '127.0.0.1');
      await once(other, 'listening');
      const reader = connect((other.address() as AddressInfo).port, '127.0.0.1');
      const [writer] = (await once(other, 'connection')) as [Socket];
      let read = 0;
      reader.on('data', (chunk: Buffer) => {
        read += chunk.length;
      });
      const connection = new FloodConnection();
      const transport = new SocketTransport(writer, loop, { onTransportClosed() {} });
      transport.start(connection as unknown as MessageConnection);
      transport.markDirty();
      await connection.isOut;
      assert.equal(connection.wasOutAtOnce, false);
      assert.equal(writer.writableLength, 0);
      transport.shut();
      await once(reader, 'close');
      assert.equal(read, FLOOD_BYTES);
      other.close();
    });
  }

  it('writes to TLS what the connection gives and nothing else, and hears when that is out', async () => {
    const secret = { psk: Buffer.alloc(32, 1), identity: 'test' };
    const options = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
    const secureServer = createTlsServer({ ...options, pskCallback: () => secret.psk });
    secureServer.emit('connection', socket);
    const identity = { pskCallback: () => secret, checkServerIdentity: () => undefined };
    const peer = connectTls({ ...options, ...identity, socket: client });
    const [secure] = (await once(secureServer, 'secureConnection')) as [TLSSocket];
    const written: number[] = [];
    const write = secure.write.bind(secure);
    mock.method(secure, 'write', (chunk: Buffer, onWritten?: () => void) => {
      written.push(chunk.length);
      return write(chunk, onWritten);
    });
    const connection = new FloodConnection(100);
    const transport = new SocketTransport(secure, loop, { onTransportClosed() {} });
    transport.start(connection as unknown as MessageConnection);
    transport.markDirty();
    await connection.isOut;
    assert.equal(connection.wasOutAtOnce, false);
    assert.deepEqual(written, [100]);
    peer.destroy();
    secure.destroy();
  });

  it('lets go of connection and owner when the socket is gone, though the socket is still held', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = ((): WeakRef<object>[] => {
      const connection = newConnection();
      const owner = { onTransportClosed() {} };
      new SocketTransport(socket, loop, owner).start(connection);
      return [new WeakRef(connection), new WeakRef(owner)];
    })();
    await new Promise(resolve => setImmediate(resolve));
    collect();
    assert.ok(
      held.every(ref => ref.deref() !== undefined),
      'they are in use while the socket is open',
    );
    client.end();
    await new Promise(resolve => socket.once('close', resolve));
    await new Promise(resolve => setImmediate(resolve));
    collect();
    assert.deepEqual(
      held.map(ref => ref.deref()),
      [undefined, undefined],
    );
    assert.ok(socket.destroyed);
  });
});
