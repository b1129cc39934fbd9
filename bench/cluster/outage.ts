// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/cluster/outage.ts [--seconds 60] [--rate 50] [--states frozen,gone,slow,busy,broken,restless,forgetful]`: what clients and the API server notice when the API server hangs, is gone or
 * slow, answers 429 or 500, or ends watches again and again, for so long each, under load. To be
 * run in the network of the test cluster, with KUBECONFIG. daemun reaches the API server by a way of its own that is blocked: nobody else is disturbed. A
 * route is changed meanwhile, and while the API server is gone a newer daemun takes the place of the older one, so it begins with what that one kept.
 * Prints calls that failed, how soon the change is served once the server is back, and what is asked and written meanwhile and then. Fails when a call failed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { parseCertificateHost, selfSignedCertificate } from '../../src/demo/index.ts';
import { type Caller, httpCaller } from '../load/callers.ts';
import { SteadyLoad } from '../load/steady.ts';
import { Api } from './api.ts';
import { Front, type FrontState } from './front.ts';
import { CLASS, CONTROLLED, hostOf, NAMESPACE, ROUTES, route, surroundings } from './objects.ts';
import { Way, type WayState } from './way.ts';

const POOL = '10.200.126.0/24';
const ADDRESS = '10.200.126.11';
const BACKEND = '10.200.126.201';
const ADMIN_PORT = 9928;
/** Each with a status that could be written again. */
const BYSTANDERS = 200;
/** After the API server is back: what is done then, and what is not. */
const AFTER_MS = 20_000;
type State = WayState | FrontState | 'open';
const WAY_STATES: readonly WayState[] = ['frozen', 'gone', 'slow'];
const FRONT_STATES: readonly FrontState[] = ['busy', 'broken', 'restless', 'forgetful'];
const STATES: readonly State[] = [...WAY_STATES, ...FRONT_STATES];
const POLL_MS = 20;
const ALL = /./;
const WRITES = /put|post|patch/;
const DEADLINE_MS = 60_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '50' },
    states: { type: 'string', default: STATES.join() },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const kubeconfig = process.env['KUBECONFIG'] ?? '';
const config = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, unknown> }[] };
const server = new URL(String(config.clusters[0]?.cluster['server']));
const api = await Api.open(kubeconfig);
const names = [parseCertificateHost('localhost')].flatMap(name => name ?? []);
const front = await Front.open(server, await selfSignedCertificate(names, { nowMs: Date.now(), days: 1 }));
const way = await Way.open({ host: '127.0.0.1', port: front.port });
const folder = mkdtempSync('/dev/shm/daemun-outage-');
writeFileSync(join(folder, 'kubeconfig'), blockedKubeconfig());
const backend = createServer((_, answer) => answer.end('ok')).listen(0, BACKEND);
await once(backend, 'listening');
let version = 0;
await api.makeNamespace(NAMESPACE);
let daemun = start();
try {
  const place = backend.address();
  if (place === null || typeof place === 'string') throw new Error('the backend has no port');
  for (const [path, object] of surroundings(ADDRESS, { address: BACKEND, port: place.port }))
    await api.apply(path, object);
  for (let index = 0; index < BYSTANDERS; index++)
    await api.apply(`${ROUTES}/route-${index}`, route(index, index === 1 ? '/changed-0' : '/'));
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  daemun.kill('SIGTERM');
  way.close();
  front.close();
  await api.delete(`/api/v1/namespaces/${NAMESPACE}`);
  await api.delete(`/apis/gateway.networking.k8s.io/v1/gatewayclasses/${CLASS}`);
  api.close();
  backend.close();
  backend.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}

