// SPDX-License-Identifier: Apache-2.0

/** What cert-manager and its like do with Gateways: an annotation, routes of ACME solvers, and Secrets that they write and replace. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { ownPool } from '../../../test/own-addresses.ts';
import { selfSignedCertificate } from '../../demo/index.ts';
import { FakeApi } from '../../store/kubernetes/fake-api.test-support.ts';
import { kubeconfigFile } from '../../store/kubernetes/kubeconfig-file.test-support.ts';
import { until } from '../../time/until.test-support.ts';
import type { RunningGateway } from '../running-gateway.ts';
import { startKubernetes } from '../start-kubernetes.ts';

const HOST = 'shop.example.com';
/** In the place of 80 and 443, which a test may not bind. */
const [HTTP, HTTPS] = [18_280, 18_643];
const ANNOTATIONS = { 'cert-manager.io/cluster-issuer': 'letsencrypt' };

async function cluster(t: TestContext): Promise<FakeApi> {
  const api = await FakeApi.start(t);
  api.put({ kind: 'GatewayClass', name: 'daemun', spec: { controllerName: 'daemun.dev/gateway-controller' } });
  api.put({
    ...{ kind: 'Gateway', namespace: 'a', name: 'gw', metadata: { annotations: ANNOTATIONS } },
    spec: {
      gatewayClassName: 'daemun',
      listeners: [
        { name: 'http', port: HTTP, protocol: 'HTTP' },
        { name: 'https', port: HTTPS, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'shop-tls' }] } },
      ],
    },
  });
  return api;
}

/** Writes the Secret as an issuer does. */
async function issue(api: FakeApi): Promise<void> {
  const { chain, key } = await selfSignedCertificate([{ kind: 'dns', text: HOST }], { nowMs: Date.now(), days: 90 });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const data = { 'tls.crt': base64(chain), 'tls.key': base64(key) };
  api.put({ kind: 'Secret', namespace: 'a', name: 'shop-tls', type: 'kubernetes.io/tls', data });
}

async function run(t: TestContext, api: FakeApi): Promise<RunningGateway> {
  const kubeconfig = kubeconfigFile(api.access.server);
  const stateDirectory = dirname(kubeconfig);
  const gateway = await startKubernetes({
    kubeconfig,
    addressing: { mode: 'host', pool: ownPool() },
    lease: null,
    stateDirectory,
  });
  t.after(() => gateway.close());
  return gateway;
}

/** What a new TLS connection is shown; '' when it is refused. */
function fingerprint(host: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host, port: HTTPS, servername: HOST, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', () => resolve(''));
  });
}

function ask(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port: HTTP, path, agent: false, headers: { host: HOST } }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
    });
    request.on('error', reject);
  });
}

function addressOf({ listeners }: RunningGateway): string {
  return listeners[0]?.address ?? '';
}

describe('certificates that an issuer brings', () => {
  it('are served once their Secret is there, and replaced for new connections when it changes', async t => {
    const api = await cluster(t);
    const gateway = await run(t, api);
    const host = addressOf(gateway);
    assert.equal(await fingerprint(host), '', 'nothing listens for a certificate that is not there yet');
    await issue(api);
    await until(async () => (await fingerprint(host)) !== '');
    const [first, version] = [await fingerprint(host), gateway.view().published.version];
    await issue(api);
    await until(async () => (await fingerprint(host)) !== first);
    assert.equal(gateway.view().published.version, version + 1, 'one change of the Secret is one change');
  });

  it('leave the annotation of the Gateway alone, and give it to no Service', async t => {
    const api = await cluster(t);
    const applied: string[] = [];
    api.admit = object => {
      applied.push(JSON.stringify(object));
      return object;
    };
    await run(t, api);
    const stored = () => api.stored({ kind: 'Gateway', namespace: 'a', name: 'gw' });
    await until(() => stored()?.['status'] !== undefined && applied.length > 0);
    const { annotations } = (stored()?.['metadata'] ?? {}) as { annotations?: unknown };
    assert.deepEqual(annotations, ANNOTATIONS);
    assert.ok(!applied.join().includes('cert-manager.io'));
  });
});

describe('the route of an HTTP-01 solver', () => {
  it('attaches to the listener for HTTP, and takes its path before a redirect of all others', async t => {
    const solver = createServer((request, response) => response.end(`key for ${request.url}`));
    solver.listen(0, '127.0.0.1');
    await once(solver, 'listening');
    t.after(() => solver.close());
    const { port } = solver.address() as AddressInfo;
    const api = await cluster(t);
    const parentRefs = [{ name: 'gw', sectionName: 'http' }];
    const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } };
    api.put({
      ...{ kind: 'HTTPRoute', namespace: 'a', name: 'to-https' },
      spec: { parentRefs, hostnames: [HOST], rules: [{ filters: [redirect] }] },
    });
    const host = addressOf(await run(t, api));
    assert.match(await ask(host, '/.well-known/acme-challenge/t'), /^301 /);
    const name = 'cm-acme-http-solver-x';
    const spec = {
      ports: [{ port: 8089, targetPort: port }],
      selector: { 'acme.cert-manager.io/http01-solver': 'true' },
    };
    api.put({ kind: 'Service', namespace: 'a', name, spec });
    api.put({
      ...{ kind: 'EndpointSlice', namespace: 'a', name: `${name}-1`, addressType: 'IPv4', ports: [{ port }] },
      metadata: { labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: ['127.0.0.1'] }],
    });
    api.put({
      ...{ kind: 'HTTPRoute', namespace: 'a', name },
      spec: {
        ...{ parentRefs, hostnames: [HOST] },
        rules: [
          {
            matches: [{ path: { type: 'Exact', value: '/.well-known/acme-challenge/t' } }],
            backendRefs: [{ name, port: 8089 }],
          },
        ],
      },
    });
    await until(async () => (await ask(host, '/.well-known/acme-challenge/t')).startsWith('200'));
    assert.equal(await ask(host, '/.well-known/acme-challenge/t'), '200 key for /.well-known/acme-challenge/t');
    assert.match(await ask(host, '/other'), /^301 /);
    api.delete({ kind: 'HTTPRoute', namespace: 'a', name });
    await until(async () => (await ask(host, '/.well-known/acme-challenge/t')).startsWith('301'));
  });
});
