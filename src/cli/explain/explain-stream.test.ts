// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec:
  gatewayClassName: c
  addresses: [{ value: 127.0.0.1 }]
  listeners:
    - { name: tcp, port: 9000, protocol: TCP }
    - { name: empty, port: 9001, protocol: TCP }
    - { name: tls, port: 8443, protocol: TLS, hostname: "*.example.com", tls: { mode: Passthrough } }
    - { name: narrow, port: 8443, protocol: TLS, hostname: b.example.com, tls: { mode: Passthrough } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: db }
spec:
  parentRefs: [{ name: gw, sectionName: tcp }]
  rules: [{ backendRefs: [{ name: db, port: 5432, weight: 3 }, { name: gone, port: 5432 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: { name: a }
spec:
  parentRefs: [{ name: gw, sectionName: tls }]
  hostnames: [a.example.com]
  rules: [{ backendRefs: [{ name: db, port: 5432 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: db, annotations: { daemun.dev/endpoints: "127.0.0.1:9005" } }
spec: { ports: [{ port: 5432 }] }
`;

async function explain(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const terminal = recordingTerminal(MANIFESTS);
  const code = await runProgram(['explain', '-f', '-', ...args], terminal);
  return { code, out: terminal.stdout() };
}

describe('explain, of a connection', () => {
  it('names route, shares and endpoints of a TCP port, and what is reset', async () => {
    const { code, out } = await explain('--tcp', '9000');
    assert.equal(code, 0);
    assert.match(out, /^connections to port 9000 \(tcp\)/);
    assert.match(out, /Listener +default\/gw\/tcp\n/);
    assert.match(out, /Route +TCPRoute\/default\/db\n/);
    assert.match(out, /75 % +default\/db:5432\/tcp\n +127\.0\.0\.1:9005 ready/);
    assert.match(out, /25 % +fault: the backend of this route does not exist/);
    assert.match(out, /Answer +forwarded to one of the endpoints; 25 % reset\n/);
  });

  it('refuses a port without a route, and knows none without a listener', async () => {
    const empty = await explain('--tcp', '9001');
    assert.equal(empty.code, 1);
    assert.match(empty.out, /Answer +reset: no route is attached to the listener/);
    const none = await explain('--tcp', '9999');
    assert.equal(none.code, 1);
    assert.match(none.out, /No listener: no Gateway with a working TCP listener has the port/);
  });

  it('finds the listener of a server name by its most specific hostname, and there the route', async () => {
    const a = await explain('--tls', 'A.example.com', '--port', '8443');
    assert.equal(a.code, 0);
    assert.match(a.out, /Listener +default\/gw\/tls \(TLS is passed on as it comes\)/);
    assert.match(a.out, /Route +TLSRoute\/default\/a \(hostname a\.example\.com\)/);
    const b = await explain('--tls', 'b.example.com');
    assert.equal(b.code, 1);
    assert.match(b.out, /Listener +default\/gw\/narrow/);
    assert.match(b.out, /not default\/gw\/tls: hostname b\.example\.com of narrow is more specific/);
    assert.match(b.out, /reset: no route of the listener takes server name b\.example\.com/);
    const c = await explain('--tls', 'c.example.com');
    assert.match(c.out, /Routes of other server names\n +a\.example\.com +TLSRoute\/default\/a/);
    assert.match((await explain('--tls', 'example.org')).out, /no listener takes server name example\.org/);
  });

  it('says of a question that cannot be asked why', async () => {
    assert.equal((await explain('--tcp', 'http')).code, 2);
    assert.equal((await explain('--tcp', '9000', '--tls', 'a')).code, 2);
    assert.equal((await explain('--tcp', '9000', '--host', 'a')).code, 2);
    assert.equal((await explain('--tls', 'a', '--port', '0')).code, 2);
  });
});
