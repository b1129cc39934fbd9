// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status as Status,
} from '@grpc/grpc-js';
import type { Endpoint, GrpcHealthCheck } from '../../snapshot/index.ts';
import { Authority, tlsTo } from '../upstream/authority.test-support.ts';
import { Backend, testCluster, testEnvironment } from '../upstream/backend.test-support.ts';
import { TlsClients } from '../upstream/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { GrpcHealthProbe } from './grpc-health-probe.ts';
import type { ProbeResult } from './health-checker.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const same = (bytes: Buffer): Buffer => bytes;
const HEALTH: ServiceDefinition = {
  Check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

type Check = handleUnaryCall<Buffer, Buffer>;

/** A grpc-js server; without `check` it has no health service. */
async function grpcServer(
  check: Check | null,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<Endpoint> {
  const server = new Server();
  if (check !== null) server.addService(HEALTH, { Check: check });
  cleanups.push(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return { address: '127.0.0.1', port, state: 'ready', name: '' };
}

/** Answers with a serving status. */
const answering =
  (...body: number[]): Check =>
  (_call, done) =>
    done(null, Buffer.from(body));

function openProbe(
  endpoint: Endpoint,
  check: Partial<GrpcHealthCheck> = {},
  environment = testEnvironment(),
): GrpcHealthProbe {
  const whole = { intervalMs: 1_000, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1, service: '' };
  const probe = new GrpcHealthProbe(
    { cluster: testCluster(), tls: null },
    { ...whole, ...check },
    endpoint,
    environment,
  );
  cleanups.push(() => probe.close());
  return probe;
}

function ask(probe: GrpcHealthProbe): Promise<ProbeResult> {
  return new Promise(resolve => probe.check(resolve));
}

describe('a gRPC health probe', () => {
  it('asks in TLS where the cluster is spoken to so, and finds one unhealthy that is not who it should be', async () => {
    const authority = await Authority.create('ca');
    const { cert, key } = await authority.issue({ dns: ['a.example.com'] });
    const pairs = [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }];
    const endpoint = await grpcServer(answering(8, 1), ServerCredentials.createSsl(null, pairs));
    const ask = async (host: string): Promise<ProbeResult> => {
      const cluster = { ...testCluster(), tls: tlsTo(host, authority) };
      const clients = new TlsClients(() => {});
      clients.update({ certificates: [], trustBundles: [authority.bundle] });
      const whole = { intervalMs: 1_000, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1, service: '' };
      const of = { cluster, tls: clients.clientOf(cluster, null) };
      const probe = new GrpcHealthProbe(of, whole, endpoint, testEnvironment());
      cleanups.push(() => probe.close());
      return new Promise(resolve => probe.check(resolve));
    };
    assert.deepEqual(await ask('a.example.com'), { healthy: true, reason: '' });
    assert.deepEqual(await ask('b.example.com'), {
      healthy: false,
      reason: 'no TLS with the backend: its certificate is for other names',
    });
  });

  it('finds SERVING healthy, again and again over one connection', async () => {
    const probe = openProbe(await grpcServer(answering(8, 1)));
    for (let i = 0; i < 3; i += 1) assert.deepEqual(await ask(probe), { healthy: true, reason: '' });
  });

  it('asks for the service that it was told', async () => {
    let asked = '';
    const endpoint = await grpcServer((call, done) => {
      asked = call.request.toString('latin1');
      done(null, Buffer.from([8, 1]));
    });
    await ask(openProbe(endpoint, { service: 'api.Echo' }));
    assert.equal(asked, '\n\bapi.Echo');
  });

  for (const [name, body] of [
    ['NOT_SERVING', [8, 2]],
    ['SERVICE_UNKNOWN', [8, 3]],
    ['UNKNOWN', []],
  ] as const) {
    it(`finds ${name} unhealthy`, async () => {
      const probe = openProbe(await grpcServer(answering(...body)));
      assert.deepEqual(await ask(probe), { healthy: false, reason: name });
    });
  }

  it('finds a server without a health service unhealthy', async () => {
    const probe = openProbe(await grpcServer(null));
    assert.deepEqual(await ask(probe), { healthy: false, reason: 'grpc-status 12: no health service there' });
  });

  it('finds an error unhealthy', async () => {
    const probe = openProbe(await grpcServer((_call, done) => done({ code: Status.NOT_FOUND })));
    assert.deepEqual(await ask(probe), { healthy: false, reason: 'grpc-status 5' });
  });

  it('gives up after the timeout, and asks over a new connection next time', async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const endpoint = await grpcServer((_call, done) => {
      calls += 1;
      if (calls > 1) done(null, Buffer.from([8, 1]));
      else clock.advance(50);
    });
    const probe = openProbe(endpoint, { timeoutMs: 50 }, testEnvironment({ clock }));
    assert.deepEqual(await ask(probe), { healthy: false, reason: 'no answer within 50 ms' });
    assert.deepEqual(await ask(probe), { healthy: true, reason: '' });
  });

  it('finds a refused connection unhealthy', async () => {
    const endpoint = await grpcServer(null);
    await Promise.all(cleanups.splice(0).map(cleanup => cleanup()));
    const result = await ask(openProbe(endpoint));
    assert.deepEqual(result, { healthy: false, reason: 'could not connect to the backend: connection refused' });
  });

  it('finds a server that answers HTTP without gRPC unhealthy', async () => {
    const backend = await Backend.start();
    cleanups.push(() => backend.close());
    assert.deepEqual(await ask(openProbe(backend.endpoint)), {
      healthy: false,
      reason: 'the answer has no grpc-status',
    });
  });

  it('finds an endpoint that went away between checks unhealthy', async () => {
    const endpoint = await grpcServer(answering(8, 1));
    const probe = openProbe(endpoint);
    await ask(probe);
    const [first] = cleanups.splice(0, 1);
    await first?.();
    assert.equal((await ask(probe)).healthy, false);
  });

  it('calls nobody back once it is closed', async () => {
    const probe = openProbe(await grpcServer((_call, _done) => {}));
    probe.check(() => assert.fail('called back'));
    probe.close();
    await new Promise(resolve => setImmediate(resolve));
  });
});
