// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const service = (name: string, ports: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: faces, annotations: { daemun.dev/endpoints: "127.0.0.1:9005" } }
spec: { ports: [${ports}] }
---`;

const MANIFESTS = `${service('smiley', '{ name: http, port: 80 }, { name: db, port: 3306, appProtocol: mysql }')}
${service('color', '{ port: 80 }')}
${service('alone', '{ port: 80 }')}
${service('headless', '{ port: 80 }').replace('ports:', 'clusterIP: None, ports:')}
${service('far', '{ port: 80 }').replace('ports:', 'type: ClusterIP, ports:')}
${service('store', '{ name: http, port: 80 }, { name: db, port: 3306 }, { name: dns, port: 53, protocol: UDP }')}
${service('secret', '{ port: 443, appProtocol: https }')}
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: { name: of-secret, namespace: faces }
spec:
  parentRefs: [{ name: secret, kind: Service, group: "" }]
  hostnames: [secret.example]
  rules: [{ backendRefs: [{ name: secret, port: 443 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: of-store, namespace: faces }
spec:
  parentRefs: [{ name: store, kind: Service, group: "", sectionName: http }]
  rules: [{ backendRefs: [{ name: store, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: of-far, namespace: faces }
spec:
  parentRefs: [{ name: far, kind: Service, group: "", sectionName: http }]
  rules: [{ backendRefs: [{ name: far, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: producer, namespace: faces }
spec:
  parentRefs: [{ name: smiley, kind: Service, group: "" }]
  rules: [{ matches: [{ path: { value: /smile } }], backendRefs: [{ name: smiley, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: consumer, namespace: fast-clients }
spec:
  parentRefs:
    - { name: smiley, namespace: faces, kind: Service, group: "", port: 80 }
    - { name: color, namespace: faces, kind: Service, group: "" }
  rules: [{ backendRefs: [{ name: smiley, namespace: faces, port: 80 }], timeouts: { request: 100ms } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: bytes, namespace: faces }
spec:
  parentRefs: [{ name: smiley, kind: Service, group: "", port: 3306 }]
  rules: [{ backendRefs: [{ name: smiley, port: 3306 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: c, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`;

async function explain(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const terminal = recordingTerminal(MANIFESTS);
  const code = await runProgram(['explain', '-f', '-', ...args], terminal);
  return { code, out: terminal.stdout() };
}

describe('explain, of a request to a Service', () => {
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    [
      'a rule of the producer',
      ['--to', 'faces/smiley:80', '--http', '/smile'],
      0,
      /Flow +b: .*producer.*\n[\s\S]*forwarded/,
    ],
    [
      'no rule of the producer',
      ['--to', 'faces/smiley:80', '--http', '/frown'],
      1,
      /Flow +c: .*producer.*\n[\s\S]*404/,
    ],
    [
      'a rule of the consumer, in its namespace',
      ['--to', 'faces/smiley:80', '--http', '/frown', '--client-namespace', 'fast-clients'],
      0,
      /Client +of namespace fast-clients\nFlow +b: .*consumer.*\n[\s\S]*forwarded to .*100 ms/,
    ],
    [
      'no route for the client',
      ['--to', 'faces/color', '--http', '/'],
      0,
      /Flow +a: no route is for clients whose namespace is not known[\s\S]*as bytes: forwarded/,
    ],
    [
      'a route by server name, which the host is',
      ['--to', 'faces/secret', '--http', '/', '--host', 'secret.example'],
      0,
      /Flow +b: [\s\S]*as bytes, in TLS: forwarded/,
    ],
    [
      'no route of the server name',
      ['--to', 'faces/secret', '--http', '/'],
      1,
      /Host +secret\.faces\.svc\.cluster\.local \(assumed[\s\S]*as bytes, in TLS: reset: no route of the listener takes server name/,
    ],
    ['no route of the Service', ['--to', 'faces/alone', '--http', '/'], 0, /Flow a: no route has Service faces\/alone/],
    ['no Service', ['--to', 'faces/nobody', '--http', '/'], 1, /There is no Service faces\/nobody/],
    [
      'a Service of another namespace',
      ['--to', 'alone', '--http', '/'],
      1,
      /no Service default\/alone; is faces\/alone meant/,
    ],
    ['no port', ['--to', 'faces/alone:9', '--http', '/'], 1, /Service faces\/alone has no port 9; it has /],
    ['a Service that is headless', ['--to', 'faces/headless', '--http', '/'], 1, /headless has no ClusterIP/],
    [
      'a Service whose routes do not attach',
      ['--to', 'faces/far', '--http', '/'],
      1,
      /HTTPRoute faces\/of-far has Service faces\/far as its parent, but does not apply here/,
    ],
    ...[
      ['--to', 'faces/store:3306', '--http', '/'],
      ['--to', 'faces/store', '--tcp', '3306'],
      ['--to', 'faces/store:3306', '--tls', 'a.example'],
    ].map(
      args =>
        [
          `a port that no route's section names, asked with ${args[2]}`,
          args,
          0,
          /Flow a: no route has Service faces\/store:3306 as its parent/,
        ] as const,
    ),
    ...[
      ['--to', 'faces/store:80', '--tcp', '80'],
      ['--to', 'faces/store', '--tls', 'a.example', '--port', '80'],
    ].map(
      args =>
        [
          `another kind of traffic than the route's, asked with ${args[2]}`,
          args,
          1,
          /HTTPRoute faces\/of-store has .* as its parent, but decides about another kind of traffic: ask with --http/,
        ] as const,
    ),
    [
      'datagrams',
      ['--to', 'faces/store', '--udp', '53'],
      0,
      /Flow a: .* datagrams, so those to faces\/store:53 are left/,
    ],
    [
      'no port that a stream asks about',
      ['--to', 'faces/store', '--tcp', '9'],
      1,
      /faces\/store has no port 9; it has/,
    ],
    ['bytes of a TCPRoute', ['--to', 'faces/smiley', '--tcp', '3306'], 0, /Flow +b: [\s\S]*TCPRoute\/faces\/bytes/],
    ['TLS where all bytes pass', ['--to', 'faces/smiley:3306', '--tls', 'a.example'], 0, /TCPRoute\/faces\/bytes/],
  ];
  for (const [what, args, code, expected] of cases)
    it(`tells ${what}`, async () => {
      const told = await explain(...args);
      assert.match(told.out, expected);
      assert.equal(told.code, code);
    });

  it('says nothing of listeners, which a Service has none of', async () => {
    for (const asked of [
      ['--http', '/'],
      ['--tcp', '80'],
    ]) {
      const { out } = await explain('--to', 'faces/alone', ...asked);
      assert.doesNotMatch(out, /listener/i);
    }
  });

  it('says in JSON which way is taken', async () => {
    const { out } = await explain('--to', 'faces/smiley:80', '--http', '/smile', '-o', 'json');
    const { places } = JSON.parse(out) as { places: { frontend: { service: string; flow: string } }[] };
    assert.deepEqual(
      places.map(({ frontend: { service, flow } }) => ({ service, flow })),
      [{ service: 'faces/smiley:80', flow: 'b' }],
    );
  });

  it('is not about Gateways, nor a question about a Gateway about Services', async () => {
    const { out } = await explain('--gateway', 'gw', '--http', '/smile');
    assert.match(out, /default\/gw\/http/);
    assert.doesNotMatch(out, /faces\/smiley/);
  });
});

describe('describe, of a Service', () => {
  const described = async (name: string): Promise<string> => {
    const terminal = recordingTerminal(MANIFESTS);
    assert.equal(await runProgram(['describe', 'service', name, '-n', 'faces', '-f', '-'], terminal), 0);
    return terminal.stdout();
  };

  it('says whose routes each group of its clients meets', async () => {
    const smiley = await described('smiley');
    assert.match(smiley, /Routed:\n +Port +Address +Clients of +Routed by\n/);
    assert.match(smiley, /\n +80 +127\.1\.0\.\d+:80 +all others +HTTPRoute faces\/producer\n/);
    assert.match(smiley, /\n +80 +127\.1\.0\.\d+:80 +fast-clients +HTTPRoute fast-clients\/consumer\n/);
    assert.match(smiley, /\n +3306 +127\.1\.0\.\d+:3306 +all others +TCPRoute faces\/bytes\n/);
    assert.match(await described('color'), /all others +<none>: its endpoints get all bytes\n/);
    assert.doesNotMatch(await described('alone'), /Routed/);
  });
});
