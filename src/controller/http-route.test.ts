// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { createLog } from './log/log.ts';
import type { RunningGateway } from './running-gateway.ts';
import { startStandalone } from './start-standalone.ts';

const MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: daemun, listeners: [{ name: http, port: 8080, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: gw }]
  hostnames: [app.example.com]
  rules:
    - matches: [{ path: { value: /shop }, method: GET }]
      filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-rule, value: shop }] } }]
      backendRefs: [{ name: plain, port: 80 }]
    - matches: [{ path: { type: Exact, value: /shop/h2c } }]
      backendRefs: [{ name: h2c, port: 80 }]
    - matches: [{ path: { value: /old } }]
      filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: gw }]
  hostnames: [app.example.com]
  rules: [{ matches: [{ method: { service: api.Echo } }], backendRefs: [{ name: plain, port: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: plain }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: h2c }
spec: { ports: [{ port: 80, appProtocol: kubernetes.io/h2c }] }
`;

interface Echo {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe('an HTTPRoute', () => {
  let folder = '';
  let gateway: RunningGateway;
  let port = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-http-route-'));
    await writeFile(join(folder, 'web.yaml'), MANIFESTS);
    const log = createLog({ level: 'error', format: 'json', colours: false, write: () => {} });
    gateway = await startStandalone({ paths: [folder], ports: 'ephemeral', demo: true, workers: 0, log });
    port = gateway.listeners[0]?.port ?? 0;
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  async function get(path: string, method = 'GET'): Promise<IncomingMessage> {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: 'app.example.com' }, agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  it('takes requests over HTTP/1.1 to a backend that speaks HTTP/1.1, with its header changes', async () => {
    const response = await get('/shop/cart?id=1');
    assert.equal(response.statusCode, 200);
    const echo = (await json(response)) as Echo;
    assert.equal(echo.path, '/shop/cart?id=1');
    assert.equal(echo.headers['x-rule'], 'shop');
  });

  it('takes an exact path first, to a backend that speaks HTTP/2', async () => {
    const response = await get('/shop/h2c');
    assert.equal(response.statusCode, 200);
    assert.equal(((await json(response)) as Echo).headers['x-rule'], undefined);
  });

  it('takes requests over HTTP/2 beside the calls of a GRPCRoute of its name', async () => {
    const session = connect(`http://127.0.0.1:${port}`);
    const plain = session.request({ ':path': '/shop', ':authority': 'app.example.com' });
    const [head] = await once(plain, 'response');
    assert.equal(head[':status'], 200);
    assert.equal(((await json(plain)) as Echo).headers['x-rule'], 'shop');
    const call = session.request({
      ':method': 'POST',
      ':path': '/api.Echo/Echo',
      ':authority': 'app.example.com',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.end(Buffer.from([0, 0, 0, 0, 0]));
    call.resume();
    const [trailers] = await once(call, 'trailers');
    assert.equal(trailers['grpc-status'], '0');
    session.close();
  });

  it('answers what no rule takes with 404, and what a rule redirects with its place', async () => {
    const none = await get('/shopping');
    assert.equal(none.statusCode, 404);
    assert.equal(await text(none), 'no route matches GET /shopping on host app.example.com\n');
    assert.equal((await get('/shop', 'POST')).statusCode, 404);
    const moved = await get('/old/x?id=1');
    assert.deepEqual([moved.statusCode, moved.headers.location], [302, `https://app.example.com/old/x?id=1`]);
  });

  it('is accepted', () => {
    const status = JSON.stringify(gateway.statuses().get('HTTPRoute/default/web'));
    assert.match(status, /"type":"Accepted","status":"True"/);
    assert.doesNotMatch(status, /PartiallyInvalid/);
  });
});
