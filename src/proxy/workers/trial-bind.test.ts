// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { type Binding, EMPTY_SNAPSHOT } from '../../snapshot/index.ts';
import { freePort } from '../data-plane.test-support.ts';
import { PortClaims } from './port-claims.ts';
import { trialBind, trialBindDatagrams } from './trial-bind.ts';

const LISTEN_CALLS = 'tracing:net.server.listen:asyncStart';
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise(resolve => server.close(resolve));
});

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer().listen({ host, port, reusePort: true });
  open.push(server);
  await once(server, 'listening');
  return server;
}

describe('a trial bind', () => {
  it('is refused where another socket listens, even one that would share the port', async () => {
    const port = await freePort();
    assert.equal(await trialBind('127.0.0.1', port), null);
    await listen(port, '127.0.0.1');
    assert.equal(await trialBind('127.0.0.1', port), 'EADDRINUSE');
    assert.equal(await trialBind('0.0.0.0', port), 'EADDRINUSE');
  });

  it('is not refused for connections that a server left behind', async () => {
    const port = await freePort();
    const server = await listen(port, '127.0.0.1');
    const client = connect(port, '127.0.0.1');
    const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    server.close();
    assert.equal(await trialBind('127.0.0.1', port), null);
    client.destroy();
    accepted.destroy();
  });

  it('lets go of the port, again and again', async () => {
    const port = await freePort();
    for (let times = 0; times < 20; times++) assert.equal(await trialBind('127.0.0.1', port), null);
    await listen(port, '127.0.0.1');
  });

  it('says why an address cannot be bound', async () => {
    assert.equal(await trialBind('192.0.2.1', await freePort()), 'EADDRNOTAVAIL');
  });

  it('does not end the process where nothing can be connected to', async () => {
    // As any address is while its interface is down, and `::` where IPv6 is switched off. One of broadcast can be bound, by Linux.
    const refused = await trialBind('127.255.255.255', await freePort());
    assert.equal(refused, process.platform === 'linux' ? null : 'EADDRNOTAVAIL');
  });
});

describe('a claim of a port', () => {
  it('never listens: no client is welcomed before there is somebody to serve it', async () => {
    const listens: unknown[] = [];
    const note = (message: unknown): number => listens.push(message);
    const port = await freePort();
    subscribe(LISTEN_CALLS, note);
    try {
      const bindings = [{ id: `127.0.0.1:${port}/tcp`, address: '127.0.0.1', port } as Binding];
      const failures = await new PortClaims(async () => new Set()).check({ ...EMPTY_SNAPSHOT, bindings });
      assert.equal(failures.size, 0);
      assert.equal(listens.length, 0);
      await listen(port, '127.0.0.1');
      assert.equal(listens.length, 1, 'this test would have noticed');
    } finally {
      unsubscribe(LISTEN_CALLS, note);
    }
  });
});

describe('the trial of a UDP port', () => {
  it('says whether it is free, apart from TCP, and lets go of it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await trialBindDatagrams('127.0.0.1', port), null);
    const taken = createSocket('udp4').bind(port, '127.0.0.1');
    await once(taken, 'listening');
    assert.equal(await trialBindDatagrams('127.0.0.1', port), 'EADDRINUSE');
    taken.close();
    server.close();
    await once(server, 'close');
    assert.equal(await trialBindDatagrams('192.0.2.1', port), 'EADDRNOTAVAIL');
  });
});
