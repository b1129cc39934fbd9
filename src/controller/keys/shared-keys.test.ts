// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { ownPool } from '../../../test/own-addresses.ts';
import { certificate } from '../../proxy/listeners/certificate.test-support.ts';
import { FakeApi, type FakeObject } from '../../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import { createLog } from '../log/log.ts';
import { ownedName } from '../owned/owned-name.ts';
import type { RunningGateway } from '../running-gateway.ts';
import { startKubernetes } from '../start-kubernetes.ts';

const HTTP = 18_081;
const HTTPS = 18_444;
const NAME = ownedName('daemun.dev/gateway-controller', 'keys');
const SECRET = `secrets/default/${NAME}`;

const pair = await certificate('shared', ['a.example.com']);

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function objects(endpoints: readonly number[]): readonly FakeObject[] {
  const namespace = 'a';
  const tls = { certificateRefs: [{ name: 'cert' }] };
  const listeners = [
    { name: 'http', port: HTTP, protocol: 'HTTP' },
    { name: 'https', port: HTTPS, protocol: 'HTTPS', tls },
  ];
  return [
    { kind: 'GatewayClass', name: 'daemun', spec: { controllerName: 'daemun.dev/gateway-controller' } },
    { kind: 'Gateway', namespace, name: 'gw', spec: { gatewayClassName: 'daemun', listeners } },
    {
      ...{ kind: 'Secret', namespace, name: 'cert', type: 'kubernetes.io/tls' },
      data: { 'tls.crt': base64(pair.chain), 'tls.key': base64(pair.key) },
    },
    {
      kind: 'Service',
      namespace,
      name: 's',
      spec: { ports: endpoints.map((_, at) => ({ name: `p${at}`, port: 80 + at })) },
    },
    ...endpoints.map((port, at) => ({
      ...{ kind: 'EndpointSlice', namespace, name: `s${at}`, addressType: 'IPv4' },
      metadata: { labels: { 'kubernetes.io/service-name': 's' } },
      endpoints: [{ addresses: ['127.0.0.1'] }],
      ports: [{ name: `p${at}`, port }],
    })),
    {
      ...{ kind: 'HTTPRoute', namespace, name: 'r' },
      spec: {
        parentRefs: [{ name: 'gw' }],
        rules: [
          {
            sessionPersistence: { type: 'Cookie', cookie: { name: 'sticky' } },
            backendRefs: endpoints.map((_, at) => ({ name: 's', port: 80 + at })),
          },
        ],
      },
    },
  ];
}

async function endpoint(t: TestContext): Promise<number> {
  const server = createServer((_, answer) => answer.end(String((server.address() as AddressInfo).port)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function apiWith(t: TestContext): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  for (const object of objects([await endpoint(t), await endpoint(t)])) api.put(object);
  return api;
}

interface Replica {
  readonly running: RunningGateway;
  readonly address: string;
  readonly log: string[];
}

/** A replica at addresses of its own: two processes of one test cannot have the same. */
async function replica(t: TestContext, api: FakeApi, at: number, state?: string): Promise<Replica> {
  const log: string[] = [];
  const stateDirectory = state ?? mkdtempSync(join(tmpdir(), 'daemun-state-'));
  const running = await startKubernetes({
    kubeconfig: kubeconfigFile(api.access.server),
    addressing: { mode: 'host', pool: ownPool(at) },
    lease: { namespace: 'default' },
    stateDirectory,
    log: createLog({ level: 'info', format: 'json', colours: false, write: line => void log.push(line) }),
  });
  t.after(async () => {
    await running.close();
    if (state === undefined) rmSync(stateDirectory, { recursive: true });
  });
  return { running, address: running.listeners[0]?.address ?? '', log };
}

const isMade = (api: FakeApi) => (): boolean =>
  Object.keys((api.own.get(SECRET)?.['data'] ?? {}) as object).length === 2;

/** Opens a TLS connection that knows no session; the one that it gets. */
async function sessionOf(replica: Replica): Promise<Buffer> {
  const socket = dial(replica);
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
}

async function resumes(replica: Replica, session: Buffer): Promise<boolean> {
  const socket = dial(replica, session);
  await once(socket, 'secureConnect');
  const isReused = socket.isSessionReused();
  socket.destroy();
  return isReused;
}

function dial({ address: host }: Replica, session?: Buffer): TLSSocket {
  return connect({
    ...{ host, port: HTTPS, servername: 'a.example.com', rejectUnauthorized: false },
    ...(session === undefined ? {} : { session }),
  });
}

function ask({ address: host }: Replica, cookie?: string): Promise<{ body: string; cookie: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'a.example.com', ...(cookie === undefined ? {} : { cookie }) };
    get({ host, port: HTTP, headers, agent: false }, answer => {
      let body = '';
      answer.on('data', (part: Buffer) => {
        body += part.toString();
      });
      answer.on('end', () => resolve({ body, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }));
    }).on('error', reject);
  });
}

