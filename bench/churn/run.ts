// SPDX-License-Identifier: Apache-2.0

/**
 * `node bench/churn/run.ts [--services 2000] [--endpoints 10] [--changes 100] [--seconds 15] [--rate 500] [--workers 1] [--only cost,live,calls]
 * [--checkout DIR] [--built]`: an agent of a mesh
 * in a cluster where each Service has a route, and endpoints come and go. Prints what it costs at rest and meanwhile, how long it takes from a
 * change of endpoints to the first answer that shows it, and what calls take beside the changes and without. Fails when a figure is over its
 * bound, or a call failed. Needs Linux, root and nft; makes a network of its own, and no cluster. `--built`: runs `dist/`, as it is shipped, which
 * `npm run build` makes; from its sources daemun takes more memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { boundsTable, isBroken } from '../bounds.ts';
import { httpCaller } from '../load/callers.ts';
import { SteadyLoad } from '../load/steady.ts';
import { cpuMs, daemunOf, type Program, rssBytes, startProgram } from '../processes.ts';
import type { Figure } from '../report.ts';
import { CHURN_BOUNDS } from './bounds.ts';
import { clusterIpOf, NODE, podIpOf, SERVICE_PORT, type Size } from './objects.ts';
import { ApiProcess, isInOwnNetwork, NODE_IP, runInOwnNetwork, startPods } from './place.ts';

const ADMIN = '127.0.0.1:9900';
const START_MS = 60_000;
const SETTLE_MS = 60_000;
const SAMPLE_MS = 500;
/** It rests when it took less than this share of a core in so many samples, one after another. */
const QUIET_SHARE = 0.02;
const QUIET_SAMPLES = 6;
const REST_MS = 4_000;
/** What is done a hundred times a second is compiled by then, and the heap is as large as it has to be. */
const WARM_SECONDS = 15;
/** Between two changes that are watched, at least: so that they meet any moment of what goes on beside them. */
const BETWEEN_MS = 150;
const LIVE_MS = 10_000;
/** Services that are called. */
const CALLED = 10;
/** Until connections are there. */
const WARM_MS = 2_000;

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '2000' },
    endpoints: { type: 'string', default: '10' },
    changes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '500' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string', default: 'cost,live,calls' },
    checkout: { type: 'string', default: join(import.meta.dirname, '../..') },
    built: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const services = Number(values.services);
const churn = { do: 'churn', services: services - 1, perSecond: Number(values.changes), seconds } as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const figures: Figure[] = [];

