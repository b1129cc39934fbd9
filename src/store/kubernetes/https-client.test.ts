// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { certificate } from '../../proxy/listeners/certificate.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import type { KubeAccess } from './credentials.ts';
import { httpsClient, type Patience } from './https-client.ts';
import { KubeRefusal, KubeUnreachable, type KubeWatchEvent, retryAfterMs, type WatchStream } from './kube-client.ts';

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(t: TestContext, server: string, more: Partial<KubeAccess> = {}, patience?: Patience) {
  const prove = () => Promise.resolve({ authorization: 'Bearer t', certificate: null });
  const access = { server, ca: () => null, verify: true, serverName: null, namespace: 'default', prove, ...more };
  const client = httpsClient(access, patience);
  t.after(() => client.close());
  return client;
}

describe('a client of an API server', () => {
  it('sends path, query, token and JSON, and gives back any answer', async t => {
    const server = await serve(t, async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const { method, url, headers } = request;
      response.writeHead(409, { 'retry-after': '7' });
      response.end(JSON.stringify({ method, url, type: headers['content-type'], auth: headers.authorization, body }));
    });
    const client = clientOf(t, `${server}/prefix`);
    const answer = await client.request({ method: 'PATCH', path: '/api/v1/x', query: { a: 'b c' }, body: { k: 'ü' } });
    assert.equal(answer.status, 409);
    assert.equal(retryAfterMs(answer), 7_000);
    assert.deepEqual(answer.json, {
      method: 'PATCH',
      url: '/prefix/api/v1/x?a=b+c',
      type: 'application/merge-patch+json',
      auth: 'Bearer t',
      body: '{"k":"ü"}',
    });
  });

  it('asks for a new token once when the server refuses it', async t => {
    const server = await serve(t, ({ headers }, response) => {
      response.writeHead(headers.authorization === 'Bearer new' ? 200 : 401).end('{}');
    });
    const asked: boolean[] = [];
    const client = clientOf(t, server, {
      prove(isRefused) {
        asked.push(isRefused);
        return Promise.resolve({ authorization: isRefused ? 'Bearer new' : 'Bearer old', certificate: null });
      },
    });
    assert.equal((await client.request({ method: 'GET', path: '/' })).status, 200);
    assert.deepEqual(asked, [false, true]);
  });

  it('keeps no connection that was made with another certificate, but lets go on what goes on there', async t => {
    const closed: string[] = [];
    const said: { say?: () => void } = {};
    const server = await serve(t, ({ url = '', socket }, response) => {
      socket.once('close', () => closed.push(url));
      if (url !== '/w') return void response.end('{}');
      response.flushHeaders();
      said.say = () => response.end('{"type":"BOOKMARK","object":{}}\n');
    });
    const proof = (cert: string) => ({ authorization: null, certificate: { cert, key: 'k' } });
    let current = proof('a');
    const client = clientOf(t, server, { prove: () => Promise.resolve(current) });
    const events: KubeWatchEvent[] = [];
    const opened = Promise.withResolvers<void>();
    const { signal } = new AbortController();
    const watching = client.watch({ path: '/w', signal, onOpen: opened.resolve }, event => events.push(event));
    await opened.promise;
    await client.request({ method: 'GET', path: '/old' });
    current = proof('b');
    await client.request({ method: 'GET', path: '/new' });
    await until(() => closed.length > 0);
    assert.deepEqual(closed, ['/old']);
    said.say?.();
    await watching;
    assert.equal(events.length, 1);
    await until(() => closed.length > 1);
    assert.deepEqual(closed, ['/old', '/w']);
  });

  it('trusts another authority from when its file holds that', async t => {
    const [old, fresh] = await Promise.all(['old', 'new'].map(id => certificate(id, ['localhost'])));
    assert.ok(old !== undefined && fresh !== undefined);
    const server = createTlsServer({ cert: fresh.chain, key: fresh.key }, (_, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close().closeAllConnections());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    let trusted = old.chain;
    const client = clientOf(t, url, { ca: () => trusted, serverName: 'localhost' });
    await assert.rejects(client.request({ method: 'GET', path: '/' }), KubeUnreachable);
    trusted = fresh.chain;
    assert.equal((await client.request({ method: 'GET', path: '/' })).status, 200);
  });

  it('hands over the events of a watch, however they are cut, until the server ends it', async t => {
    const text = ['ADDED', 'MODIFIED'].map(type => `${JSON.stringify({ type, object: { n: 'ü' } })}\n`).join('');
    const bytes = Buffer.from(text);
    const server = await serve(t, async (_, response) => {
      for (const byte of bytes) await new Promise(done => response.write(Buffer.from([byte]), done));
      response.end();
    });
    const events: KubeWatchEvent[] = [];
    await clientOf(t, server).watch({ path: '/w', signal: new AbortController().signal }, event => events.push(event));
    assert.deepEqual(
      events.map(event => [event.type, event.object]),
      [
        ['ADDED', { n: 'ü' }],
        ['MODIFIED', { n: 'ü' }],
      ],
    );
  });

  it('reads nothing of a watch while that stands still', async t => {
    const said = `${JSON.stringify({ type: 'MODIFIED', object: { text: 'x'.repeat(3_000) } })}\n`;
    let say = (): Promise<void> => Promise.resolve();
    const server = await serve(t, (_, response) => {
      say = () => new Promise(done => response.write(said, () => done()));
      void say();
    });
    let events = 0;
    const stop = new AbortController();
    const sayTen = async (): Promise<void> => {
      for (let times = 0; times < 10; times++) await say();
      // Each turn of the event loop would read what came.
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
    };
    const standStill = async (stream: WatchStream): Promise<void> => {
      const { socket } = stream as unknown as { readonly socket: Socket };
      stream.pause();
      // Reads that were asked for by then come to their end.
      await sayTen();
      await sayTen();
      const known = [events, socket.bytesRead];
      await sayTen();
      assert.deepEqual([events, socket.bytesRead], known);
      stream.resume();
    };
    let stood: Promise<void> | null = null;
    const onPiece = (stream: WatchStream): void => {
      stood ??= standStill(stream);
    };
    await clientOf(t, server).watch({ path: '/w', signal: stop.signal, onPiece }, () => {
      if (++events === 31) stop.abort();
    });
    await stood;
    assert.equal(events, 31);
  });

  it('tells refusal, loss and silence apart', async t => {
    const server = await serve(t, ({ url }, response) => {
      if (url === '/gone') response.writeHead(410).end('{"message":"too old"}');
      else response.write('{"type"', () => response.destroy());
    });
    const { signal } = new AbortController();
    const client = clientOf(t, server);
    const gone = client.watch({ path: '/gone', signal }, () => undefined);
    await assert.rejects(
      gone,
      error => error instanceof KubeRefusal && error.status === 410 && /too old/.test(error.message),
    );
    await assert.rejects(
      client.watch({ path: '/cut', signal }, () => undefined),
      KubeUnreachable,
    );
    const nobody = clientOf(t, 'http://127.0.0.1:1');
    await assert.rejects(nobody.request({ method: 'GET', path: '/' }), KubeUnreachable);
  });

  it('gives up a watch that is silent for longer than an API server is', async t => {
    const server = await serve(t, (_, response) => response.write('{"type":"BOOKMARK","object":{}}\n'));
    const client = clientOf(t, server, {}, { requestMs: 10_000, watchMs: 20 });
    const events: KubeWatchEvent[] = [];
    const watch = client.watch({ path: '/w', signal: new AbortController().signal }, event => events.push(event));
    await assert.rejects(watch, error => error instanceof KubeUnreachable && /silent/.test(error.message));
    assert.equal(events.length, 1);
  });

  it('trusts none of its idle connections once a request had no answer', async t => {
    let isCutOff = false;
    const sockets = new Set<unknown>();
    const server = await serve(t, ({ socket }, response) => {
      // What was connected before is dead; what comes later is well.
      if (isCutOff && sockets.has(socket)) return;
      sockets.add(socket);
      setImmediate(() => response.end('{}'));
    });
    const client = clientOf(t, server, {}, { requestMs: 200, watchMs: 10_000 });
    const get = () => client.request({ method: 'GET', path: '/' });
    await Promise.all([get(), get(), get(), get()]);
    assert.equal(sockets.size, 4);
    isCutOff = true;
    await assert.rejects(get(), KubeUnreachable);
    assert.equal((await get()).status, 200);
  });

  it('ends a watch when asked to', async t => {
    const server = await serve(t, (_, response) => response.write('{"type":"BOOKMARK","object":{}}\n'));
    const stop = new AbortController();
    await clientOf(t, server).watch({ path: '/w', signal: stop.signal }, () => stop.abort());
  });
});