describe('keys that replicas share', () => {
  it('let TLS sessions and session cookies of one replica hold on another', async t => {
    const api = await apiWith(t);
    const first = await replica(t, api, 0);
    await until(isMade(api));
    const second = await replica(t, api, 1);
    assert.ok(second.log.every(line => !line.includes('leads:')));
    const session = await sessionOf(first);
    assert.equal(await resumes(second, session), true);
    const back = await sessionOf(second);
    assert.equal(await resumes(first, back), true);
    const { body, cookie } = await ask(first);
    for (let again = 0; again < 6; again++) assert.equal((await ask(second, cookie)).body, body);
    const writes = api.requests.filter(request => /^(POST|PATCH) .*secrets/.test(request));
    assert.equal(writes.length, 1, writes.join());
  });

  it('are taken as they are by who comes later, and replaced where they are no keys', async t => {
    const api = await apiWith(t);
    api.own.set(SECRET, { data: { 'ticket-keys': base64('nonsense'), 'session-keys': base64('') } });
    const { log, ...first } = await replica(t, api, 2);
    await until(
      () => base64('nonsense') !== ((api.own.get(SECRET)?.['data'] ?? {}) as Record<string, string>)['ticket-keys'],
    );
    assert.equal(log.filter(line => line.includes('not one of ours')).length, 1);
    const session = await sessionOf({ log, ...first });
    const later = await replica(t, api, 3);
    assert.equal(await resumes(later, session), true);
  });

  it('are left as they are where another version wrote them in its own way, as are entries that are none of ours', async t => {
    const api = await apiWith(t);
    const theirs = { 'ticket-keys': base64('# format 2\nsealed\n'), 'tickets-of-tomorrow': base64('sealed') };
    api.own.set(SECRET, { data: theirs });
    const one = await replica(t, api, 7);
    const data = (): Record<string, string> => (api.own.get(SECRET)?.['data'] ?? {}) as Record<string, string>;
    await until(() => data()['session-keys'] !== undefined);
    assert.deepEqual({ ...data(), 'session-keys': '' }, { ...theirs, 'session-keys': '' });
    assert.equal(await resumes(one, await sessionOf(one)), true);
    const told = one.log.filter(line => line.includes('is of another version, and is left as it is'));
    assert.equal(told.length, 1, one.log.join('\n'));
    assert.match(told[0] ?? '', /ticket-keys is in format 2.*delete this Secret/);
    assert.equal(one.log.filter(line => line.includes('not one of ours')).length, 0);
  });

  it('are missed by nobody but sessions when they may not be had, which is told once', async t => {
    const api = await apiWith(t);
    api.own.refused.set('secrets', 403);
    const one = await replica(t, api, 4);
    const session = await sessionOf(one);
    assert.equal(await resumes(one, session), true);
    const told = one.log.filter(line => line.includes('keys that replicas share cannot be read'));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /get, create and patch/);
  });

  it('are not said to be a matter of rights when the API server fails', async t => {
    const api = await apiWith(t);
    api.own.refused.set('secrets', 500);
    const { log } = await replica(t, api, 4);
    const told = (): string[] => log.filter(line => line.includes('keys that replicas share cannot be read'));
    await until(() => told().length > 0);
    assert.doesNotMatch(told().join(), /get, create and patch/);
  });

  it('are known again after a restart without the API server', { skip: process.platform !== 'linux' }, async t => {
    const state = mkdtempSync('/dev/shm/daemun-state-');
    t.after(() => rmSync(state, { recursive: true, force: true }));
    const api = await apiWith(t);
    const first = await replica(t, api, 5, state);
    await until(isMade(api));
    const session = await sessionOf(first);
    const { body, cookie } = await ask(first);
    await first.running.close();
    await api.down();
    const second = await replica(t, api, 6, state);
    assert.equal(await resumes(second, session), true);
    for (let again = 0; again < 6; again++) assert.equal((await ask(second, cookie)).body, body);
  });
});
