// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeApi } from '../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../store/kubernetes/kubeconfig-file.test-support.ts';
import { until } from '../time/until.test-support.ts';
import { runProgram } from './program.ts';
import { recordingTerminal } from './recording-terminal.test-support.ts';

/** A cluster with a Gateway that has an address, and a route whose backend is missing. */
async function cluster(t: TestContext): Promise<{ api: FakeApi; flags: string[] }> {
  const api = await FakeApi.start(t);
  api.put({ kind: 'GatewayClass', name: 'ours', spec: { controllerName: 'daemun.dev/gateway-controller' } });
  api.put({
    kind: 'Gateway',
    namespace: 'default',
    name: 'gw',
    spec: { gatewayClassName: 'ours', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    status: { addresses: [{ type: 'IPAddress', value: '192.0.2.7' }] },
  });
  api.put({
    kind: 'HTTPRoute',
    namespace: 'default',
    name: 'r',
    spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 'missing', port: 80 }] }] },
  });
  return { api, flags: ['--kubeconfig', kubeconfigFile(api.access.server, 'none'), '--context', 'here'] };
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('a cluster as what a command reads', () => {
  it('is listed with the statuses that its objects should have', async t => {
    const { flags } = await cluster(t);
    assert.match((await run('get', 'gtw', ...flags)).out, /^gw +ours +192\.0\.2\.7 +True/m);
    assert.match((await run('describe', 'httproute', 'r', ...flags)).out, /BackendNotFound/);
  });

  it('is checked, and nothing is written to it', async t => {
    const { api, flags } = await cluster(t);
    const { code, out } = await run('check', ...flags);
    assert.equal(code, 1);
    assert.match(out, /HTTPRoute default\/r spec\.rules\[0\]\.backendRefs\[0\] error route\/backend-not-found/);
    assert.deepEqual(
      api.requests.filter(request => !request.startsWith('GET ')),
      [],
    );
    // It has let go of its watches; the server hears of that a moment later.
    await until(() => api.openWatches === 0);
  });

  it('explains a request at the addresses that its Gateways have', async t => {
    const { flags } = await cluster(t);
    const { out } = await run('explain', '--http', 'GET /', ...flags);
    assert.match(out, /192\.0\.2\.7:80/);
    assert.match(out, /HTTPRoute\/default\/r/);
  });

  it('has no Gateways for another controller name', async t => {
    const { flags } = await cluster(t);
    const { out } = await run('proxy-config', 'listener', '--controller-name', 'example.com/other', ...flags);
    assert.doesNotMatch(out, /192\.0\.2\.7/);
  });

  it('is not read beside manifests, nor watched', async t => {
    const { flags } = await cluster(t);
    for (const args of [
      ['get', 'gtw', '-f', '.'],
      ['check', '.'],
      ['get', 'gtw', '-w'],
    ]) {
      const { code, err } = await run(...args, ...flags);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /cluster/);
    }
  });

  it('is what --controller-name is about', async () => {
    for (const args of [
      ['check', '.'],
      ['get', 'gtw', '-f', '.'],
      ['explain', '--udp', '53'],
    ]) {
      const { code, err } = await run(...args, '--controller-name', 'example.com/a');
      assert.equal(code, 2, args.join(' '));
      assert.match(err, /--controller-name is for a cluster/);
    }
  });

  it('says at once that it does not answer', async () => {
    const flags = ['--kubeconfig', kubeconfigFile('http://127.0.0.1:1')];
    const { code, err } = await run('get', 'gtw', ...flags);
    assert.equal(code, 3);
    assert.match(err, /127\.0\.0\.1:1 does not answer/);
  });

  it('says at once that it does not know who asks, or fails', async t => {
    for (const [status, said] of [
      [401, /does not know who asks: 401/],
      [503, /503/],
    ] as const) {
      const { api, flags } = await cluster(t);
      api.fail('*', status);
      const { code, err } = await run('check', ...flags);
      assert.equal(code, 3);
      assert.match(err, said);
    }
  });

  it('is shown with a warning when something of it may not be read', async t => {
    const { api, flags } = await cluster(t);
    api.fail('Gateway', 403);
    api.fail('Secret', 403);
    const { err } = await run('get', 'gtw', ...flags);
    assert.match(
      err,
      /^warning: Gateway cannot be read, so there are none.*; 1 more of such kinds \(daemun check --kubernetes\)$/m,
    );
  });
});
