// SPDX-License-Identifier: Apache-2.0

/** `examples/cluster`: several gRPC services at one address, from Secret to clean-up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Grpcurl } from './grpcurl.ts';
import { callTutorial } from './grpcurl-calls.ts';
import type { ClusterSteps } from './steps.ts';

const NAMESPACE = 'daemun-tutorial';
const HOST = 'grpc.example.com';
const FOLDER = 'examples/cluster';
const MANIFESTS = ['services.yaml', 'gateway.yaml', 'routes.yaml'];
/** Calls after which both Pods have answered, or never will. */
const CALLS = 8;

export async function followTutorial(steps: ClusterSteps): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-tutorial-'));
  try {
    steps.kubectl('create', 'namespace', NAMESPACE);
    const cacert = join(folder, 'cert.pem');
    const certificate = steps.certificate(`${NAMESPACE}/envoy-certs`, [HOST]);
    writeFileSync(cacert, certificate);
    for (const file of MANIFESTS) steps.apply(NAMESPACE, steps.read(`${FOLDER}/${file}`));
    for (const name of ['echo-grpc', 'reverse-grpc'])
      steps.kubectl('-n', NAMESPACE, 'rollout', 'status', `deployment/${name}`, '--timeout', '90s');
    steps.wait(NAMESPACE, 'gateway/grpc', 'condition=Programmed');
    const address = steps.address(NAMESPACE, 'grpc');
    checkService(steps, address);
    checkCalls(steps, address, cacert);
    const grpcurl = Grpcurl.find(steps);
    if (grpcurl !== null) callTutorial({ grpcurl, steps, address, certificate });
    checkHealth(steps, address, cacert);
    checkCleanUp(steps);
  } finally {
    steps.kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
    rmSync(folder, { recursive: true });
  }
}

function checkService(steps: ClusterSteps, address: string): void {
  const services = steps.kubectl('-n', NAMESPACE, 'get', 'services', '--no-headers');
  steps.check('both services are headless', (services.match(/-grpc\s+ClusterIP\s+None/g) ?? []).length === 2, services);
  const isBalanced = new RegExp(`grpc-daemun\\s+LoadBalancer\\s+\\S+\\s+${address.replaceAll('.', '\\.')}\\s+443:`);
  steps.check('the Gateway has the address of its load balancer', isBalanced.test(services), services);
}

function checkCalls(steps: ClusterSteps, address: string, cacert: string): void {
  for (const [method, deployment, answer] of [
    ['api.Echo/Echo', 'echo-grpc', 'abc'],
    ['api.Reverse/Reverse', 'reverse-grpc', 'cba'],
  ] as const) {
    const call = { address: `https://${address}:443`, authority: HOST, method, message: { content: 'abc' } };
    const results = Array.from({ length: CALLS }, () => steps.call({ ...call, flags: ['--cacert', cacert] }));
    const wrong = results.find(({ output }) => !output.includes(`"content": "${answer}"`));
    steps.check(`${method} answers`, wrong === undefined, wrong?.output ?? '');
    const pods = [...new Set(results.map(({ pod }) => pod))];
    const isOurs = pods.every(pod => pod.startsWith(`${deployment}-`));
    steps.check(`${method} is answered by two Pods in turn`, pods.length === 2 && isOurs, pods.join(', '));
  }
}

function checkHealth(steps: ClusterSteps, address: string, cacert: string): void {
  const place = ['--cacert', cacert, '--resolve', `${HOST}:443:${address}`, `https://${HOST}/healthz`];
  const code = steps.run('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...place);
  steps.check('whoever checks the gateway is answered 200', code === '200', code);
}

function checkCleanUp(steps: ClusterSteps): void {
  steps.kubectl('-n', NAMESPACE, 'delete', 'gateway/grpc', '--wait');
  steps.kubectl('-n', NAMESPACE, 'wait', 'service/grpc-daemun', '--for=delete', '--timeout', '60s');
  const left = steps.kubectl(
    '-n',
    NAMESPACE,
    'get',
    'endpointslices',
    '-l',
    'app.kubernetes.io/managed-by=daemun',
    '-o',
    'name',
  );
  steps.check('with the Gateway goes all that was made for it', left.trim() === '', left);
}
