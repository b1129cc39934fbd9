// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ownPool } from '../../test/own-addresses.ts';
import { FakeApi, type FakeObject } from '../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../store/kubernetes/kubeconfig-file.test-support.ts';
import { type Clock, systemClock } from '../time/index.ts';
import { SkippingClock } from '../time/skipping-clock.test-support.ts';
import type { StatusPage } from './health/status-page.ts';
import type { KubernetesOptions } from './kubernetes-options.ts';
import { createLog } from './log/log.ts';
import type { RunningGateway } from './running-gateway.ts';
import { startKubernetes } from './start-kubernetes.ts';

/** Bound at an address of its own that no other process has. */
const PORT = 18_080;

interface Running {
  readonly stateDirectory: string;
  readonly gateway: RunningGateway;
  readonly log: string[];
  /** Asks the Gateway; the status, and where a redirect leads. */
  ask(): Promise<string>;
  /** Resolves once a condition holds; time passes faster meanwhile. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
}

async function run(t: TestContext, api: FakeApi, more: Partial<KubernetesOptions> = {}): Promise<Running> {
  const kubeconfig = kubeconfigFile(api.access.server);
  const log: string[] = [];
  const { stateDirectory = dirname(kubeconfig) } = more;
  const clock = new SkippingClock();
  const gateway = await startKubernetes({
    kubeconfig,
    clock,
    addressing: { mode: 'host', pool: ownPool() },
    lease: null,
    log: createLog({ level: 'info', format: 'json', colours: false, write: line => void log.push(line) }),
    ...more,
    stateDirectory,
  });
  const agent = new Agent({ keepAlive: true });
  t.after(async () => {
    agent.destroy();
    await gateway.close();
  });
  const ask = (): Promise<string> => {
    const host = gateway.listeners[0]?.address ?? '';
    return new Promise((resolve, reject) => {
      const request = get({ host, port: PORT, agent, headers: { host: 'a.example.com' } }, response => {
        response.resume();
        response.on('end', () => resolve(`${response.statusCode} ${response.headers.location ?? ''}`));
      });
      request.on('error', reject);
    });
  };
  return { stateDirectory, gateway, log, ask, until: condition => clock.until(condition) };
}

const gatewayClass: FakeObject = {
  kind: 'GatewayClass',
  name: 'daemun',
  spec: { controllerName: 'daemun.dev/gateway-controller' },
};
const gateway: FakeObject = {
  kind: 'Gateway',
  namespace: 'a',
  name: 'gw',
  spec: { gatewayClassName: 'daemun', listeners: [{ name: 'http', port: PORT, protocol: 'HTTP' }] },
};
const redirect = (to: string) => ({
  filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: to, port: 80, scheme: 'http' } }],
});
const route = (to: string, rule: object = redirect(to)): FakeObject => ({
  ...{ kind: 'HTTPRoute', namespace: 'a', name: 'r' },
  spec: { parentRefs: [{ name: 'gw' }], rules: [rule] },
});

const admin = { host: '127.0.0.1', port: 0 };

const LEADING = 'daemun_kubernetes_leading{controller="daemun.dev/gateway-controller"}';

/** The value of a sample, by its name and labels; undefined: there is none. */
async function metric({ adminAddress }: RunningGateway, name: string): Promise<string | undefined> {
  const text = await (await fetch(`http://${adminAddress}/metrics`)).text();
  return new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
}

async function apiWith(t: TestContext, ...objects: readonly FakeObject[]): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  for (const object of objects) api.put(object);
  return api;
}

