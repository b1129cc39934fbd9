// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2, createServer as createHttp2Server, type IncomingHttpHeaders } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { VirtualClock } from '../proxy/virtual-clock.test-support.ts';
import { SkippingClock } from '../time/skipping-clock.test-support.ts';
import { until } from '../time/until.test-support.ts';
import { type ControllerLog, createLog } from './log/log.ts';
import type { RunningGateway } from './running-gateway.ts';
import type { StandaloneOptions } from './standalone-options.ts';
import { startStandalone } from './start-standalone.ts';

const gateway = (name: string, port: number): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name} }
spec:
  gatewayClassName: daemun
  listeners: [{ name: http, port: ${port}, protocol: HTTP }]
`;
const route = (parent: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: echo }
spec:
  parentRefs: [{ name: ${parent} }]
  rules:
    - matches: [{ method: { service: api.Echo } }]
      backendRefs: [{ name: echo, port: 9000 }]
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { ports: [{ port: 9000 }] }
`;

describe('a standalone gateway', () => {
  let folder = '';
  let running: RunningGateway | null = null;
  let lines: string[] = [];
  let log: ControllerLog;
  let clock: SkippingClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-standalone-'));
    lines = [];
    clock = new SkippingClock();
    log = createLog({ level: 'info', format: 'json', colours: false, write: line => lines.push(line) });
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await rm(folder, { recursive: true });
  });

  it('follows a log level that is changed while it runs, down to single requests', { timeout: 60_000 }, async () => {
    const { adminAddress, listeners } = await start(gateway('a', 8080) + route('a'), {
      admin: { host: '127.0.0.1', port: 0 },
    });
    const session = connectHttp2(`http://127.0.0.1:${listeners[0]?.port}`);
    const request = async (): Promise<void> => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api.Echo/Echo',
        'content-type': 'application/grpc',
      });
      stream.resume().end();
      await once(stream, 'close');
    };
    const setLevel = (level: string): Promise<unknown> =>
      fetch(`http://${adminAddress}/log-level?level=${level}`, { method: 'PUT' });
    await request();
    assert.equal(lines.filter(line => line.includes('"request')).length, 0);
    await setLevel('debug');
    await request();
    await until(() => lines.some(line => line.includes('"request ended"')));
    assert.match(lines.find(line => line.includes('"request"')) ?? '', /"route":"default\/echo","rule":"0"/);
    session.destroy();
  });
  /** One call; the answer's head. */
  const call = async (port: number, headers: Record<string, string> = {}): Promise<IncomingHttpHeaders> => {
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    const grpc = { ':method': 'POST', ':path': '/api.Echo/Echo', 'content-type': 'application/grpc', te: 'trailers' };
    const stream = client.request({ ...grpc, ...headers });
    stream.end(Buffer.alloc(5));
    stream.resume();
    const [head] = await once(stream, 'response');
    client.destroy();
    return head;
  };

  const start = async (text: string, options: Partial<StandaloneOptions> = {}): Promise<RunningGateway> => {
    await writeFile(join(folder, 'gw.yaml'), text);
    running = await startStandalone({ paths: [folder], ports: 'ephemeral', log, clock, ...options });
    return running;
  };
  const change = async (text: string, isLive: () => boolean): Promise<void> => {
    await writeFile(join(folder, 'gw.yaml'), text);
    await clock.until(isLive);
  };

  it('gives each Gateway an address of its own, stable while it runs', async () => {
    const standalone = await start(gateway('a', 80) + gateway('b', 80));
    const addresses = () => Object.fromEntries(standalone.listeners.map(one => [one.gateway.name, one.address]));
    assert.deepEqual(addresses(), { a: '127.0.0.1', b: '127.0.0.2' });
    await change(gateway('b', 80), () => standalone.listeners.length === 1);
    assert.deepEqual(addresses(), { b: '127.0.0.2' });
    await change(gateway('c', 80) + gateway('b', 80), () => standalone.listeners.length === 2);
    assert.deepEqual(addresses(), { b: '127.0.0.2', c: '127.0.0.3' });
  });

  it('shows statuses, and keeps the time of a condition that did not change', async () => {
    const standalone = await start(gateway('a', 80) + route('a'));
    const before = JSON.stringify(standalone.statuses().get('Gateway/default/a'));
    assert.match(before, /"type":"Programmed","status":"True"/);
    assert.match(
      JSON.stringify(standalone.statuses().get('GRPCRoute/default/echo')),
      /"type":"Accepted","status":"True"/,
    );
    const version = standalone.view().published.version;
    await change(
      `${gateway('a', 80)}${route('a')}${gateway('z', 81)}`,
      () => standalone.view().published.version > version,
    );
    assert.equal(JSON.stringify(standalone.statuses().get('Gateway/default/a')), before);
  });

  it('is not ready while the OS refuses a port, says which, and binds it once it is free', async test => {
    const holder = createServer().listen(0, '127.0.0.1');
    test.after(() => holder.close());
    await once(holder, 'listening');
    const bound = holder.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const clock = new VirtualClock();
    const admin = { host: '127.0.0.1', port: 0 };
    const standalone = await start(gateway('a', port), { ports: 'as-written', clock, admin });
    const ready = (query = '') => fetch(`http://${standalone.adminAddress}/ready${query}`);
    assert.deepEqual(standalone.listeners, []);
    assert.match(standalone.gateways()[0]?.listeners[0]?.problem ?? '', /another process listens/);
    assert.match(JSON.stringify(standalone.statuses().get('Gateway/default/a')), /PortUnavailable/);
    const problem = 'another process listens on this address and port';
    const refused = await ready();
    assert.equal(refused.status, 503);
    assert.equal(
      await refused.text(),
      `1 of 1 sockets cannot be bound\n127.0.0.1 port ${port} (default/a/http): ${problem}\n`,
    );
    const { unbound } = JSON.parse(await (await ready('?output=json')).text());
    assert.deepEqual(unbound, [{ address: '127.0.0.1', port, listeners: ['default/a/http'], problem }]);

    const told: boolean[] = [];
    standalone.onReadiness(readiness => told.push(readiness.ready));
    await new Promise(resolve => holder.close(resolve));
    clock.advance(1_000);
    await standalone.settled();
    assert.deepEqual(told, [true]);
    assert.equal(standalone.gateways()[0]?.listeners[0]?.problem, '');
    assert.equal(standalone.listeners.length, 1);
    assert.equal((await ready()).status, 200);
  });

  it('tells findings once, not with each reload', async () => {
    const standalone = await start(gateway('a', 80) + route('a').replace('name: echo, port', 'name: none, port'));
    const told = () => lines.filter(line => line.includes('route/backend-not-found')).length;
    assert.equal(told(), 1);
    const version = standalone.view().published.version;
    const text = gateway('a', 80) + route('a').replace('name: echo, port', 'name: none, port') + gateway('b', 80);
    await change(text, () => standalone.view().published.version > version);
    assert.equal(told(), 1);
  });

  it('starts with nothing and picks up the first Gateway', async () => {
    const standalone = await start('# nothing yet\n');
    assert.deepEqual(standalone.gateways(), []);
    assert.equal(standalone.tryCall(), undefined);
    await change(gateway('a', 80), () => standalone.listeners.length === 1);
  });

  it('is not ready any more while it drains, and rejects when the admin port is in use', async () => {
    const standalone = await start(gateway('a', 80), { admin: { host: '127.0.0.1', port: 0 } });
    const [host = '', port = ''] = standalone.adminAddress?.split(':') ?? [];
    assert.equal((await fetch(`http://${host}:${port}/ready`)).status, 200);
    const other = { paths: [join(folder, 'gw.yaml')] };
    const second = startStandalone({ ...other, ports: 'ephemeral', admin: { host, port: Number(port) } });
    await assert.rejects(second, { code: 'EADDRINUSE' });
    const report = await standalone.stop();
    assert.equal(report.cut, 0);
    await assert.rejects(fetch(`http://${host}:${port}/ready`));
  });

  it('only fails health checks for as long as balancers need to notice, before it drains', async () => {
    const clock = new VirtualClock();
    const text = gateway('a', 80).replace('name: a', 'name: a, annotations: { daemun.dev/health-endpoint: /healthz }');
    const standalone = await start(text, { clock, drainDelayMs: 20_000 });
    const url = `http://127.0.0.1:${standalone.listeners[0]?.port}`;
    const status = async (path: string): Promise<number> => (await fetch(url + path)).status;
    assert.equal(await status('/healthz'), 200);
    let isStopped = false;
    const stopped = standalone.stop().then(report => {
      isStopped = true;
      return report;
    });
    assert.deepEqual(standalone.readiness(), { ready: false, reason: 'draining', unbound: [] });
    // New connections are taken, and requests decided as before.
    for (let round = 0; round < 3; round++)
      assert.deepEqual([await status('/healthz'), await status('/x')], [503, 404]);
    assert.equal(isStopped, false);
    await until(
      () => isStopped,
      () => clock.advance(1_000),
    );
    assert.equal((await stopped).cut, 0);
    await assert.rejects(fetch(url));
  });

  it('keeps sessions for all workers and over a restart, by a key file in its state directory', async test => {
    const servers = [createHttp2Server(), createHttp2Server()];
    test.after(() => servers.map(server => server.close()));
    const ports = await Promise.all(
      servers.map(async server => {
        server.on('stream', stream => {
          const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' };
          stream.respond({ ...head, port: stream.session?.socket.localPort }, { endStream: true });
        });
        await once(server.listen(0, '127.0.0.1'), 'listening');
        const address = server.address();
        return typeof address === 'object' ? (address?.port ?? 0) : 0;
      }),
    );
    const endpoints = ports.map(port => `127.0.0.1:${port}`).join();
    const text = (session: string) =>
      `${gateway('a', 80)}${route('a')}`
        .replace(
          'name: echo }\nspec: { ports',
          `name: echo, annotations: { daemun.dev/endpoints: "${endpoints}" } }\nspec: { ports`,
        )
        .replace('      backendRefs', `${session}      backendRefs`);
    const options = { stateDirectory: join(folder, 'state'), workers: 2 };
    const port = () => running?.listeners[0]?.port ?? assert.fail('no listener');

    await start(text(''), options);
    assert.equal((await call(port()))['set-cookie'], undefined);
    assert.equal(existsSync(join(folder, 'state')), false, 'no keys before a rule wants sessions');
    await running?.stop();

    await start(text('      sessionPersistence: { sessionName: sid }\n'), options);
    const first = await call(port());
    const cookie = String(first['set-cookie']?.[0]).split(';')[0] ?? '';
    const follow = async () => {
      for (let i = 0; i < 12; i++) {
        const next = await call(port(), { cookie });
        assert.deepEqual([next['port'], next['set-cookie']], [first['port'], undefined]);
      }
    };
    await follow();
    await running?.stop();
    await start(text('      sessionPersistence: { sessionName: sid }\n'), options);
    await follow();
  });
});
