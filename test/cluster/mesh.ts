// SPDX-License-Identifier: Apache-2.0

/**
 * `examples/mesh` on a cluster: the same manifests without the ClusterIPs of a laptop, called by Pods through the names of Services. What an agent makes of
 * some calls is other than what comes of them without one, which is asked as well.
 */
import { join } from 'node:path';
import type { MeshReport } from '../../src/controller/index.ts';
import type { Harness } from '../conformance/harness.ts';
import { type NodeAgent, startAgent } from './node-agent.ts';
import type { ClusterSteps } from './steps.ts';
import { eventually } from './tries.ts';

const MANIFESTS = ['examples/mesh/faces.yaml', 'examples/mesh/payment.yaml'];
/** Those of the manifests, and of a client that no route is for. */
const NAMESPACES = ['faces', 'fast-clients', 'payment'] as const;
const CLIENT = { app: 'client' };

/** `STATUS POD`, the Pod by the name of its Deployment; ' ' without one. */
interface Call {
  readonly what: string;
  /** The namespace of the client. */
  readonly from: string;
  readonly url: string;
  readonly routed: string;
  readonly without: string;
}

const CALLS: readonly Call[] = [
  {
    what: 'the producer’s route is for all clients',
    from: 'payment',
    url: 'http://smiley.faces:8080/smiley?delay=400ms',
    routed: '200 smiley',
    without: '200 smiley',
  },
  {
    what: 'what no rule takes is refused',
    from: 'payment',
    url: 'http://smiley.faces:8080/',
    routed: '404 ',
    without: '200 smiley',
  },
  {
    what: 'clients of fast-clients wait 100 ms',
    from: 'fast-clients',
    url: 'http://smiley.faces:8080/?delay=400ms',
    routed: '504 ',
    without: '200 smiley',
  },
  {
    what: 'clients of fast-clients get what is in time',
    from: 'fast-clients',
    url: 'http://smiley.faces:8080/',
    routed: '200 smiley',
    without: '200 smiley',
  },
  {
    what: 'the consumer’s route leads where it says',
    from: 'fast-clients',
    url: 'http://color.faces:8080/',
    routed: '200 smiley',
    without: '200 color',
  },
  {
    what: 'a consumer’s route is not for other clients',
    from: 'payment',
    url: 'http://color.faces:8080/?delay=400ms',
    routed: '200 color',
    without: '200 color',
  },
  {
    what: 'a Service without routes is left alone',
    from: 'fast-clients',
    url: 'http://plain.faces:8080/?delay=400ms',
    routed: '200 color',
    without: '200 color',
  },
];

/** A database greets first, and its port says what it speaks. */
const DATABASE_PORT = 3306;
const DATABASES = `
apiVersion: v1
kind: Service
metadata: { name: plain }
spec: { selector: { app: color }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: routed-database }
spec: { selector: { app: database }, ports: [{ port: ${DATABASE_PORT}, appProtocol: mysql }] }
---
apiVersion: v1
kind: Service
metadata: { name: mixed }
spec: { selector: { app: database }, ports: [{ name: web, port: 8080 }, { name: db, port: ${DATABASE_PORT}, appProtocol: mysql }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: database }
spec:
  parentRefs: [{ group: "", kind: Service, name: routed-database }]
  rules: [{ backendRefs: [{ name: routed-database, port: ${DATABASE_PORT} }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: mixed }
spec:
  parentRefs: [{ group: "", kind: Service, name: mixed }]
  rules: [{ backendRefs: [{ name: mixed, port: 8080 }] }]
`;
const GREETING = 'hello, who are you?';
/** Ports of the Services that have routes. */
const FRONTENDS = [
  'faces/color:8080',
  'faces/mixed:8080',
  `faces/routed-database:${DATABASE_PORT}`,
  'faces/smiley:8080',
  'payment/payment-service:50051',
];

