// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type Http2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

const GRPC = { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc', te: 'trailers' };

describe('flow control', () => {
  let gateway: TestGateway;
  let clock: VirtualClock;
  let server: Http2Server;
  let session: ReturnType<typeof connect>;
  let serve: (stream: ServerHttp2Stream) => void = () => {};

  beforeEach(async () => {
    clock = new VirtualClock();
    gateway = new TestGateway({}, undefined, clock);
    server = createServer({ maxSessionMemory: 1_000 });
    server.on('stream', stream => {
      stream.on('error', () => {});
      serve(stream);
    });
    server.on('session', one => one.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await gateway.apply({ listeners: [listener('grpc', [rule('r', [backend('a')])])], clusters: { a: [port] } });
    session = connect(`http://127.0.0.1:${gateway.port}`);
    session.on('error', () => {});
  });
  afterEach(() => {
    session.destroy();
    server.close();
    gateway.close();
  });

  function call(): ClientHttp2Stream {
    const stream = session.request(GRPC);
    stream.on('error', () => {});
    return stream;
  }

  it('stops an endpoint whose client does not read, and loses nothing', async () => {
    const total = 8 * 1024 * 1024;
    const piece = Buffer.alloc(65_536, 'x');
    let written = 0;
    let stalled: () => void = () => {};
    const stall = new Promise<void>(resolve => {
      stalled = resolve;
    });
    serve = stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      const pump = (): void => {
        while (written < total) {
          written += piece.length;
          if (!stream.write(piece)) {
            let hasDrained = false;
            stream.once('drain', () => {
              hasDrained = true;
              pump();
            });
            void roundTrips(stream.session).then(() => {
              if (!hasDrained) stalled();
            });
            return;
          }
        }
        stream.end();
      };
      pump();
    };
    const stream = call();
    stream.end();
    await once(stream, 'response');
    await stall;
    assert.ok(written < 2 * 1024 * 1024, `the endpoint wrote ${written} bytes to a client that reads nothing`);
    let received = 0;
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    const [[trailers]] = await Promise.all([once(stream, 'trailers'), once(stream, 'end')]);
    assert.equal(trailers['grpc-status'], '0');
    assert.equal(received, total);
  });

  it('stops a client whose endpoint does not read', async () => {
    let accepted: (stream: ServerHttp2Stream) => void = () => {};
    const upstream = new Promise<ServerHttp2Stream>(resolve => {
      accepted = resolve;
    });
    serve = stream => accepted(stream);
    const stream = call();
    let written = 0;
    const piece = Buffer.alloc(65_536, 'x');
    while (stream.write(piece)) written += piece.length;
    const server = await upstream;
    for (let quiet = 0; quiet < 5; quiet++) {
      const drained = await Promise.race([
        once(stream, 'drain').then(() => true),
        roundTrips(session).then(() => false),
      ]);
      if (!drained) continue;
      quiet = -1;
      assert.ok(written < 2 * 1024 * 1024, `the client wrote ${written} bytes to an endpoint that reads nothing`);
      do written += piece.length;
      while (stream.write(piece));
    }
    let received = 0;
    server.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    stream.end();
    await once(server, 'end');
    assert.ok(received >= written);
    server.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    const [headers] = await once(stream, 'response');
    assert.equal(headers['grpc-status'], '0');
  });

  it('resets the stream that holds most when the connection holds too much, and no other', async () => {
    serve = stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      const piece = Buffer.alloc(262_144, 'x');
      const pump = (): void => {
        if (!stream.destroyed) stream.write(piece, () => pump());
      };
      pump();
    };
    const streams = Array.from({ length: 90 }, () => {
      const stream = call();
      stream.end();
      return stream;
    });
    const reset = await Promise.race(
      streams.map(
        stream => new Promise<number | undefined>(resolve => stream.once('close', () => resolve(stream.rstCode))),
      ),
    );
    assert.equal(reset, 11);
    assert.ok(gateway.metric('daemun_limit_hits_total', { limit: 'connection_buffer' }) >= 1);
    assert.ok(streams.some(stream => !stream.closed));
  });

  it('answers DEADLINE_EXCEEDED itself when an endpoint ignores the deadline of the call', async () => {
    let closed: (code: number) => void = () => {};
    const cancelled = new Promise<number>(resolve => {
      closed = resolve;
    });
    serve = stream => {
      stream.on('close', () => closed(stream.rstCode));
      clock.advance(40);
    };
    const stream = session.request({ ...GRPC, 'grpc-timeout': '40m' });
    stream.end();
    const [headers] = await once(stream, 'response');
    assert.equal(headers['grpc-status'], '4');
    assert.equal(headers['grpc-message'], 'the deadline of the call of 40 ms passed');
    // Resets go out at a pace.
    clock.advance(1_000);
    assert.equal(await cancelled, 8);
    const late = session.request({ ...GRPC, 'grpc-timeout': '0n' });
    late.end();
    const [atOnce] = await once(late, 'response');
    assert.equal(atOnce['grpc-status'], '4');
  });

  it('ends a started answer with DEADLINE_EXCEEDED trailers', async () => {
    serve = stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.from([0, 0, 0, 0, 0]));
    };
    const stream = session.request({ ...GRPC, 'grpc-timeout': '60m' });
    stream.end();
    stream.resume();
    await once(stream, 'response');
    clock.advance(60);
    const [trailers] = await once(stream, 'trailers');
    assert.equal(trailers['grpc-status'], '4');
  });

  it('answers before the request ended, then tells the client to stop', async () => {
    serve = stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '9' }, { endStream: true });
    };
    const stream = call();
    stream.write(Buffer.from([0, 0, 0, 0, 0]));
    const [headers] = await once(stream, 'response');
    assert.equal(headers['grpc-status'], '9');
    await once(stream, 'close');
    assert.equal(stream.rstCode, 0);
  });

  it('tries a refused stream once more', async () => {
    let calls = 0;
    serve = stream => {
      calls++;
      if (calls === 1) {
        stream.close(7);
        return;
      }
      let body = '';
      stream.on('data', chunk => {
        body += chunk;
      });
      stream.on('end', () => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0', body },
          { endStream: true },
        );
      });
    };
    const stream = call();
    stream.end('hello');
    const [headers] = await once(stream, 'response');
    assert.equal(headers['grpc-status'], '0');
    assert.equal(headers['body'], 'hello');
    assert.equal(calls, 2);
  });

  it('tries a call again that GOAWAY left out twice', async t => {
    let goaways = 2;
    const bodies: string[] = [];
    let connections = 0;
    const sockets: Socket[] = [];
    const raw = createTcpServer(socket => {
      sockets.push(socket);
      connections++;
      socket.on('error', () => {});
      if (goaways > 0) leaveOut(socket, () => goaways--);
      else server.emit('connection', socket);
    });
    raw.listen(0, '127.0.0.1');
    t.after(() => {
      raw.close();
      for (const socket of sockets) socket.destroy();
    });
    await once(raw, 'listening');
    const { port } = raw.address() as AddressInfo;
    await gateway.apply({ listeners: [listener('grpc', [rule('r', [backend('a')])])], clusters: { a: [port] } });
    serve = stream => {
      let body = '';
      stream.on('data', chunk => {
        body += chunk;
      });
      stream.on('end', () => {
        bodies.push(body);
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
      });
    };
    const first = call();
    first.end('hello');
    const [served] = await once(first, 'response');
    assert.deepEqual([served['grpc-status'], bodies, connections], ['0', ['hello'], 3]);
    assert.equal(gateway.metric('daemun_upstream_retries_total'), 2);
  });

  it('gives up a call that was refused three times', async () => {
    let calls = 0;
    serve = stream => {
      calls++;
      stream.close(7);
    };
    const stream = call();
    stream.end('hello');
    const [headers] = await once(stream, 'response');
    assert.deepEqual([headers['grpc-status'], calls], ['14', 3]);
  });
});

const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** NO_ERROR, last stream 0: what was opened was not looked at. */
const GOAWAY = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** After these the peer has acted on all that it was sent: what waits then waits for more than time. */
async function roundTrips(session: Http2Session | undefined): Promise<void> {
  for (let i = 0; i < 20 && session !== undefined && !session.destroyed; i++) {
    await new Promise<void>(resolve => session.ping(() => resolve()));
  }
}

/** An HTTP/2 endpoint that says GOAWAY when the first call has ended. */
function leaveOut(socket: Socket, done: () => void): void {
  let input = Buffer.alloc(0);
  let hasLeft = false;
  socket.write(SETTINGS);
  socket.on('data', chunk => {
    input = Buffer.concat([input, chunk]);
    if (hasLeft || !input.includes('hello')) return;
    hasLeft = true;
    done();
    socket.end(GOAWAY);
  });
}
