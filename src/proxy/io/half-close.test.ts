// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { MessageConnection, OutputSink } from '../../wire/index.ts';
import { SocketLoop } from './socket-loop.ts';
import { SocketTransport } from './socket-transport.ts';

const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Answers what it got when the peer has ended its side. */
class EchoAtEnd {
  transport: SocketTransport | null = null;
  readonly events: string[] = [];
  readonly #goesOn: boolean;
  #input: Buffer[] = [];
  #output: Buffer | null = null;

  constructor(goesOn: boolean) {
    this.#goesOn = goesOn;
  }

  receive(chunk: Buffer): void {
    this.#input.push(Buffer.from(chunk));
  }
  receiveEnd(): boolean {
    this.events.push('peer ended');
    if (!this.#goesOn) return false;
    this.#output = Buffer.concat(this.#input);
    this.transport?.shut();
    return true;
  }
  takeOutput(sink: OutputSink): void {
    if (this.#output === null) return;
    sink.write(this.#output);
    sink.end?.();
    this.#output = null;
  }
  outputBlocked(): void {}
  deferOutput(): number {
    return 0;
  }
  close(reason: string): void {
    this.events.push(`closed ${reason}`);
  }
}

/** A client's socket, and the server's side of it on a transport. */
async function joined(connection: EchoAtEnd): Promise<{ client: Socket; closed: Promise<void> }> {
  let onClosed = (): void => {};
  const closed = new Promise<void>(resolve => {
    onClosed = resolve;
  });
  const loop = new SocketLoop(() => 0);
  const server = createServer(socket => {
    const transport = new SocketTransport(socket, loop, { onTransportClosed: onClosed });
    connection.transport = transport;
    transport.start(connection as unknown as MessageConnection);
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  open.push({ close: () => client.destroy() });
  return { client, closed };
}

describe('a transport whose peer ends its side', () => {
  it('still writes when the connection says that the exchange is not over', async () => {
    const connection = new EchoAtEnd(true);
    const { client, closed } = await joined(connection);
    const chunks: Buffer[] = [];
    client.on('data', chunk => chunks.push(chunk));
    client.end('all of the request');
    await once(client, 'end');
    assert.equal(Buffer.concat(chunks).toString(), 'all of the request');
    await closed;
    assert.deepEqual(connection.events, ['peer ended', 'closed lost']);
  });

  it('ends ours too when there are no half-closed connections', async () => {
    const connection = new EchoAtEnd(false);
    const { client, closed } = await joined(connection);
    client.resume().end('x');
    await once(client, 'end');
    await closed;
    assert.deepEqual(connection.events, ['peer ended', 'closed lost']);
  });
});
