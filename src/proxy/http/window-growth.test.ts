// SPDX-License-Identifier: Apache-2.0

/** Windows of requests and responses grow for the client whose connection is charged with what waits in them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Http2Session } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, connect as dial } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { SocketLoop } from '../io/index.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';

const MIB = 1024 * 1024;
const BODY = Buffer.alloc(8 * MIB);
const PREFACE_BYTES = 24;
const WINDOW_UPDATE = 8;
const settings = { initialWindowSize: 16 * MIB };

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A way to `port` that writes down what it says. */
async function overheard(port: number): Promise<{ port: number; asked: Buffer[]; said: Buffer[] }> {
  const asked: Buffer[] = [];
  const said: Buffer[] = [];
  const server = createTcpServer(near => {
    const far = dial(port, '127.0.0.1');
    cleanups.push(
      () => near.destroy(),
      () => far.destroy(),
    );
    near.on('data', chunk => void asked.push(chunk)).pipe(far);
    far.on('data', chunk => void said.push(chunk)).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked, said };
}

/** What was given of streams' windows beyond what they began with. */
function creditIn(bytes: Buffer): number {
  let credit = 0;
  for (let at = 0; at + 13 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === WINDOW_UPDATE && bytes.readUInt32BE(at + 5) !== 0) credit += bytes.readUInt32BE(at + 9);
  }
  return credit;
}

function widen(session: Http2Session): void {
  session.setLocalWindowSize(16 * MIB);
}

/** A gateway for which each look at the clock is 10 ms after the last, between a client and a server that take all they are sent. */
async function bed() {
  const server = createServer({ settings });
  server.on('session', session => void widen(session));
  server.on('stream', stream => {
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(BODY);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  const toEndpoint = await overheard((server.address() as AddressInfo).port);
  let nowMs = 0;
  const gateway = new TestGateway(
    {},
    new SocketLoop(() => {
      nowMs += 10;
      return nowMs;
    }),
  );
  cleanups.push(() => gateway.close());
  await gateway.apply({
    listeners: [httpListener('http', { '/': 'a' })],
    clusters: { a: [toEndpoint.port] },
    clusterChanges: { protocol: 'h2' },
  });
  const toGateway = await overheard(gateway.port);
  const client = connect(`http://127.0.0.1:${toGateway.port}`, { settings });
  cleanups.push(() => client.destroy());
  await once(client, 'connect');
  widen(client);
  return { client, toGateway, toEndpoint };
}

describe('a body that comes in many round trips', () => {
  it('gets a wider window on its way to and from the endpoint', async () => {
    const { client, toGateway, toEndpoint } = await bed();
    const stream = client.request({ ':method': 'POST', ':path': '/' });
    stream.end(BODY);
    let received = 0;
    for await (const chunk of stream) received += (chunk as Buffer).length;
    assert.equal(received, BODY.length);
    const ofRequest = creditIn(Buffer.concat(toGateway.said));
    const ofResponse = creditIn(Buffer.concat(toEndpoint.asked).subarray(PREFACE_BYTES));
    for (const credit of [ofRequest, ofResponse]) assert.ok(credit > BODY.length, `${ofRequest}, ${ofResponse} bytes`);
  });
});
