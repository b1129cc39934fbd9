// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ownedName } from '../../controller/owned/owned-name.ts';
import { FakeApi } from '../../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const CONTROLLER = 'daemun.dev/gateway-controller';
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/daemun-system/leases/${ownedName(CONTROLLER, 'leader')}`;
const SINCE = '2026-01-02T03:04:05Z';

const condition = (type: string, status: string, reason: string) => ({
  ...{ type, status, reason, message: 'as it is', lastTransitionTime: SINCE, observedGeneration: 1 },
});

/** What a Pod answers at /status. */
function page(name: string, more: Record<string, unknown> = {}) {
  return {
    process: { instance: name, pid: 1, paths: [] },
    versions: { daemun: '0.1.0', node: 'v24.0.0' },
    ...{ state: 'running', startedAt: SINCE, readiness: { ready: true }, version: 7, changedAt: SINCE },
    source: {
      kind: 'cluster',
      server: 's',
      controllerName: CONTROLLER,
      isLeading: name === 'a',
      leader: 'a_1',
      staleSince: null,
    },
    counts: {
      ...{ gateways: { well: 1, all: 1 }, listeners: { well: 1, all: 1 }, routes: { well: 1, all: 1 } },
      ...{ clusters: { well: 5, all: 6 }, endpoints: { well: 10, all: 12 } },
    },
    ...{ firstToExpire: null, troubles: { errors: 0, warnings: 0, shown: [] }, gateways: [], sockets: [] },
    ...more,
  };
}

function pod(name: string, ready = 'True') {
  return {
    ...{ kind: 'Pod', namespace: 'daemun-system', name },
    spec: { containers: [{ name: 'daemun', ports: [{ name: 'admin', containerPort: 9901 }] }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: SINCE }],
      containerStatuses: [{ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    },
  };
}

const pagePath = (name: string): string => `/api/v1/namespaces/daemun-system/pods/${name}:9901/proxy/status`;

function leaseOf(holder: string, renewedMs: number) {
  const renewTime = new Date(renewedMs).toISOString().replace('Z', '000Z');
  return { spec: { holderIdentity: holder, renewTime, leaseDurationSeconds: 15 } };
}

/** A cluster with a Gateway that is well, a route that is not, and two replicas of which the first leads. */
async function cluster(t: TestContext): Promise<{ api: FakeApi; status(...args: string[]): Promise<Ran> }> {
  const api = await FakeApi.start(t);
  api.put({
    ...{ kind: 'GatewayClass', name: 'ours', spec: { controllerName: CONTROLLER } },
    status: { conditions: [condition('Accepted', 'True', 'Accepted')] },
  });
  const good = ['Accepted', 'ResolvedRefs', 'Programmed'].map(type => condition(type, 'True', type));
  api.put({
    ...{ kind: 'Gateway', namespace: 'default', name: 'gw' },
    spec: { gatewayClassName: 'ours', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    status: {
      addresses: [{ type: 'IPAddress', value: '192.0.2.7' }],
      conditions: good,
      listeners: [{ name: 'http', attachedRoutes: 1, supportedKinds: [], conditions: good }],
    },
  });
  api.put({
    ...{ kind: 'HTTPRoute', namespace: 'default', name: 'r' },
    spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 'missing', port: 80 }] }] },
    status: {
      parents: [
        {
          ...{ parentRef: { name: 'gw' }, controllerName: CONTROLLER },
          conditions: [
            condition('Accepted', 'True', 'Accepted'),
            condition('ResolvedRefs', 'False', 'BackendNotFound'),
          ],
        },
      ],
    },
  });
  for (const name of ['a', 'b']) {
    api.put(pod(name));
    api.answers.set(pagePath(name), page(name));
  }
  api.answers.set(LEASE, leaseOf('a_1', Date.now()));
  const flags = ['--kubeconfig', kubeconfigFile(api.access.server, 'none'), '--context', 'here'];
  return { api, status: (...args) => run('status', ...flags, ...args) };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: string[]): Promise<Ran> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('daemun status of a cluster', () => {
  it('has the replicas, the leader, what the leader counts, and what is broken since when', async t => {
    const { status } = await cluster(t);
    const { code, out, err } = await status();
    assert.equal(err, '');
    assert.equal(code, 1);
    assert.match(out, /^daemun-system\/a +0\.1\.0 +running +yes +7 .* leads$/m);
    assert.match(out, /^daemun-system\/b +0\.1\.0 +running +yes +7 /m);
    assert.match(out, /^Leader: +a_1$/m);
    assert.match(out, /^Backends: +5 of 6 with a ready endpoint, 10 of 12 endpoints ready$/m);
    assert.match(out, /^Unhealthy: 1 error, 0 warnings$/m);
    const { troubles } = JSON.parse((await status('-o', 'json')).out);
    const [route] = troubles.shown;
    assert.equal(route.subject, 'HTTPRoute default/r, parent Gateway gw');
    assert.equal(route.since, SINCE);
    assert.match(route.message, /^ResolvedRefs=False \(BackendNotFound\)/);
  });

  it('counts routes that have a parent of ours alone', async t => {
    const { api, status } = await cluster(t);
    for (const name of ['a', 'b']) api.answers.set(pagePath(name), 403);
    api.put({ kind: 'HTTPRoute', namespace: 'default', name: 'foreign', spec: { parentRefs: [{ name: 'other' }] } });
    assert.match((await status()).out, /^Routes: +1 of 1 accepted$/m);
  });

  it('writes nothing', async t => {
    const { api, status } = await cluster(t);
    await status();
    assert.deepEqual(
      api.requests.filter(request => !request.startsWith('GET ')),
      [],
    );
  });

  it('tells once what several replicas say of themselves, with their names', async t => {
    const { api, status } = await cluster(t);
    const gone = { severity: 'error', of: 'process', subject: 'backend x', message: 'none', since: SINCE, next: 'see' };
    const ofResources = { ...gone, of: 'resources', subject: 'HTTPRoute default/other' };
    for (const name of ['a', 'b'])
      api.answers.set(pagePath(name), page(name, { troubles: { errors: 1, warnings: 0, shown: [gone, ofResources] } }));
    const { out } = await status();
    assert.deepEqual(out.match(/^ {2}none.*$/gm), ['  none (a, b)']);
    assert.doesNotMatch(out, /other/);
  });

  it('says that nobody leads: the Lease is old, empty, or not there', async t => {
    const { api, status } = await cluster(t);
    api.answers.set(pagePath('a'), page('b'));
    for (const lease of [leaseOf('a_1', Date.now() - 60_000), leaseOf('', Date.now()), 404]) {
      api.answers.set(LEASE, lease);
      const { code, out } = await status();
      assert.equal(code, 1);
      assert.match(out, /^Leader: +<nobody>$/m);
      assert.match(out, /^error: leader\n {2}nobody holds the Lease/m);
    }
  });

  it('says that two lead, where each has a Lease of its own', async t => {
    const { api, status } = await cluster(t);
    api.answers.set(LEASE.replace('daemun-system', 'default'), leaseOf('c_1', Date.now()));
    assert.match(
      (await status()).out,
      /^error: leader\n {2}two write statuses.*daemun-system\/.* by a_1, default\/.* by c_1/m,
    );
  });

  it('finds the leader in whatever namespace its Lease is', async t => {
    const { api, status } = await cluster(t);
    api.answers.set(LEASE, 404);
    const name = ownedName(CONTROLLER, 'leader');
    const items = [name, 'another'].map(one => ({
      metadata: { namespace: 'elsewhere', name: one },
      ...leaseOf(`${one === name ? 'c' : 'd'}_1`, Date.now()),
    }));
    api.answers.set('/apis/coordination.k8s.io/v1/leases', { items });
    const { out } = await status();
    assert.match(out, /^Leader: +c_1$/m);
    assert.doesNotMatch(out, /^error: leader/m);
  });

  it('shows Pods that are not ready, and those that do not answer, with the reason', async t => {
    const { api, status } = await cluster(t);
    api.put(pod('b', 'False'));
    api.answers.set(pagePath('a'), 403);
    api.answers.set(pagePath('b'), 503);
    const { out } = await status();
    assert.match(out, /^daemun-system\/a +<unknown> .* leads; cannot be asked: 403/m);
    assert.match(
      out,
      /^error: Pod daemun-system\/b, for .*\n {2}it is not ready \(CrashLoopBackOff, restarted 3 times\)\n {2}kubectl describe pod b -n daemun-system$/m,
    );
    assert.match(
      out,
      /^warning: not known\n {2}Pod daemun-system\/a cannot be asked: 403.*\n {2}kubectl exec a -n daemun-system -- daemun status$/m,
    );
    assert.match(out, /^Backends: +0 of 0 /m, 'counts are of what was read');
  });

  it('says what it may not read', async t => {
    const { api, status } = await cluster(t);
    api.answers.set('/api/v1/pods', 403);
    api.answers.set(LEASE, 403);
    const { out } = await status();
    assert.match(out, /Pods cannot be listed: 403/);
    assert.match(out, /Lease daemun-system\/.* \(403\) cannot be read/);
  });

  const NO_REPLICA =
    /^warning: not known\n {2}no Pod with the label app\.kubernetes\.io\/name=daemun is of daemun\.dev\/gateway-controller:/m;
  const OTHER = {
    source: {
      ...{ kind: 'cluster', server: 's', controllerName: 'example.com/other' },
      ...{ isLeading: true, leader: '', staleSince: null },
    },
  } as const;

  it('says that it sees no replica', async t => {
    const { api, status } = await cluster(t);
    for (const name of ['a', 'b']) api.delete({ kind: 'Pod', namespace: 'daemun-system', name });
    assert.match((await status()).out, NO_REPLICA);
  });

  it('leaves out replicas of another controller', async t => {
    const { api, status } = await cluster(t);
    api.answers.set(pagePath('b'), page('b', OTHER));
    const { out } = await status();
    assert.doesNotMatch(out, /daemun-system\/b/);
    assert.doesNotMatch(out, NO_REPLICA);
  });

  it('says that it sees no replica where all are of another controller, which say so themselves', async t => {
    const { api, status } = await cluster(t);
    for (const name of ['a', 'b']) api.answers.set(pagePath(name), page(name, OTHER));
    assert.match((await status()).out, NO_REPLICA);
  });

  it('notices that statuses are not written', async t => {
    const { api, status } = await cluster(t);
    api.put({ kind: 'HTTPRoute', namespace: 'default', name: 'new', spec: { parentRefs: [{ name: 'gw' }] } });
    assert.match(
      (await status()).out,
      /^error: statuses\n {2}1 objects have no status of daemun.*HTTPRoute\/default\/new/m,
    );
  });

  it('is not watched, and ends with 3 where the cluster does not answer', async t => {
    const { status } = await cluster(t);
    assert.equal((await status('-w')).code, 2);
    const { code } = await run('status', '--kubeconfig', kubeconfigFile('http://127.0.0.1:1'));
    assert.equal(code, 3);
  });
});
