// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainGateway } from '../manifests.test-support.ts';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const ENDPOINT = `name: gw, annotations: { daemun.dev/health-endpoint: "/shop; x-envoy-livenessprobe: healthz", daemun.dev/trusted-proxies: 10.0.0.0/8 }`;
const MANIFESTS = `${plainGateway(8080).replace('name: gw', ENDPOINT)}\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: gw }]
  rules:
    - matches: [{ path: { value: /shop }, method: GET }]
      timeouts: { request: 3s }
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /old } }]
      filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }]
    - matches: [{ path: { value: /moved } }]
      filters: [{ type: RequestRedirect, requestRedirect: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } } }]
    - matches: [{ path: { value: /cart }, headers: [{ name: X-Forwarded-Proto, value: https }] }]
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /inner } }]
      filters:
        - type: URLRewrite
          urlRewrite: { hostname: shop.test, path: { type: ReplacePrefixMatch, replacePrefixMatch: / } }
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /%7Einner } }]
      filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /home } } }]
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /api } }]
      filters: [{ type: CORS, cors: { allowOrigins: ["https://*.shop.test"], allowMethods: [PUT] } }]
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /live }, headers: [{ name: Upgrade, value: websocket }] }]
      timeouts: { request: 3s }
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /kept } }]
      sessionPersistence: { type: Header, absoluteTimeout: 1h, header: { name: Shop-Session } }
      backendRefs: [{ name: shop, port: 80 }]
    - matches: [{ path: { value: /shop.Cart } }]
      backendRefs: [{ name: shop, port: 80 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: gw }]
  rules: [{ matches: [{ method: { service: shop.Cart } }], backendRefs: [{ name: shop, port: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: shop, annotations: { daemun.dev/endpoints: "127.0.0.1:9001" } }
spec: { ports: [{ port: 80 }] }
`;

async function explain(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const terminal = recordingTerminal(MANIFESTS);
  const code = await runProgram(['explain', '-f', '-', ...args], terminal);
  return { code, out: terminal.stdout() };
}

