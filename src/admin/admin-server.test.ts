// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type AdminServer, MAX_CONNECTIONS, startAdminServer } from './admin-server.ts';
import type { AdminResource, AdminSource } from './admin-source.ts';

const ROUTE = { kind: 'GRPCRoute', metadata: { namespace: 'a', name: 'echo' } };
const CLASS = { kind: 'GatewayClass', metadata: { namespace: '', name: 'daemun' } };

describe('the admin server', () => {
  let server: AdminServer;
  let isReady = true;
  let isLoaded = true;
  let staleSince: string | null = null;
  let level = 'info';
  let dumpLength = 0;
  let dumps = 0;
  const source: AdminSource = {
    mesh: async () => ({ fault: 'this process serves no Services' }),
    isLoaded: () => isLoaded,
    readiness: () => (isReady ? { ready: true, staleSince } : { ready: false, reason: 'draining', unbound: [] }),
    metrics: () => [
      {
        name: 'x_total',
        help: 'Two\nlines.',
        type: 'counter',
        samples: [{ labels: { route: 'say "hi"\\' }, value: 2 }],
      },
      {
        name: 'a_seconds',
        help: 'Time.',
        type: 'histogram',
        samples: [{ labels: {}, value: { bounds: [0.5], buckets: [1, 3], sum: 4.5, count: 3 } }],
      },
    ],
    async config() {
      dumps += 1;
      return dumpLength === 0 ? { version: 7 } : { text: 'x'.repeat(dumpLength) };
    },
    bundle: async () => [{ name: 'status.json', text: '{}' }],
    explain: params => (params.has('grpc') ? { explanation: { places: [] } } : { fault: 'grpc is needed' }),
    resources(kind): AdminResource[] | null {
      const found = [ROUTE, CLASS].filter(one => kind === null || one.kind.toLowerCase() === kind);
      return found.length === 0 ? null : found;
    },
    findings: () => [{ code: 'x/y' }],
    summary: () => ({ gateways: [] }),
    logLevel: () => level,
    setLogLevel(wanted) {
      if (wanted !== 'debug') return false;
      level = wanted;
      return true;
    },
  };

  beforeEach(async () => {
    isReady = true;
    isLoaded = true;
    staleSince = null;
    level = 'info';
    dumpLength = 0;
    dumps = 0;
    server = await startAdminServer({ host: '127.0.0.1', port: 0, source });
  });
  afterEach(() => server.close());

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://${server.address}${path}`, init);

  it('is live whatever happens, and ready only when the gateway is', async () => {
    isReady = false;
    assert.equal((await get('/live')).status, 200);
    const ready = await get('/ready');
    assert.equal(ready.status, 503);
    assert.equal(await ready.text(), 'draining\n');
    isReady = true;
    assert.equal((await get('/ready')).status, 200);
  });

  it('ends the connections that were longest without a request, so that none takes the descriptors of others', async () => {
    const [host = '', port = ''] = server.address.split(':');
    const open = async (): Promise<Socket> => {
      const socket = connect(Number(port), host).on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    const asked = await open();
    const silent: Socket[] = [];
    const ended: Promise<unknown>[] = [];
    for (let i = 0; i < MAX_CONNECTIONS - 1; i++) {
      const socket = await open();
      silent.push(socket.resume());
      ended.push(once(socket, 'close'));
    }
    asked.write('GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await once(asked, 'data');
    assert.equal((await get('/live')).status, 200);
    await ended[0];
    asked.write('GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await once(asked, 'data');
    assert.equal(silent.at(-1)?.closed, false);
    for (const socket of [asked, ...silent]) socket.destroy();
  });

  it('holds no more for slow readers than there is room for, and has it again when they go', async t => {
    // More than the kernel takes of an answer that nobody reads.
    const maxSendingBytes = 40 * 1024 * 1024;
    const small = await startAdminServer({ host: '127.0.0.1', port: 0, source, maxSendingBytes });
    t.after(() => small.close());
    const [host = '', port = ''] = small.address.split(':');
    /** A connection for each: none that the server may be about to close. */
    const ask = async (path: string): Promise<IncomingMessage> => {
      const [response] = await once(request({ host, port, path, agent: false }).end(), 'response');
      response.destroy();
      return response;
    };
    dumpLength = 0.4 * maxSendingBytes;
    const slow = connect({ host, port: Number(port) });
    // The second answer waits behind the first one, which nobody takes.
    const asked = ['config', 'config/again'].map(page => `GET /${page} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    slow.write(asked.join(''));
    await once(slow, 'readable');
    const refused = await ask('/config');
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.headers['retry-after'], '1');
    assert.equal((await ask('/live')).statusCode, 200);
    assert.equal((await ask('/findings')).statusCode, 200);
    slow.destroy();
    // Gone before its answer is made.
    const gone = connect({ host, port: Number(port) });
    gone.end('GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', () => gone.destroy());
    await once(gone, 'close');
    dumpLength = maxSendingBytes - 1024;
    while ((await ask('/config')).statusCode === 503);
  });

  it('makes one dump for all who ask at once', async () => {
    const [host = '', port = ''] = server.address.split(':');
    const socket = connect(Number(port), host).setEncoding('latin1');
    const ask = (more: string): string => `GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;
    socket.write(ask('').repeat(20) + ask('Connection: close\r\n'));
    let text = '';
    for await (const part of socket) text += part;
    assert.equal(text.match(/"version": 7/g)?.length, 21);
    assert.ok(dumps <= 2, `${dumps} dumps`);
  });

  it('tells no page from one that there is nothing to say on', async () => {
    const mesh = await get('/mesh');
    assert.equal(mesh.status, 409);
    assert.match(await mesh.text(), /this process serves no Services/);
    assert.equal((await get('/no-page')).status, 404);
  });

  it('says of what is served that nothing is yet, and when to ask again', async () => {
    isLoaded = false;
    isReady = false;
    for (const path of ['/explain?grpc=a.B/C', '/explain', '/resources', '/findings', '/config', '/mesh']) {
      const answer = await get(path);
      assert.equal(answer.status, 503, path);
      assert.equal(answer.headers.get('retry-after'), '1');
      assert.match(await answer.text(), /nothing is served yet: draining/);
    }
    for (const path of ['/status', '/metrics', '/live', '/bundle']) assert.equal((await get(path)).status, 200, path);
  });

  it('says from when that is which is served, when that is not now', async () => {
    assert.equal(await (await get('/ready')).text(), 'ok\n');
    staleSince = '2026-01-02T03:04:05Z';
    const ready = await get('/ready');
    assert.deepEqual(
      [ready.status, await ready.text()],
      [200, 'ok, with the cluster as it was at 2026-01-02T03:04:05Z\n'],
    );
    assert.deepEqual(await (await get('/ready?output=json')).json(), { ready: true, staleSince });
  });

  it('lists objects, those of a kind, of a namespace, and one alone', async () => {
    assert.deepEqual(await (await get('/resources')).json(), [ROUTE, CLASS]);
    assert.deepEqual(await (await get('/resources/grpcroute')).json(), [ROUTE]);
    assert.deepEqual(await (await get('/resources/grpcroute/b')).json(), []);
    assert.deepEqual(await (await get('/resources/grpcroute/a/echo')).json(), ROUTE);
    assert.deepEqual(await (await get('/resources/gatewayclass/daemun')).json(), CLASS);
    for (const path of ['grpcroute/a/none', 'grpcrout', 'grpcrout/a', 'grpcrout/a/echo']) {
      assert.equal((await get(`/resources/${path}`)).status, 404, path);
    }
  });

  it('writes the Prometheus text format: sorted, escaped, buckets cumulative', async () => {
    const response = await get('/metrics');
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const known = text.split('\n').filter(line => /(?:^| )[ax]_[a-z]+/.test(line));
    assert.deepEqual(known, [
      '# HELP a_seconds Time.',
      '# TYPE a_seconds histogram',
      'a_seconds_bucket{le="0.5"} 1',
      'a_seconds_bucket{le="+Inf"} 3',
      'a_seconds_sum 4.5',
      'a_seconds_count 3',
      '# HELP x_total Two\\nlines.',
      '# TYPE x_total counter',
      'x_total{route="say \\"hi\\"\\\\"} 2',
    ]);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    assert.deepEqual(names, names.toSorted());
    assert.match(text, /^process_cpu_seconds_total \d/m);
    assert.match(text, /^process_open_fds \d/m);
    const misnamed = [...text.matchAll(/^# TYPE (\S+_total) gauge$/gm)].map(([, name]) => name);
    assert.deepEqual(misnamed, []);
  });

  it('changes the log level with PUT, and refuses a level that is none', async () => {
    assert.deepEqual(await (await get('/log-level?level=debug', { method: 'PUT' })).json(), { level: 'debug' });
    assert.equal(level, 'debug');
    assert.equal((await get('/log-level?level=loud', { method: 'PUT' })).status, 400);
    assert.equal((await get('/log-level', { method: 'DELETE' })).status, 405);
  });

  it('changes nothing for a form, which can only send POST', async () => {
    const posted = await get('/log-level?level=debug', { method: 'POST' });
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get('allow'), 'GET, HEAD, PUT');
    assert.equal(level, 'info');
  });

  /** With headers that `fetch` keeps for itself. */
  const statusWith = (headers: Record<string, string>): Promise<number | undefined> => {
    const [host = '', port = ''] = server.address.split(':');
    return new Promise((resolve, reject) => {
      const asked = request({ host, port, path: '/config', headers }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
  };

  it('answers no web page: neither a foreign name that leads here, nor a script of another site', async () => {
    assert.equal(await statusWith({ host: server.address }), 200);
    assert.equal(await statusWith({ host: 'localhost:9900' }), 200);
    assert.equal(await statusWith({ host: '[::1]:9900' }), 200);
    assert.equal(await statusWith({ host: 'evil.example' }), 403);
    assert.equal(await statusWith({ host: '127.0.0.1.evil.example:9900' }), 403);
    assert.equal(await statusWith({ host: server.address, origin: `http://${server.address}` }), 200);
    assert.equal(await statusWith({ host: server.address, origin: 'https://evil.example' }), 403);
    assert.equal(await statusWith({ host: server.address, origin: 'null' }), 403);
    assert.equal(await statusWith({ host: server.address, 'sec-fetch-site': 'cross-site' }), 403);
  });

  it('answers explain, config, findings and status as JSON', async () => {
    assert.deepEqual(await (await get('/explain?grpc=a.B/C')).json(), { places: [] });
    assert.equal((await get('/explain')).status, 400);
    const files = (await (await get('/bundle')).json()) as { name: string; text: string }[];
    assert.deepEqual(
      files.map(({ name }) => name),
      ['status.json', 'metrics.txt'],
    );
    assert.match(files[1]?.text ?? '', /^# HELP /);
    assert.deepEqual(await (await get('/config')).json(), { version: 7 });
    assert.deepEqual(await (await get('/findings')).json(), [{ code: 'x/y' }]);
    assert.deepEqual(await (await get('/status')).json(), { gateways: [] });
  });

  it('takes questions about a request as long as one may be', async () => {
    const cookie = `cookie:${'%41'.repeat(64 * 1024)}`;
    assert.equal((await get(`/explain?grpc=a.B/C&header=${cookie}`)).status, 200);
  });

  it('has an index with links, HEAD without a body, and 404 for the rest', async () => {
    assert.match(await (await get('/')).text(), /<a href="\/metrics">/);
    assert.equal(await (await get('/status', { method: 'HEAD' })).text(), '');
    assert.equal((await get('/nothing')).status, 404);
    assert.equal((await get('/constructor')).status, 404);
    assert.equal((await get('/status', { method: 'POST' })).status, 405);
  });

  it('rejects with the code of the OS when the port is in use', async () => {
    const port = Number(server.address.split(':')[1]);
    await assert.rejects(startAdminServer({ host: '127.0.0.1', port, source }), { code: 'EADDRINUSE' });
  });
});
