// SPDX-License-Identifier: Apache-2.0

/** Changes under load: what clients see while routes, endpoints and backends change. */
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { credentials, status } from '@grpc/grpc-js';
import { type RunningGateway, startStandalone } from '../../src/controller/index.ts';
import { type DemoBackends, type DemoEndpoint, type DemoService, startDemoBackends } from '../../src/demo/index.ts';
import { EchoClient } from './echo-client.test-support.ts';

const GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gateway }
spec:
  gatewayClassName: daemun
  listeners: [{ name: grpc, protocol: HTTP, port: 8080 }]
`;

function route(blue: number, green: number): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: echo }
spec:
  parentRefs: [{ name: gateway }]
  rules:
    - backendRefs:
        - { name: blue, port: 50051, weight: ${blue} }
        - { name: green, port: 50051, weight: ${green} }
`;
}

function service(name: string, endpoints: readonly DemoEndpoint[]): string {
  const slices = endpoints.map(
    ({ address, port, podName }) => `
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${podName}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: grpc, port: ${port} }]
endpoints: [{ addresses: [${address}], conditions: { ready: true }, targetRef: { kind: Pod, name: ${podName} } }]
`,
  );
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ name: grpc, port: 50051 }] }
${slices.join('')}`;
}

function demoService(name: string, replicas: number): DemoService {
  return { namespace: 'default', name, ports: [50051], datagramPorts: [], deployments: [{ name, replicas }] };
}

describe('changes under load', () => {
  let folder = '';
  let backends: DemoBackends;
  let gateway: RunningGateway;
  let client: EchoClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-continuity-'));
    backends = await startDemoBackends([demoService('blue', 2), demoService('green', 2)]);
    await write('gateway.yaml', GATEWAY);
    await write('route.yaml', route(1, 0));
    await writeEndpoints();
    gateway = await startStandalone({ paths: [folder], ports: 'ephemeral', drainTimeoutMs: 0 });
    const bound = gateway.gateways()[0]?.listeners[0]?.bound;
    client = new EchoClient(`${bound?.address}:${bound?.port}`, credentials.createInsecure());
  });

  afterEach(async () => {
    client.close();
    await gateway.stop();
    await backends.close();
    await rm(folder, { recursive: true });
  });

  /** As editors and `kubectl` tools write: a new file in place of the old one. */
  async function write(name: string, text: string): Promise<void> {
    await writeFile(join(folder, `.${name}`), text);
    await rename(join(folder, `.${name}`), join(folder, name));
  }

  async function writeEndpoints(): Promise<void> {
    for (const name of ['blue', 'green']) {
      await write(
        `${name}.yaml`,
        service(
          name,
          backends.endpoints.filter(endpoint => endpoint.service === name),
        ),
      );
    }
  }

  async function podOf(): Promise<string> {
    return String((await client.echo({ content: 'x' })).headers.get('hostname')[0]);
  }

  /** Calls without a break, four at a time, until `done` holds for a pod; a call that fails fails the test. */
  async function callUntil(done: (pod: string) => boolean): Promise<number> {
    let calls = 0;
    let isDone = false;
    const loop = async (): Promise<void> => {
      try {
        while (!isDone) {
          calls++;
          isDone = done(await podOf()) || isDone;
        }
      } finally {
        isDone = true; // one call failed: the others are the last
      }
    };
    await Promise.all([loop(), loop(), loop(), loop()]);
    return calls;
  }

  it('moves all calls to another backend without failing one', async () => {
    await callUntil(pod => pod.startsWith('blue-'));
    await write('route.yaml', route(0, 1));
    await callUntil(pod => pod.startsWith('green-'));
    await write('route.yaml', route(1, 0));
    await callUntil(pod => pod.startsWith('blue-'));
  });

  it('takes endpoints out and in without failing a call', async () => {
    const before = backends.endpoints;
    const [gone] = before.filter(endpoint => endpoint.service === 'blue');
    assert.ok(gone);
    // First out of the files, then stopped: as a pod that terminates.
    await write('blue.yaml', service('blue', before.filter(endpoint => endpoint.service === 'blue').slice(1)));
    let without = 0;
    await callUntil(pod => {
      without = pod === gone.podName ? 0 : without + 1;
      return without > 200;
    });
    await writeEndpoints();
    await callUntil(pod => pod === gone.podName);
  });

  it('keeps a stream going across reloads', async () => {
    const stream = client.bidiStream();
    const answers = stream[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) {
      await write('route.yaml', route(i % 2, (i + 1) % 2));
      await callUntil(pod => pod.startsWith(i % 2 === 0 ? 'green-' : 'blue-'));
      stream.write({ content: `still ${i}` });
      assert.deepEqual((await answers.next()).value, { content: `still ${i}` });
    }
    stream.end();
    assert.equal((await answers.next()).done, true);
  });

  it('ends the streams of a backend that dies with UNAVAILABLE; the next call goes elsewhere', async () => {
    const stream = client.bidiStream();
    const pod = new Promise<string>(resolve => {
      stream.once('metadata', metadata => resolve(String(metadata.get('hostname')[0])));
    });
    const ended = new Promise((_resolve, reject) => stream.once('error', reject));
    stream.on('data', () => {});
    stream.write({ content: 'hold' });
    const victim = await pod;
    const survivor = backends.endpoints.find(({ service: name, podName }) => name === 'blue' && podName !== victim);
    assert.ok(survivor);
    await Promise.all([backends.kill(victim), assert.rejects(ended, { code: status.UNAVAILABLE })]);
    for (let i = 0; i < 20; i++) assert.equal(await podOf(), survivor.podName);
  });

  it('says which backend is missing when a route loses its last endpoint', async () => {
    await callUntil(pod => pod.startsWith('blue-'));
    await write('blue.yaml', service('blue', []));
    const unavailable = { code: status.UNAVAILABLE, details: /endpoint/ };
    await assert.rejects(
      callUntil(() => false),
      unavailable,
    );
  });
});