/** Follows the example with an agent, and asks the same once it is gone. */
export async function followMesh(steps: ClusterSteps, harness: Harness, logFolder: string): Promise<void> {
  for (const namespace of NAMESPACES) steps.kubectl('create', 'namespace', namespace);
  const agent = startAgent(harness, NAMESPACES[0], join(logFolder, 'agent.log'));
  try {
    makeWorld(steps);
    checkFrontends(steps, agent);
    for (const call of CALLS) checkCall(steps, call, call.routed);
    checkPriority(steps, true);
    checkDatabases(steps, 'an agent');
    await agent.stop('SIGKILL');
    for (const call of CALLS) checkCall(steps, { ...call, what: `no agent: ${call.url}` }, call.without);
    checkPriority(steps, false);
    checkDatabases(steps, 'no agent');
  } finally {
    await agent.stop('SIGKILL');
    steps.kubectl('delete', 'namespace', ...NAMESPACES, '--ignore-not-found');
  }
}

function makeWorld(steps: ClusterSteps): void {
  for (const file of MANIFESTS) steps.apply('', steps.read(file).replaceAll(/^ *clusterIP: .*\n/gm, ''));
  steps.apply('faces', DATABASES);
  for (const [namespace, service, port] of [
    ['faces', 'smiley', 8080],
    ['faces', 'color', 8080],
    ['payment', 'payment-service', 50_051],
  ] as const) {
    const labels = { app: service };
    steps.kubectl('-n', namespace, 'patch', 'service', service, '-p', JSON.stringify({ spec: { selector: labels } }));
    steps.backends(namespace, service, labels, port);
  }
  for (const namespace of ['payment', 'fast-clients']) steps.backends(namespace, 'client', CLIENT);
  const serve = `require('net').createServer(s => s.on('error', () => {}).end('${GREETING}\\n')).listen(${DATABASE_PORT})`;
  steps.program('faces', 'database', { labels: { app: 'database' }, command: ['node', '-e', serve] });
  for (const namespace of NAMESPACES)
    steps.kubectl('-n', namespace, 'wait', 'deployment', '--all', '--for', 'condition=Available', '--timeout', '90s');
}

function checkFrontends(steps: ClusterSteps, agent: NodeAgent): void {
  const served = (report: MeshReport | null): string =>
    (report?.frontends ?? [])
      .filter(({ to }) => to !== null)
      .map(({ service, port }) => `${service}:${port}`)
      .join();
  const found = eventually(
    () => served(agent.report()),
    said => said === FRONTENDS.join(),
  );
  steps.check('mesh status: the ports that have routes are served, and no others', found === FRONTENDS.join(), found);
}

function checkCall(steps: ClusterSteps, { what, from, url }: Call, expected: string): void {
  const ask = `fetch('${url}').then(r => console.log(r.status, (r.headers.get('hostname') ?? '').replace(/-[^-]+-[^-]+$/, '')), e => console.log(String(e.cause)))`;
  const found = eventually(
    () => inClient(steps, from, 'node', '-e', ask).replace(/\n$/, ''),
    said => said === expected,
  );
  steps.check(`mesh: ${what}`, found === expected, found);
}

/** Of document 002: each call of a method is given a header on its way. */
function checkPriority(steps: ClusterSteps, isRouted: boolean): void {
  const call = ['daemun', 'call', 'http://payment-service.payment:50051', 'api.Echo/Echo', '{"content": "pay"}', '-v'];
  const isGood = (said: string): boolean =>
    said.includes('hostname: payment-service-') && said.includes('x-grpc-test-echo-initial: high') === isRouted;
  const found = eventually(() => inClient(steps, 'fast-clients', ...call), isGood);
  steps.check(`mesh: a call of payment-service ${isRouted ? 'has' : 'has no'} priority`, isGood(found), found);
}

/** Where the server speaks first: routed as a stream, and left alone beside a port of HTTP. */
function checkDatabases(steps: ClusterSteps, who: string): void {
  for (const service of ['routed-database', 'mixed']) {
    const ask = `require('net').connect(${DATABASE_PORT}, '${service}.faces').on('error', e => console.log(String(e))).setTimeout(3000, function () { this.destroy() }).pipe(process.stdout)`;
    const found = eventually(
      () => inClient(steps, 'fast-clients', 'node', '-e', ask).trim(),
      said => said === GREETING,
    );
    steps.check(`mesh: with ${who} ${service} greets first`, found === GREETING, found);
  }
}

/** The output of a command in the client's Pod of a namespace. */
function inClient(steps: ClusterSteps, namespace: string, ...command: readonly string[]): string {
  return steps.attempt('kubectl', '-n', namespace, 'exec', 'deployment/client', '--', ...command);
}
