// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/cluster/run.ts [--routes 2000] [--services 200] [--changes 20] [--built] [--keep]`: how this checkout does on a cluster with many
 * HTTPRoutes and Services. To be run in the network of the test cluster, with KUBECONFIG (`run node bench/cluster/run.ts`). Prints how
 * long it takes until all routes are accepted and the last one is served; of one change, from the API's PATCH to the first answer that
 * shows it, with requests to the API and CPU; the same of a second without a change; and memory. Everything that it makes is in a
 * namespace and a class of its own. `--built`: runs `dist/`, as it is shipped, which `npm run build` makes; from its sources daemun takes more memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMs, daemunOf, rssBytes } from '../processes.ts';
import { Api } from './api.ts';
import { CLASS, CONTROLLED, hostOf, NAMESPACE, ROUTES, route, surroundings } from './objects.ts';

const POOL = '10.200.126.0/24';
const ADDRESS = '10.200.126.10';
const BACKEND = '10.200.126.200';
const ADMIN = '127.0.0.1:9926';
/** Requests to the API at a time, as `kubectl apply` of several files would make. */
const CREATORS = 8;
/** After the load, until what it left to do is done. */
const SETTLE_MS = 3_000;
/** How long it is watched while nothing changes. */
const IDLE_MS = 8_000;
/** Between two changes. */
const BETWEEN_MS = 500;
/** A list of all routes costs the API server what a hundred writes do. */
const ACCEPTED_POLL_MS = 500;
/** An answer is asked for this often. */
const POLL_MS = 1;

