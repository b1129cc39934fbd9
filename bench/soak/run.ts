// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/soak/run.ts [--minutes 60] [--rate 20]`: whether daemun stays as it is for as long as it runs. Mixed load at a steady rate of each kind (gRPC
 * and HTTP/1.1, cleartext and TLS, short connections, bodies, streams that stay open), while endpoints change each second, routes every five
 * seconds, and clients misbehave. Prints a line a minute. Fails when a call failed, a stream ended by itself, memory of the last sixth is more than
 * 10 % above that of minutes 10 to 20, or descriptors are left over when all is quiet again.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseCertificateHost, selfSignedCertificate } from '../../src/demo/index.ts';
import { type Caller, grpcCaller, httpCaller, type Place } from '../load/callers.ts';
import { HeldStreams } from '../load/held-streams.ts';
import { SteadyLoad } from '../load/steady.ts';
import { freePort, type Program, startProgram, waitForPort } from '../processes.ts';
import { startBackends } from './backends.ts';
import { endpoints, gateway, HOST, otherRoutes, SERVICE } from './manifests.ts';
import { MISCHIEF } from './mischief.ts';
import { compare, descriptorsOf, type Sample, sample } from './samples.ts';

const BACKENDS = 8;
const OTHER_ROUTES = 200;
const ENDPOINTS_EVERY_MS = 1_000;
const ROUTES_EVERY_MS = 5_000;
const MISCHIEF_EVERY_MS = 1_000;
const SAMPLE_EVERY_MS = 5_000;
/** Streams at a time, and how long each is held. */
const STREAMS = 20;
const HOLD_MS = 60_000;
/** Until what the load left behind is gone: streams, idle connections of pools, slow clients. */
const QUIET_MS = 90_000;
const RSS_BOUND = 1.1;
const WORKERS = 2;
/** Connections to endpoints that are kept for later: of each worker, HTTP/1.1 and HTTP/2 in cleartext and for what came by TLS. */
const DESCRIPTOR_SLACK = WORKERS * BACKENDS * 4;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string', default: '20' } },
});
const minutes = Number(values.minutes);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'daemun-soak-'));
const deployments = [{ name: SERVICE, replicas: BACKENDS }];
const service = { namespace: 'default', name: SERVICE, ports: [9000], datagramPorts: [], deployments };
const backends = await startBackends(service);
const backendPorts = backends.ports;
const ports = { http: await freePort(), https: await freePort(), tcp: await freePort() };
const hosts = [HOST, `grpc.${HOST}`].flatMap(name => parseCertificateHost(name) ?? []);
const pair = await selfSignedCertificate(hosts, { nowMs: Date.now(), days: 90 });
let program: Program | null = null;
/** How many changes there were. */
let turn = 0;
try {
  program = await start();
  process.exitCode = (await soak(program)) ? 0 : 1;
} finally {
  await program?.stop();
  await backends.close();
  await rm(folder, { recursive: true });
}

async function start(): Promise<Program> {
  await put('gateway.yaml', gateway(ports, pair));
  await put('routes.yaml', otherRoutes(OTHER_ROUTES, 0));
  await put('endpoints.yaml', endpoints(backendPorts));
  const command = join(import.meta.dirname, '../../bin/daemun');
  const admin = `127.0.0.1:${await freePort()}`;
  const flags = ['--address', '127.0.0.1', '--admin', admin, '--workers', String(WORKERS), '--log-level', 'error'];
  const state = ['--state-dir', join(folder, '.state')];
  const started = startProgram(process.execPath, [command, 'run', '-f', folder, ...flags, ...state]);
  await waitForPort(started, ports.http);
  return started;
}

