// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/cluster/churn.ts [--seconds 20] [--changes 100] [--rate 100] [--built]`: what calls take while endpoints of their Service come and go, so many a second, beside the same
 * without a change; and what it costs. To be run in the network of the test cluster, with KUBECONFIG. `--built`: runs `dist/`, as it is shipped, which `npm run build` makes. Fails when
 * a call failed, or when changes held calls up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { httpCaller } from '../load/callers.ts';
import { SteadyLoad } from '../load/steady.ts';
import { cpuMs, daemunOf } from '../processes.ts';
import { Api } from './api.ts';
import { CLASS, CONTROLLED, hostOf, NAMESPACE, ROUTES, route, surroundings } from './objects.ts';

const POOL = '10.200.126.0/25';
const ADDRESS = '10.200.126.12';
/** Endpoints are addresses of one server: half of them at a time. */
const ENDPOINTS = Array.from({ length: 40 }, (_, at) => `10.200.126.${130 + at}`);
const SLICE = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices/bench`;
const DEADLINE_MS = 60_000;
/** Nothing was answered for so much longer than past daemun: no turn of a worker's loop takes as long, what stops it does. */
const MAX_HELD_UP_MS = 50;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    changes: { type: 'string', default: '100' },
    rate: { type: 'string', default: '100' },
    built: { type: 'boolean', default: false },
    /** Of the process that writes: it must not be in the way of the one that measures. */
    writer: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const api = await Api.open(process.env['KUBECONFIG'] ?? '');
if (values.writer) {
  say(String(await churn()));
  api.close();
  process.exit();
}
const backend = createServer((_, answer) => answer.end('ok')).listen(0, '0.0.0.0');
await once(backend, 'listening');
const { port } = backend.address() as AddressInfo;
const { args, env } = daemunOf(join(import.meta.dirname, '../..'), { isBuilt: values.built });
const place = ['--kubernetes', '--address-mode', 'host', '--address-pool', POOL, ...CONTROLLED];
const more = ['--admin', 'off', '--workers', '1', '--log-level', 'warn', '--drain-timeout', '1s'];
await api.makeNamespace(NAMESPACE);
const daemun = spawn(process.execPath, [...args, 'run', ...place, ...more], {
  env: { ...process.env, ...env },
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  for (const [path, object] of surroundings(ADDRESS, { address: ENDPOINTS[0] ?? '', port }))
    await api.apply(path, object);
  await api.apply(`${ROUTES}/route-0`, route(0, '/'));
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  daemun.kill('SIGTERM');
  await api.delete(`/api/v1/namespaces/${NAMESPACE}`);
  await api.delete(`/apis/gateway.networking.k8s.io/v1/gatewayclasses/${CLASS}`);
  api.close();
  backend.close();
  backend.closeAllConnections();
}

async function run(): Promise<boolean> {
  const caller = httpCaller(
    'HTTP/1.1',
    { host: ADDRESS, port: 80, authority: hostOf(0), ca: null },
    { keepAlive: true, body: null },
  );
  const endMs = performance.now() + DEADLINE_MS;
  while ((await caller.call()) !== null) {
    if (performance.now() > endMs) throw new Error('it is not served');
    await wait(100);
  }
  const straight = { host: ENDPOINTS[0] ?? '', port, authority: hostOf(0), ca: null };
  const load = new SteadyLoad([caller], Number(values.rate));
  const direct = new SteadyLoad([httpCaller('direct', straight, { keepAlive: true, body: null })], Number(values.rate));
  const loads = { load, direct };
  await measure('at rest', loads, async () => wait(Number(values.seconds) * 1_000));
  await measure('endpoints change', loads, churnElsewhere);
  await Promise.all([load.stop(), direct.stop()]);
  for (const failure of load.tallies.flatMap(({ failures }) => failures)) say(`  ${failure}`);
  const heldUpMs = load.longestPauseMs - direct.longestPauseMs;
  if (heldUpMs > MAX_HELD_UP_MS) say(`calls were held up for ${heldUpMs.toFixed(0)} ms; ${MAX_HELD_UP_MS} are allowed`);
  return load.failed === 0 && heldUpMs <= MAX_HELD_UP_MS;
}

/** `direct`: the same calls past daemun, for what the machine itself takes. */
async function measure(
  what: string,
  { load, direct }: Readonly<Record<'load' | 'direct', SteadyLoad>>,
  work: () => Promise<unknown>,
): Promise<void> {
  load.forgetLatencies();
  direct.forgetLatencies();
  const before = { answered: load.answered, failed: load.failed, cpu: cpuMs(daemun.pid ?? 0), ms: performance.now() };
  const changes = await work();
  const seconds = (performance.now() - before.ms) / 1_000;
  const cpu = ((cpuMs(daemun.pid ?? 0) - before.cpu) / seconds).toFixed(0);
  const took = (one: SteadyLoad): string =>
    `p50 ${one.percentile(0.5).toFixed(1)} ms, p99 ${one.percentile(0.99).toFixed(1)}, worst ${one.percentile(1).toFixed(0)}, longest pause ${one.longestPauseMs.toFixed(0)}`;
  const calls = `${load.answered - before.answered} calls answered, ${load.failed - before.failed} failed`;
  const rate = typeof changes === 'number' ? `, ${(changes / seconds).toFixed(0)} changes a second` : '';
  say(`${what}: ${calls}, ${took(load)} (direct: ${took(direct)}); ${cpu} ms of CPU a second${rate}`);
}

async function churnElsewhere(): Promise<number> {
  const flags = ['--writer', '--seconds', values.seconds, '--changes', values.changes];
  const writer = spawn(process.execPath, [import.meta.filename, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  writer.stdout.on('data', (part: Buffer) => {
    printed += part.toString();
  });
  await once(writer, 'close');
  return Number(printed);
}

/** As many writes a second as are asked for, as far as the API server takes them; each takes one endpoint and gives another. */
async function churn(): Promise<number> {
  const startedMs = performance.now();
  const perSecond = Number(values.changes);
  let changes = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const at = changes++;
      const dueMs = startedMs + (at / perSecond) * 1_000;
      if (dueMs - startedMs >= Number(values.seconds) * 1_000) return;
      await wait(Math.max(0, dueMs - performance.now()));
      const present = ENDPOINTS.map((_, index) => ENDPOINTS[(index + at) % ENDPOINTS.length]).slice(
        0,
        ENDPOINTS.length / 2,
      );
      const endpoints = present.map(address => ({ addresses: [address], conditions: { ready: true } }));
      await api.patch(SLICE, { endpoints });
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
  return changes;
}