const { values } = parseArgs({
  options: {
    routes: { type: 'string', default: '2000' },
    services: { type: 'string', default: '200' },
    changes: { type: 'string', default: '20' },
    built: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const routes = Number(values.routes);
const services = Number(values.services);
const api = await Api.open(process.env['KUBECONFIG'] ?? '');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const backend = createServer((_, answer) => answer.end('ok')).listen(0, BACKEND);
await once(backend, 'listening');
const place = backend.address();
if (place === null || typeof place === 'string') throw new Error('the backend has no port');
await api.makeNamespace(NAMESPACE);
const daemun = start();
try {
  for (const [path, object] of surroundings(ADDRESS, { address: BACKEND, port: place.port }, services))
    await api.apply(path, object);
  await load();
  await change();
  await idle();
  say(`memory: ${(rssBytes(daemun.pid ?? 0) / 2 ** 20).toFixed(0)} MiB`);
} finally {
  daemun.kill('SIGTERM');
  if (!values.keep) {
    await api.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await api.delete(`/apis/gateway.networking.k8s.io/v1/gatewayclasses/${CLASS}`);
  }
  api.close();
  backend.close();
  backend.closeAllConnections();
}

function start(): ChildProcess {
  const { args, env } = daemunOf(join(import.meta.dirname, '../..'), { isBuilt: values.built });
  const where = ['--kubernetes', '--address-mode', 'host', '--address-pool', POOL, ...CONTROLLED];
  return spawn(
    process.execPath,
    [...args, 'run', ...where, '--admin', ADMIN, '--drain-timeout', '1s', '--log-level', 'warn'],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
}

/** Creates all routes; waits until each is accepted, and the last one serves. */
async function load(): Promise<void> {
  const before = await apiRequests();
  const startedMs = performance.now();
  let next = 0;
  const create = async (): Promise<void> => {
    while (next < routes) {
      const index = next++;
      await api.apply(`${ROUTES}/route-${index}`, route(index, '/', services));
    }
  };
  await Promise.all(Array.from({ length: CREATORS }, create));
  const createdMs = performance.now();
  await served(routes - 1, '/');
  const servedMs = performance.now();
  while ((await accepted()) < routes) await wait(ACCEPTED_POLL_MS);
  const acceptedMs = performance.now();
  say(`${routes} routes created in ${seconds(createdMs - startedMs)}`);
  say(`last one served ${seconds(servedMs - createdMs)} later, all accepted ${seconds(acceptedMs - createdMs)} later`);
  say(`requests to the API: ${(((await apiRequests()) - before) / routes).toFixed(2)} a route`);
}

async function accepted(): Promise<number> {
  interface Parent {
    conditions: { type: string; status: string }[];
  }
  const { items } = await api.get<{ items: { status?: { parents?: Parent[] } }[] }>(ROUTES);
  const isAccepted = ({ conditions }: Parent): boolean =>
    conditions.some(({ type, status }) => type === 'Accepted' && status === 'True');
  return items.filter(({ status }) => status?.parents?.some(isAccepted)).length;
}

/** One route at a time gets another path: first it is watched how soon that shows, then, unwatched, what it costs. */
async function change(): Promise<void> {
  const changes = Number(values.changes);
  const tookMs: number[] = [];
  await wait(SETTLE_MS);
  for (let index = 0; index < changes; index++) {
    const startedMs = performance.now();
    const path = await patch(index);
    await served(routeOf(index), path);
    tookMs.push(performance.now() - startedMs);
    await wait(BETWEEN_MS);
  }
  tookMs.sort((a, b) => a - b);
  const ms = (share: number): string => (tookMs[Math.floor((tookMs.length - 1) * share)] ?? 0).toFixed(0);
  say(`PATCH to served: median ${ms(0.5)} ms, least ${ms(0)}, most ${ms(1)}`);
  const requests = await apiRequests();
  const cpu = cpuMs(daemun.pid ?? 0);
  for (let index = changes; index < 2 * changes; index++) {
    await patch(index);
    await wait(BETWEEN_MS);
  }
  const cost = (cpuMs(daemun.pid ?? 0) - cpu) / changes;
  const asked = ((await apiRequests()) - requests) / changes;
  say(`a change: ${asked.toFixed(1)} requests to the API, ${cost.toFixed(1)} ms of CPU`);
}

/** Nothing changes but the Lease. */
async function idle(): Promise<void> {
  await wait(SETTLE_MS);
  const requests = await apiRequests();
  const cpu = cpuMs(daemun.pid ?? 0);
  await wait(IDLE_MS);
  const cost = (cpuMs(daemun.pid ?? 0) - cpu) / (IDLE_MS / 1_000);
  const asked = ((await apiRequests()) - requests) / (IDLE_MS / 1_000);
  say(`a second without a change: ${asked.toFixed(2)} requests to the API, ${cost.toFixed(1)} ms of CPU`);
}

function routeOf(change: number): number {
  return (change * 97) % routes;
}

/** The path that the route of this change takes from now on. */
async function patch(change: number): Promise<string> {
  const path = `/changed-${change}`;
  await api.patch(`${ROUTES}/route-${routeOf(change)}`, { spec: { rules: rulesOf(routeOf(change), path) } });
  return path;
}

function rulesOf(index: number, path: string): object[] {
  const { spec } = route(index, path, services) as { spec: { rules: object[] } };
  return spec.rules;
}

/** Resolves with the first 200 that the route gives to the path. */
async function served(index: number, path: string): Promise<void> {
  while ((await statusOf(index, path)) !== 200) await wait(POLL_MS);
}

function statusOf(index: number, path: string): Promise<number> {
  return new Promise(resolve => {
    const asked = httpRequest({ host: ADDRESS, port: 80, path, headers: { host: hostOf(index) } }, answer => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('error', () => resolve(0));
    asked.end();
  });
}

/** What daemun counts of its own requests. */
async function apiRequests(): Promise<number> {
  const text = await fetch(`http://${ADMIN}/metrics`).then(
    answer => answer.text(),
    () => '',
  );
  let sum = 0;
  for (const [, count] of text.matchAll(/^daemun_kubernetes_requests_total(?:\{[^}]*\})? (\d+)$/gm))
    sum += Number(count);
  return sum;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