if (isInOwnNetwork()) await main();
else process.exitCode = runInOwnNetwork();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-churn-'));
  const pods = await startPods();
  const api = await ApiProcess.start();
  const size = { services, endpoints: Number(values.endpoints), targetPort: pods.port };
  await api.obey({ do: 'fill', size });
  const startedMs = performance.now();
  const daemun = start(folder, api.server);
  try {
    await ready(daemun);
    note('start to ready', 'ms', performance.now() - startedMs);
    await settled(daemun);
    if (values.only.includes('cost')) await costs(daemun, api);
    if (values.only.includes('live')) await changesToLive(api, size);
    const failed = values.only.includes('calls') && (await calls(api));
    say(`\n${boundsTable(CHURN_BOUNDS, figures, [])}`);
    process.exitCode = failed || CHURN_BOUNDS.some(bound => isBroken(bound, figures)) ? 1 : 0;
  } finally {
    await daemun.stop();
    api.stop();
    pods.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function note(name: string, unit: string, value: number): void {
  figures.push({ case: name, unit, program: 'daemun', value });
  say(`${name}: ${value.toFixed(1)} ${unit}`);
}

function start(folder: string, server: string): Program {
  const kubeconfig = join(folder, 'kubeconfig');
  const contexts = [{ name: 'here', context: { cluster: 'here', user: 'me' } }];
  const config = { contexts, clusters: [{ name: 'here', cluster: { server } }], users: [{ name: 'me', user: {} }] };
  writeFileSync(kubeconfig, JSON.stringify({ 'current-context': 'here', ...config }));
  const { args, env } = daemunOf(resolve(values.checkout), { isBuilt: values.built });
  const mesh = ['--kubernetes', '--mesh', '--node-ip', NODE_IP, '--node-name', NODE, '--lease-namespace', 'default'];
  const flags = ['--admin', ADMIN, '--workers', values.workers, '--log-level', 'warn', '--drain-timeout', '1s'];
  const state = ['--state-dir', join(folder, 'state'), '--kubeconfig', kubeconfig];
  return startProgram(process.execPath, [...process.execArgv, ...args, 'run', ...mesh, ...flags, ...state], env);
}

async function ready(daemun: Program): Promise<void> {
  const endMs = performance.now() + START_MS;
  const isReady = (): Promise<boolean> =>
    fetch(`http://${ADMIN}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (daemun.child.exitCode !== null || performance.now() > endMs) throw new Error(`not ready:\n${daemun.output()}`);
    await wait(50);
  }
}

/** Until its statuses are written, and what the start needed is given back. */
async function settled({ child: { pid = 0 } }: Program): Promise<void> {
  const endMs = performance.now() + SETTLE_MS;
  for (let quiet = 0; quiet < QUIET_SAMPLES && performance.now() < endMs; ) {
    const before = cpuMs(pid);
    await wait(SAMPLE_MS);
    quiet = cpuMs(pid) - before < QUIET_SHARE * SAMPLE_MS ? quiet + 1 : 0;
  }
}

async function costs(daemun: Program, api: ApiProcess): Promise<void> {
  await cost('at rest', daemun, () => wait(REST_MS));
  await api.obey({ ...churn, seconds: WARM_SECONDS });
  await cost('under churn', daemun, () => api.obey(churn));
}

/** CPU while `work` goes on, and the most memory that is seen meanwhile. */
async function cost(when: string, { child: { pid = 0 } }: Program, work: () => Promise<unknown>): Promise<void> {
  let mostBytes = rssBytes(pid);
  const sampling = setInterval(() => {
    mostBytes = Math.max(mostBytes, rssBytes(pid));
  }, SAMPLE_MS);
  const before = { cpu: cpuMs(pid), ms: performance.now() };
  await work();
  const share = (cpuMs(pid) - before.cpu) / (performance.now() - before.ms);
  clearInterval(sampling);
  note(`${when}, CPU`, '% of a core', 100 * share);
  note(`${when}, memory`, 'MiB RSS', mostBytes / 2 ** 20);
}

/** While all else changes, one Service's only endpoint is another one: until an answer comes from there. */
async function changesToLive(api: ApiProcess, size: Size): Promise<void> {
  const tookMs: number[] = [];
  let pod = 0;
  const agent = new Agent({ keepAlive: true });
  const endMs = performance.now() + seconds * 1_000;
  const churning = api.obey(churn);
  while (performance.now() < endMs - LIVE_MS / 10) {
    const wanted = podIpOf(0, ++pod, size);
    const changedMs = performance.now();
    await api.obey({ do: 'move', pod });
    while ((await answererOf(0, agent)) !== wanted) {
      if (performance.now() - changedMs > LIVE_MS) throw new Error('a change of endpoints does not become live');
      await wait(1);
    }
    tookMs.push(performance.now() - changedMs);
    await wait(BETWEEN_MS + Math.random() * BETWEEN_MS);
  }
  await churning;
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  note('change to live, median', 'ms', tookMs[Math.floor(tookMs.length / 2)] ?? Number.NaN);
  note('change to live, worst', 'ms', tookMs.at(-1) ?? Number.NaN);
}

/** The address of who answers for a Service; '': nobody does. */
function answererOf(index: number, agent: Agent): Promise<string> {
  return new Promise(resolve => {
    const asked = get({ agent, host: clusterIpOf(index), port: SERVICE_PORT }, answer => {
      let text = '';
      answer.on('data', (part: Buffer) => {
        text += part.toString();
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : ''));
    });
    asked.on('error', () => resolve(''));
  });
}

/** Of calls at a steady rate. Whether one failed. */
async function calls(api: ApiProcess): Promise<boolean> {
  const callers = Array.from({ length: CALLED }, (_, at) => {
    const place = { host: clusterIpOf(at + 1), port: SERVICE_PORT, authority: `service-${at + 1}`, ca: null };
    return httpCaller(`service ${at + 1}`, place, { keepAlive: true, body: null });
  });
  const load = new SteadyLoad(callers, Number(values.rate) / CALLED);
  const phase = async (when: string, work: () => Promise<unknown>): Promise<void> => {
    load.forgetLatencies();
    await work();
    note(`calls ${when}, p50`, 'ms', load.percentile(0.5));
    note(`calls ${when}, p99`, 'ms', load.percentile(0.99));
  };
  await wait(WARM_MS);
  await phase('at rest', () => wait(seconds * 1_000));
  await phase('beside churn', () => api.obey(churn));
  await phase('under churn of their own endpoints', () => api.obey({ ...churn, services: CALLED }));
  await load.stop();
  for (const { failures } of load.tallies) for (const failure of failures) say(`  ${failure}`);
  return load.failed > 0;
}
