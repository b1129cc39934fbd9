// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/cluster/rolling.ts --class NAME --deployment NAMESPACE/NAME --image IMAGE [--rounds 1] [--rate 20] [--run COMMAND]… [--keep]`: what clients notice while
 * daemun, as it is installed, and the backends behind it are rolled out; with `--run`, while each COMMAND rolls daemun out, such as `helm upgrade …` and `helm rollback …`. To be run in the network of the test cluster, with KUBECONFIG. Calls at a steady
 * rate, whether or not those before were answered: gRPC and HTTP/1.1, in cleartext and TLS, with and without lasting connections, and streams that stay open. IMAGE is one of
 * daemun; backends run it, too. Fails when a call failed. Streams end by drains alone: how many did, and how, is printed.
 */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { parseCertificateHost, selfSignedCertificate } from '../../src/demo/index.ts';
import { type Caller, grpcCaller, httpCaller, type Place } from '../load/callers.ts';
import { HeldStreams } from '../load/held-streams.ts';
import { SteadyLoad } from '../load/steady.ts';
import { Api } from './api.ts';
import { BACKENDS_PATH, GATEWAY_PATH, HOST, ROLLING, rollingObjects } from './rolling-objects.ts';

const REPLICAS = 3;
const STREAMS = 10;
const HOLD_MS = 20_000;
/** Before the first roll-out and after each: what ends late shows then. */
const REST_MS = 10_000;
const POLL_MS = 500;
const MAX_TITLE = 80;
const DEADLINE_MS = 240_000;

const { values } = parseArgs({
  options: {
    class: { type: 'string', default: 'daemun' },
    deployment: { type: 'string', default: 'daemun-system/daemun' },
    image: { type: 'string', default: 'localhost/daemun:0.1.0' },
    rounds: { type: 'string', default: '1' },
    rate: { type: 'string', default: '20' },
    run: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [namespace = '', deployment = ''] = values.deployment.split('/');
const DAEMUN_PATH = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
const hosts = [HOST, `grpc.${HOST}`].flatMap(name => parseCertificateHost(name) ?? []);
const pair = await selfSignedCertificate(hosts, { nowMs: Date.now(), days: 1 });
const api = await Api.open(process.env['KUBECONFIG'] ?? '');
try {
  await api.makeNamespace(ROLLING);
  for (const [path, object] of rollingObjects(values.class, { image: values.image, replicas: REPLICAS, pair }))
    await api.apply(path, object);
  await rolledOut(BACKENDS_PATH);
  process.exitCode = (await run(await addressOf())) ? 0 : 1;
} finally {
  if (!values.keep) await api.delete(`/api/v1/namespaces/${ROLLING}`);
  api.close();
}

async function run(host: string): Promise<boolean> {
  await answering(host);
  const load = new SteadyLoad(callers(host), Number(values.rate));
  const streams = new HeldStreams({ host, port: 80, authority: `grpc.${HOST}`, ca: null }, STREAMS, HOLD_MS);
  await step('at rest', load, streams, () => wait(REST_MS));
  for (const command of values.run) await step(shortened(command), load, streams, () => rollOutBy(command));
  for (let round = 0; values.run.length === 0 && round < Number(values.rounds); round++) {
    await step('daemun rolled out', load, streams, () => rollOut(DAEMUN_PATH));
    await step('backends rolled out', load, streams, () => rollOut(BACKENDS_PATH));
  }
  streams.close();
  await load.stop();
  for (const { name, answered, failed, failures } of load.tallies) {
    say(`${name}: ${answered} answered, ${failed} failed`);
    for (const failure of failures) say(`  ${failure}`);
  }
  if (load.again > 0) say(`refused before anybody saw them, and sent again: ${load.again}`);
  return load.failed === 0;
}

async function step(what: string, load: SteadyLoad, streams: HeldStreams, work: () => Promise<void>): Promise<void> {
  const before = { answered: load.answered, failed: load.failed, startedMs: performance.now() };
  load.forgetLatencies();
  streams.ended.clear();
  await work();
  await wait(REST_MS);
  const tookS = ((performance.now() - before.startedMs) / 1_000).toFixed(0);
  const calls = `${load.answered - before.answered} calls answered, ${load.failed - before.failed} failed`;
  const latency = `p50 ${load.percentile(0.5).toFixed(1)} ms, p99 ${load.percentile(0.99).toFixed(1)} ms`;
  say(
    `${what} (${tookS} s): ${calls}, ${latency}; streams ended: ${JSON.stringify(Object.fromEntries(streams.ended))}`,
  );
}

function callers(host: string): readonly Caller[] {
  const place = (port: number, authority: string, ca: string | null): Place => ({ host, port, authority, ca });
  const http = place(80, HOST, null);
  const https = place(443, HOST, pair.chain);
  return [
    grpcCaller('gRPC', place(80, `grpc.${HOST}`, null)),
    grpcCaller('gRPC over TLS', place(443, `grpc.${HOST}`, pair.chain)),
    httpCaller('HTTP/1.1', http, { keepAlive: true, body: null }),
    httpCaller('HTTP/1.1 over TLS', https, { keepAlive: true, body: null }),
    httpCaller('HTTP/1.1, a connection each', http, { keepAlive: false, body: null }),
    httpCaller('HTTP/1.1 over TLS, a connection each', https, { keepAlive: false, body: null }),
    httpCaller('HTTP/1.1, 64 KiB', http, { keepAlive: true, body: Buffer.alloc(65_536) }),
  ];
}

function shortened(command: string): string {
  return command.length > MAX_TITLE ? `…${command.slice(-MAX_TITLE)}` : command;
}

/** As `kubectl rollout restart` does it. */
async function rollOut(path: string): Promise<void> {
  const annotations = { 'daemun.dev/bench-restarted-at': new Date().toISOString() };
  await api.patch(path, { spec: { template: { metadata: { annotations } } } });
  await rolledOut(path);
}

async function rollOutBy(command: string): Promise<void> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  say(stdout.trimEnd());
  await rolledOut(DAEMUN_PATH);
}

async function rolledOut(path: string): Promise<void> {
  interface Deployment {
    readonly metadata: { readonly generation: number };
    readonly spec: { readonly replicas: number };
    readonly status?: Readonly<Record<string, number | undefined>>;
  }
  await eventually(`roll-out of ${path}`, async () => {
    const { metadata, spec, status = {} } = await api.get<Deployment>(path);
    const { observedGeneration = 0, updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
    const counts = [updatedReplicas, replicas, availableReplicas];
    return observedGeneration >= metadata.generation && counts.every(count => count === spec.replicas);
  });
}

async function addressOf(): Promise<string> {
  let found = '';
  await eventually('address of the Gateway', async () => {
    const { status } = await api.get<{ status?: { addresses?: { value: string }[] } }>(GATEWAY_PATH);
    found = status?.addresses?.[0]?.value ?? '';
    return found !== '';
  });
  return found;
}

async function answering(host: string): Promise<void> {
  for (const caller of callers(host)) {
    await eventually(caller.name, async () => (await caller.call()) === null);
    caller.close();
  }
}

async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited too long: ${what}`);
    await wait(POLL_MS);
  }
}