describe('a gateway that follows a cluster', () => {
  it('serves what the API server has, and a change of it at once', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const { gateway: running, ask, until } = await run(t, api);
    assert.deepEqual(running.readiness(), { ready: true });
    assert.equal(await ask(), '302 http://one.example.com/');
    api.put(route('two.example.com'));
    await until(async () => (await ask()) === '302 http://two.example.com/');
  });

  it('leads nobody to its own machine, by the name that a Service gives it', async t => {
    const api = await apiWith(t, gatewayClass, gateway);
    const { gateway: running, ask, until } = await run(t, api, { admin });
    const port = Number(running.adminAddress?.split(':').at(-1));
    const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] };
    api.put({ kind: 'Service', namespace: 'a', name: 's', spec });
    api.put(route('', { backendRefs: [{ name: 's', port }] }));
    await until(async () => (await ask()) !== '404 ');
    assert.equal(await ask(), '503 ', 'no endpoint, where the admin server would have answered');
  });

  it('writes statuses, and none again for what it wrote itself', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const { ask, until } = await run(t, api);
    const written = () =>
      api.requests.filter(request => request.startsWith('PUT')).map(request => request.split('/').at(-2));
    const stored = (kind: string, name: string) =>
      api.stored({ kind, ...(kind === 'GatewayClass' ? {} : { namespace: 'a' }), name })?.['status'];
    const says = (kind: string, name: string, what: string) => JSON.stringify(stored(kind, name) ?? '').includes(what);
    await until(() => says('HTTPRoute', 'r', '"Accepted"') && says('Gateway', 'gw', '"Programmed"'));
    await until(() => says('GatewayClass', 'daemun', '"Accepted"'));
    assert.deepEqual(written().sort(), ['daemun', 'gw', 'r']);
    // As an API server has it: who writes a spec leaves the status.
    api.put({ ...route('two.example.com'), status: stored('HTTPRoute', 'r') });
    await until(async () => (await ask()) === '302 http://two.example.com/');
    api.put({ ...route('one.example.com'), name: 'later' });
    await until(() => says('HTTPRoute', 'later', '"Accepted"') && says('Gateway', 'gw', '"attachedRoutes":2'));
    assert.deepEqual(written().sort(), ['daemun', 'gw', 'gw', 'later', 'r'], 'of the changed route the same is so');
  });

  it('says which ClusterIPs its Gateway got, and which one the API server refuses', async t => {
    const addresses = [{ routability: 'Cluster' }, { value: '10.96.0.10', routability: 'Cluster' }];
    const api = await apiWith(t, gatewayClass, { ...gateway, spec: { ...(gateway['spec'] as object), addresses } });
    let isTaken = true;
    api.admit = object => {
      const { clusterIP = '10.96.0.77' } = (object['spec'] ?? {}) as { clusterIP?: string };
      if (object.kind !== 'Service') return object;
      if (clusterIP === '10.96.0.10' && isTaken) return 'provided IP is already allocated';
      return { ...object, spec: { ...(object['spec'] as object), clusterIP } };
    };
    const { until } = await run(t, api);
    const status = () => JSON.stringify(api.stored({ kind: 'Gateway', namespace: 'a', name: 'gw' })?.['status'] ?? '');
    await until(() => status().includes('"PartiallyAssigned"') && status().includes('already allocated'));
    const given = (value: string) => JSON.stringify({ type: 'IPAddress', value, routability: 'Cluster' });
    assert.ok(status().includes(`"addresses":[${given('10.96.0.77')}]`), status());
    const slice = api.stored({ kind: 'EndpointSlice', namespace: 'a', name: 'gw-daemun-ip-0' });
    assert.match(JSON.stringify(slice?.['endpoints']), /"127\.\d+\.\d+\.\d+"/);
    isTaken = false;
    // Another port is another Service.
    const listeners = [{ name: 'http', port: PORT + 1, protocol: 'HTTP' }];
    api.put({ ...gateway, spec: { gatewayClassName: 'daemun', addresses, listeners } });
    await until(() => status().includes(`"addresses":[${given('10.96.0.77')},${given('10.96.0.10')}]`));
    assert.match(status(), /"reason":"AddressesAssigned"/);
  });

  it('serves on while the API server is gone, and follows it again when it comes back', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const { gateway: running, ask, until, log } = await run(t, api);
    await api.down();
    await until(() => log.some(line => line.includes('the API server fails')));
    for (let i = 0; i < 50; i++) assert.equal(await ask(), '302 http://one.example.com/');
    assert.deepEqual(running.readiness(), { ready: true });
    api.put(route('two.example.com'));
    await api.up();
    await until(async () => (await ask()) === '302 http://two.example.com/');
    await until(() => log.some(line => line.includes('answers again')));
    assert.equal(log.filter(line => line.includes('the API server fails')).length, 1);
  });

  it('serves what it knew after a restart without the API server, writes nothing then, and follows it when it comes back', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const first = await run(t, api);
    const stateDirectory = first.stateDirectory;
    await first.gateway.close();
    await api.down();
    const { gateway: running, ask, until, log } = await run(t, api, { stateDirectory, admin });
    assert.equal(await ask(), '302 http://one.example.com/');
    assert.deepEqual(running.readiness(), { ready: true });
    assert.ok(Number(await metric(running, 'daemun_kubernetes_stale_seconds')) > 0);
    assert.equal(log.filter(line => line.includes('kept before this start')).length, 1);
    assert.equal(await metric(running, LEADING), '0');
    const ready = await fetch(`http://${running.adminAddress}/ready`);
    assert.match(await ready.text(), /^ok, with the cluster as it was at \d{4}-/);
    const added = { ...route('two.example.com'), name: 'r2' };
    api.delete({ kind: 'HTTPRoute', namespace: 'a', name: 'r' });
    api.put(added);
    await api.up();
    await until(async () => {
      const answer = await ask();
      assert.match(answer, /^302 /, 'no answer without a route');
      return answer === '302 http://two.example.com/';
    });
    await until(async () => (await metric(running, 'daemun_kubernetes_stale_seconds')) === '0');
    await until(() =>
      JSON.stringify(api.stored({ ...added, kind: 'HTTPRoute' })?.['status'] ?? '').includes('"Accepted"'),
    );
  });

  it('is not ready, rather than empty, while it may not read Gateways, and serves what it knew before', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const first = await run(t, api);
    const { stateDirectory } = first;
    await first.gateway.close();
    api.fail('Gateway', 403);
    const kubeconfig = kubeconfigFile(api.access.server);
    const clock = new SkippingClock();
    const starting = startKubernetes({
      kubeconfig,
      clock,
      addressing: { mode: 'host', pool: ownPool() },
      stateDirectory: `${stateDirectory}/other`,
    });
    let isStarted = false;
    void starting.then(() => {
      isStarted = true;
    });
    await clock.until(() => isStarted || api.requests.filter(request => request.includes('/gateways?')).length >= 3);
    assert.equal(isStarted, false);
    api.heal('Gateway');
    await (await clock.hasten(starting)).close();
    api.fail('Gateway', 403);
    const { ask, log } = await clock.hasten(run(t, api, { stateDirectory, clock }));
    assert.equal(await ask(), '302 http://one.example.com/');
    assert.ok(
      log.some(line => line.includes('may not be read') && line.includes('grant get, list and watch of gateways')),
    );
  });

  it('says once in its log what becomes of many statuses, and in its status of each', async t => {
    const routes = ['r0', 'r1', 'r2'].map(name => ({ ...route('one.example.com'), name }));
    const api = await apiWith(t, gatewayClass, gateway, ...routes);
    for (const { name } of routes)
      api.answers.set(`/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/${name}/status`, 403);
    const { gateway: running, log, until } = await run(t, api, { admin });
    const refused = 'daemun_kubernetes_writes_refused{queue="statuses"}';
    await until(async () => (await metric(running, refused)) === '3');
    assert.equal(log.filter(line => line.includes('a status cannot be written')).length, 1);
    const page = (await (await fetch(`http://${running.adminAddress}/status`)).json()) as StatusPage;
    assert.deepEqual(
      page.troubles.shown.map(({ subject }) => subject),
      routes.map(({ name }) => `HTTPRoute/a/${name}`),
    );
  });

  it('leaves the writing to others as soon as it begins to stop, though it serves on', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const drainDelayMs = 20_000;
    let endDelay = (): void => undefined;
    const clock: Clock = {
      nowMs: () => systemClock.nowMs(),
      wallMs: () => systemClock.wallMs(),
      after(delayMs, listener) {
        if (delayMs !== drainDelayMs) return systemClock.after(delayMs, listener);
        endDelay = listener;
        return { cancel: () => undefined };
      },
    };
    const { gateway: running, ask, until } = await run(t, api, { admin, clock, drainDelayMs });
    const leading = (): Promise<string | undefined> => metric(running, LEADING);
    assert.equal(await leading(), '1');
    const stopped = running.stop();
    await until(async () => (await leading()) === '0');
    assert.match(await ask(), /^302 /);
    endDelay();
    await stopped;
  });

  it('serves on when watches are closed, everything is listed again, or a kind is denied', async t => {
    const api = await apiWith(t, gatewayClass, gateway, route('one.example.com'));
    const { ask, until } = await run(t, api);
    const asked = (to: string) =>
      until(async () => {
        const answer = await ask();
        assert.match(answer, /^302 /);
        return answer === `302 http://${to}/`;
      });
    api.endWatches('ended');
    api.put(route('two.example.com'));
    await asked('two.example.com');
    api.endWatches('lost');
    api.put(route('three.example.com'));
    api.compact();
    await asked('three.example.com');
    api.expireWatches();
    api.put(route('four.example.com'));
    await asked('four.example.com');
    api.fail('Gateway', 403);
    api.endWatches('lost');
    api.put(route('five.example.com'));
    await asked('five.example.com');
  });
});
