// SPDX-License-Identifier: Apache-2.0

/**
 * A server for h2spec that is nothing but our `Http2Connection` on sockets:
 *
 *     node test/h2spec/server.ts              # prints the cleartext and the TLS port
 *     h2spec -h 127.0.0.1 -p PORT             # -t -k for TLS, -S for the strict tests
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  DEFAULT_HTTP2_LIMITS,
  HeaderList,
  HeaderListPool,
  Http2Connection,
  type MessageEvents,
  type MessageStream,
} from '../../src/wire/index.ts';

const BODY = Buffer.from('hello from the wire\n');
const lists = new HeaderListPool();
const OK = new HeaderList([':status', 'content-type'], ['200', 'text/plain']);

/** Answers when the request has ended: 200 and a body, as far as the window allows. */
class Answer implements MessageEvents {
  #sent = 0;

  onHead(stream: MessageStream, _head: HeaderList, _fields: unknown, endStream: boolean): void {
    if (endStream) this.#answer(stream);
  }
  onInformational(): void {}
  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number, endStream: boolean): void {
    stream.consumed(end - start);
    if (endStream) this.#answer(stream);
  }
  onTrailers(stream: MessageStream): void {
    this.#answer(stream);
  }
  onEnded(): void {}
  onWritable(stream: MessageStream): void {
    this.#sent += stream.sendData(BODY, this.#sent, BODY.length, true);
  }

  #answer(stream: MessageStream): void {
    stream.sendHead(OK, ['content-length', String(BODY.length)], false);
    this.onWritable(stream);
  }
}

function serve(socket: Socket): void {
  const sink = { write: (chunk: Buffer) => void socket.write(chunk) };
  let dirty = true;
  const connection = new Http2Connection({
    role: 'server',
    limits: DEFAULT_HTTP2_LIMITS,
    lists,
    events: {
      onStream: () => new Answer(),
      onOutput() {
        dirty = true;
      },
      onGoingAway() {},
      onCapacity() {},
      onFinished() {},
      onFatal() {
        connection.takeOutput(sink);
        socket.end();
      },
    },
  });
  socket.on('data', chunk => {
    connection.receive(chunk, performance.now());
    while (dirty) {
      dirty = false;
      connection.takeOutput(sink);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => connection.close('lost'));
  connection.takeOutput(sink);
}

/** The port of `server` once it listens on loopback. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Both servers; `certificate` in PEM is for the TLS one. */
export function createServers(certificate: { key: string | Buffer; cert: string | Buffer }): [Server, Server] {
  const tls = createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, serve);
  return [createServer(serve), tls];
}

if (import.meta.main) {
  const [keyFile, certFile] = process.argv.slice(2);
  const certificate = { key: readFileSync(keyFile ?? ''), cert: readFileSync(certFile ?? '') };
  const [plain, tls] = createServers(certificate);
  process.stdout.write(`${await listen(plain)} ${await listen(tls)}\n`);
}
