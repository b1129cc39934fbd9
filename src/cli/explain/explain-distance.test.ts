// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runProgram } from '../program.ts';
import { recordingTerminal } from '../recording-terminal.test-support.ts';

const ENDPOINTS = `
  - { addresses: [10.0.1.1], nodeName: n1, zone: a, targetRef: { name: here } }
  - { addresses: [10.0.1.2], nodeName: n2, zone: a }
  - { addresses: [10.0.1.3], nodeName: n3, zone: b }`;

function service(name: string, spec: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 80 }], ${spec} }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: ${ENDPOINTS}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: gw }, { kind: Service, group: "", name: ${name} }]
  rules: [{ backendRefs: [{ name: ${name}, port: 80 }], matches: [{ path: { value: /${name} } }] }]
---`;
}

const MANIFESTS = `${service('near', 'trafficDistribution: PreferSameNode')}${service('local', 'internalTrafficPolicy: Local')}
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw }
spec: { gatewayClassName: c, listeners: [{ name: http, port: 8080, protocol: HTTP }] }
`;

async function explain(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const terminal = recordingTerminal(MANIFESTS);
  const code = await runProgram(['explain', '-f', '-', ...args], terminal);
  return { code, out: terminal.stdout() };
}

/** What it says of endpoints, a line each. */
function endpointsOf(out: string): readonly string[] {
  return out.split('\n').flatMap(line => /^ +(10\.0\..*)$/.exec(line)?.[1]?.trimEnd() ?? []);
}

describe('explain, of endpoints near and far', () => {
  const near = ['--http', '/near', '--gateway', 'gw'];

  it('says who is near the node, and when the others get requests', async () => {
    const { out } = await explain(...near, '--node-name', 'n1');
    assert.deepEqual(endpointsOf(out), [
      '10.0.1.1:8080 ready here, on this node',
      '10.0.1.2:8080 ready, in this zone: used when no nearer one can be',
      '10.0.1.3:8080 ready, elsewhere: used when no nearer one can be',
    ]);
  });

  it('says it of a zone, in JSON, too', async () => {
    const { out } = await explain(...near, '--zone', 'b');
    assert.match(out, /10\.0\.1\.3:8080 ready, in this zone\n/);
    const { out: json } = await explain(...near, '--zone', 'b', '-o', 'json');
    assert.match(json, /"note": "elsewhere: used when no nearer one can be"/);
  });

  it('says nothing where all are equally near, as from nowhere', async () => {
    const all = ['10.0.1.1:8080 ready here', '10.0.1.2:8080 ready', '10.0.1.3:8080 ready'];
    assert.deepEqual(endpointsOf((await explain(...near)).out), all);
    assert.deepEqual(endpointsOf((await explain('--http', '/local', '--gateway', 'gw', '--zone', 'a')).out), all);
  });

  it('says which node a Service keeps its clients on, and that a Gateway is none of them', async () => {
    const { out } = await explain('--http', '/local', '--to', 'local', '--node-name', 'n2');
    assert.match(out, /endpoints on node n2 alone: internalTrafficPolicy is Local\n +10\.0\.1\.2:8080 ready\n/);
    const elsewhere = await explain('--http', '/local', '--to', 'local', '--node-name', 'n9');
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.out, /it has no ready endpoint on node n9, and its internalTrafficPolicy is Local/);
    const gateway = await explain('--http', '/local', '--gateway', 'gw', '--node-name', 'n2');
    assert.equal(endpointsOf(gateway.out).length, 3);
  });

  it('knows no place for a process that runs elsewhere', async () => {
    const terminal = recordingTerminal('');
    assert.equal(await runProgram(['explain', '--http', '/', '--zone', 'a'], terminal), 2);
    assert.match(terminal.stderr(), /--node-name and --zone are not for a running daemun/);
  });
});