describe('explain, of an HTTP request', () => {
  it('names the rule of the HTTPRoute, its timeout and its backend', async () => {
    const { code, out } = await explain('--http', 'GET /shop/cart?id=1');
    assert.equal(code, 0);
    assert.match(out, /taken +HTTPRoute\/default\/web\[0\] .*GET path \/shop and below/);
    assert.match(out, /GRPCRoute\/default\/web\[0\] .*takes gRPC requests only/);
    assert.match(out, /forwarded to default\/shop:80\/h1, within 3000 ms/);
  });

  it('rewrites and redirects the path as it is read, by the scheme that a trusted proxy says', async () => {
    const { out } = await explain('--http', 'GET /inner//a/./b?c=//');
    assert.match(out, /asked for GET \/a\/b\?c=\/\/ of host shop\.test/);
    const asked = ['--http', 'GET /moved//a', '--host', 'a.test', '-H', 'x-forwarded-proto: https'];
    assert.match((await explain(...asked)).out, /HTTP 302: see http:\/\/a\.test:8080\/new\/a\n/);
    assert.match((await explain(...asked, '--client', '10.0.0.9')).out, /HTTP 302: see https:\/\/a\.test\/new\/a\n/);
  });

  it('says which clients stay with an endpoint', async () => {
    const { out } = await explain('--http', 'GET /kept');
    assert.match(out, /sessions: who sends header shop-session stays with the endpoint that gave it, for 1h at most\n/);
    assert.doesNotMatch((await explain('--http', 'GET /shop')).out, /sessions/);
  });

  it('says why no rule takes it', async () => {
    const { code, out } = await explain('--http', 'POST /shopping');
    assert.equal(code, 1);
    assert.match(out, /path \/shopping is not under \/shop \(prefixes end at a slash\)/);
    assert.match(out, /HTTP 404: no route matches POST \/shopping/);
    assert.match((await explain('--http', 'POST /shop')).out, /method POST is not GET/);
  });

  it('says what a path is read as, and why one is refused', async () => {
    const read = await explain('--http', 'GET /x/..//%73hop/é');
    assert.equal(read.code, 0);
    assert.match(read.out, /^ {2}read as \/shop\/%C3%A9$/m);
    assert.doesNotMatch((await explain('--http', 'GET /shop')).out, /read as/);
    const refused = await explain('--http', 'GET /shop/..%2fadmin');
    assert.equal(refused.code, 1);
    assert.match(refused.out, /HTTP 400: path \/shop\/\.\.%2fadmin has a dot segment that only some would see/);
  });

  it('says that the health endpoint answers, and why it does not', async () => {
    const probe = 'x-envoy-livenessprobe: healthz';
    const check = await explain('--http', 'GET /shop', '--host', '10.0.0.1', '-H', probe);
    assert.equal(check.code, 0);
    assert.match(check.out, /^Answer {2}HTTP 200 by the health endpoint of Gateway default\/gw/m);
    assert.doesNotMatch(check.out, /Candidates/);
    const other = await explain('--http', 'GET /shop');
    assert.match(
      other.out,
      /no health check: \/shop is the Gateway's health endpoint for requests with x-envoy-livenessprobe: healthz; x-envoy-livenessprobe is not so/,
    );
    assert.match(other.out, /forwarded to default\/shop:80\/h1/);
  });

  it('believes a peer that the Gateway trusts', async () => {
    const asked = ['--http', 'GET /cart', '-H', 'x-forwarded-proto: https'] as const;
    assert.match((await explain(...asked, '--client', '10.1.2.3')).out, /forwarded to default\/shop:80\/h1/);
    for (const client of [[], ['--client', '192.0.2.1']])
      assert.match((await explain(...asked, ...client)).out, /header x-forwarded-proto is "http", wants "https"/);
    assert.equal((await explain(...asked, '--client', 'me')).code, 2);
  });

  it('looks gRPC calls up in the GRPCRoute of the same name first', async () => {
    const { out } = await explain('--grpc', 'shop.Cart/Add');
    assert.match(out, /forwarded to default\/shop:80$/m);
    assert.match((await explain('--http', 'POST /shop.Cart/Add')).out, /forwarded to default\/shop:80\/h1$/m);
  });

  it('says where a redirect leads, and that it is an answer', async () => {
    const { code, out } = await explain('--http', 'GET /old/x?q=1', '--host', 'a.example.com');
    assert.equal(code, 0);
    assert.match(out, /^ {2}redirect with 302: scheme https$/m);
    assert.match(out, /^Answer +HTTP 302: see https:\/\/a\.example\.com\/old\/x\?q=1$/m);
  });

  it('says what a preflight is answered', async () => {
    const asked = ['--http', 'OPTIONS /api/x', '-H', 'access-control-request-method: PUT', '-H'];
    const own = await explain(...asked, 'origin: https://www.shop.test');
    assert.equal(own.code, 0);
    assert.match(own.out, /^ {2}CORS: pages of https:\/\/\*\.shop\.test may call; methods PUT$/m);
    assert.match(own.out, /^Answer +HTTP 204: access-control-allow-origin: https:\/\/www\.shop\.test; /m);
    const foreign = await explain(...asked, 'origin: https://shop.test');
    assert.equal(foreign.code, 1);
    assert.match(foreign.out, /HTTP 403: pages of the origin https:\/\/shop\.test may not call this route/);
    assert.match((await explain('--http', 'PUT /api/x', '-H', 'origin: https://shop.test')).out, /forwarded to/);
  });

  it('says what a backend is asked for in place of what the client asks for', async () => {
    const { out } = await explain('--http', 'GET /inner/x?q=1');
    assert.match(out, /^ {2}rewrite: host shop\.test, \/ in place of the prefix \/inner$/m);
    assert.match(out, /asked for GET \/x\?q=1 of host shop\.test/);
    assert.match(out, /forwarded to default\/shop:80\/h1$/m);
  });

  it('replaces a prefix that is written in another form than the one it is compared in', async () => {
    for (const asked of ['/~inner/x', '/%7Einner/x'])
      assert.match((await explain('--http', `GET ${asked}`)).out, /asked for GET \/home\/x$/m);
  });

  it('says that a request asks for an upgrade, as rules see it', async () => {
    const live = await explain('--http', 'GET /live', '-H', 'Upgrade: WebSocket');
    assert.match(
      live.out,
      /forwarded to .*; asked to go on with websocket, which ends the timeouts when it is granted/,
    );
    for (const protocol of ['h2c', 'websocket, chat'])
      assert.doesNotMatch((await explain('--http', 'GET /live', '-H', `Upgrade: ${protocol}`)).out, /go on with/);
  });
});