/** One file of the manifests, in one step for who reads it. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `.${name}`), text);
  await rename(join(folder, `.${name}`), join(folder, name));
}

async function soak({ child, output }: Program): Promise<boolean> {
  const pid = child.pid ?? 0;
  const before = descriptorsOf(pid);
  const load = new SteadyLoad(callers(), Number(values.rate));
  const plain = { host: '127.0.0.1', port: ports.http, authority: `grpc.${HOST}`, ca: null };
  const streams = new HeldStreams(plain, STREAMS, HOLD_MS);
  const changes = [
    every(ENDPOINTS_EVERY_MS, changeEndpoints),
    every(ROUTES_EVERY_MS, changeRoutes),
    every(MISCHIEF_EVERY_MS, misbehave),
  ];
  const samples = await watch(pid, load);
  for (const timer of changes) clearInterval(timer);
  await load.stop();
  streams.close();
  await wait(QUIET_MS);
  const left = descriptorsOf(pid) - before;
  for (const { name, answered, failed, failures } of load.tallies) {
    say(`${name}: ${answered} answered, ${failed} failed`);
    for (const failure of failures) say(`  ${failure}`);
  }
  say(`streams: ${streams.closed} held to their end; others: ${JSON.stringify(Object.fromEntries(streams.ended))}`);
  say(`descriptors: ${before} before the load, ${before + left} after it (at most ${DESCRIPTOR_SLACK} more)`);
  for (const line of output().split('\n')) if (line.startsWith('{')) say(`log: ${line}`);
  const isSteady = steady(samples);
  return load.failed === 0 && streams.ended.size === 0 && left <= DESCRIPTOR_SLACK && isSteady;
}

function callers(): readonly Caller[] {
  const place = (port: number, authority: string, ca: string | null): Place => ({
    host: '127.0.0.1',
    port,
    authority,
    ca,
  });
  const http = place(ports.http, HOST, null);
  const https = place(ports.https, HOST, pair.chain);
  return [
    grpcCaller('gRPC', place(ports.http, `grpc.${HOST}`, null)),
    grpcCaller('gRPC over TLS', place(ports.https, `grpc.${HOST}`, pair.chain)),
    httpCaller('HTTP/1.1', http, { keepAlive: true, body: null }),
    httpCaller('HTTP/1.1, a connection each', http, { keepAlive: false, body: null }),
    httpCaller('HTTP/1.1 over TLS, a connection each', https, { keepAlive: false, body: null }),
    httpCaller('HTTP/1.1, 100 KiB', http, { keepAlive: true, body: Buffer.alloc(100 * 1024) }),
    httpCaller('HTTP/1.1 through TCP', place(ports.tcp, HOST, null), { keepAlive: false, body: null }),
  ];
}

/** One after the other: a busy machine may take longer for a change than the time between two. */
function every(ms: number, change: (turn: number) => unknown): NodeJS.Timeout {
  let last: Promise<unknown> | null = null;
  return setInterval(() => {
    if (last !== null) return;
    last = Promise.resolve(change(++turn)).finally(() => {
      last = null;
    });
  }, ms);
}

/** Two to all of them: those that are left out run on, as Pods that are about to end do. */
function changeEndpoints(now: number): Promise<void> {
  const rotated = backendPorts.map((_, at) => backendPorts[(at + now) % BACKENDS] ?? 0);
  return put('endpoints.yaml', endpoints(rotated.slice(0, 2 + (now % (BACKENDS - 1)))));
}

function changeRoutes(now: number): Promise<void> {
  return put('routes.yaml', otherRoutes(OTHER_ROUTES - (now % 50), now));
}

function misbehave(now: number): void {
  MISCHIEF[now % MISCHIEF.length]?.('127.0.0.1', ports.http);
}

async function watch(pid: number, load: SteadyLoad): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedMs = performance.now();
  const delay = monitorEventLoopDelay();
  delay.enable();
  let told = 0;
  while (samples.length === 0 || (samples.at(-1)?.atMs ?? 0) < minutes * 60_000) {
    await wait(SAMPLE_EVERY_MS);
    const now = sample(pid, performance.now() - startedMs);
    samples.push(now);
    if (now.atMs < (told + 1) * 60_000) continue;
    told++;
    const calls = `${load.answered} answered, ${load.failed} failed, p99 ${load.percentile(0.99).toFixed(0)} ms`;
    load.forgetLatencies();
    // A machine that has no time for the clients has none for anybody: what they then miss is not the gateway's.
    const own = `clients held up for ${(delay.max / 1e6).toFixed(0)} ms at most`;
    delay.reset();
    say(`minute ${told}: ${now.rssMib.toFixed(0)} MiB, ${now.descriptors} descriptors, ${calls}; ${own}`);
  }
  return samples;
}

function steady(samples: readonly Sample[]): boolean {
  const { before, after } = compare(samples, minutes);
  const ratio = after.rssMib / before.rssMib;
  const memory = `${before.rssMib.toFixed(1)} MiB early, ${after.rssMib.toFixed(1)} MiB in the last sixth (${ratio.toFixed(3)})`;
  say(`${memory}; ${before.descriptors.toFixed(0)} and ${after.descriptors.toFixed(0)} descriptors`);
  return ratio <= RSS_BOUND;
}