/** The same server by our way, with a certificate of ours. */
function blockedKubeconfig(): string {
  const cluster = { server: `https://127.0.0.1:${way.port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({ ...config, clusters: config.clusters.map(one => ({ ...one, cluster })) });
}

function start(): ChildProcess {
  const command = join(import.meta.dirname, '../../bin/daemun');
  const cluster = ['--kubernetes', '--kubeconfig', join(folder, 'kubeconfig'), ...CONTROLLED];
  const place = ['--address-mode', 'host', '--address-pool', POOL, '--admin', `127.0.0.1:${ADMIN_PORT}`];
  const more = ['--state-dir', folder, '--workers', '1', '--log-level', 'warn', '--drain-timeout', '5s'];
  return spawn(process.execPath, [command, 'run', ...cluster, ...place, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function run(): Promise<boolean> {
  const callers = [caller(true), caller(false)];
  for (const one of callers) await eventually(async () => (await one.call()) === null);
  await wait(AFTER_MS);
  const load = new SteadyLoad(callers, Number(values.rate));
  for (const state of STATES) if (values.states.includes(state)) await outage(state, load);
  await load.stop();
  for (const { name, answered, failed, failures } of load.tallies) {
    say(`${name}: ${answered} answered, ${failed} failed`);
    for (const failure of failures) say(`  ${failure}`);
  }
  return load.failed === 0;
}

async function outage(state: State, load: SteadyLoad): Promise<void> {
  const before = {
    answered: load.answered,
    failed: load.failed,
    asked: await requests(ALL),
    written: await requests(WRITES),
  };
  await set(state);
  await wait((Number(values.seconds) * 1_000) / 2);
  const path = `/changed-${++version}`;
  await api.apply(`${ROUTES}/route-1`, route(1, path));
  if (state === 'gone') await replace();
  await wait((Number(values.seconds) * 1_000) / 2);
  const stale = await metric('daemun_kubernetes_stale_seconds');
  const [asked, written] = [await requests(ALL), await requests(WRITES)];
  const isServed = (await statusOf(path)) === 200;
  await set('open');
  const backMs = performance.now();
  await served(path);
  const liveMs = performance.now() - backMs;
  await wait(AFTER_MS);
  const calls = `${load.answered - before.answered} calls answered, ${load.failed - before.failed} failed`;
  // A process that is replaced counts anew.
  const meanwhile =
    state === 'gone' ? '' : `${asked - before.asked} requests, ${written - before.written} of them writes, meanwhile; `;
  const after = `${(await requests(ALL)) - asked} requests, ${(await requests(WRITES)) - written} of them writes`;
  const change = isServed
    ? 'the change was served meanwhile'
    : `the change was served ${(liveMs / 1_000).toFixed(1)} s after its return`;
  say(
    `API server ${state}: ${calls}; stale for ${stale.toFixed(0)} s; ${change}; ${meanwhile}${after} in ${AFTER_MS / 1_000} s after it`,
  );
}

async function set(state: State): Promise<void> {
  const ofFront = FRONT_STATES.find(one => one === state);
  const ofWay = WAY_STATES.find(one => one === state);
  front.set(ofFront ?? 'well');
  await way.set(ofWay ?? 'open');
}

/** A newer process takes the sockets of the older one, with what that knew. */
async function replace(): Promise<void> {
  const older = daemun;
  daemun = start();
  await eventually(async () => (await fetch(`http://127.0.0.1:${ADMIN_PORT + 1}/ready`)).ok);
  older.kill('SIGTERM');
  await once(older, 'exit');
  await eventually(async () => (await fetch(`http://127.0.0.1:${ADMIN_PORT}/ready`)).ok);
}

function caller(keepAlive: boolean): Caller {
  const place = { host: ADDRESS, port: 80, authority: hostOf(0), ca: null };
  return httpCaller(keepAlive ? 'HTTP/1.1' : 'HTTP/1.1, a connection each', place, { keepAlive, body: null });
}

async function served(path: string): Promise<void> {
  await eventually(async () => (await statusOf(path)) === 200);
}

function statusOf(path: string): Promise<number> {
  return new Promise(resolve => {
    const asked = get({ host: ADDRESS, port: 80, path, agent: false, headers: { host: hostOf(1) } }, answer => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('error', () => resolve(0));
  });
}

/** Of those that daemun counts by verb. */
async function requests(verb: RegExp): Promise<number> {
  let sum = 0;
  for (const [, name = '', count] of (await metricsText()).matchAll(
    /^daemun_kubernetes_requests_total\{verb="(\w+)"[^}]*\} (\d+)$/gm,
  ))
    if (verb.test(name)) sum += Number(count);
  return sum;
}

async function metric(name: string): Promise<number> {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await metricsText())?.[1] ?? Number.NaN);
}

async function metricsText(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${ADMIN_PORT}/metrics`)).text();
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > endMs) throw new Error('waited too long');
    await wait(POLL_MS);
  }
}
