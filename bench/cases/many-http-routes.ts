// SPDX-License-Identifier: Apache-2.0

/** 10,000 HTTPRoutes of three rules: cost of a call, time from the file to live of one more. */
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuPerCall, type Stand, withPeer } from '../bed.ts';
import { h2load } from '../load/h2load.ts';
import { itemPath, prefixedPath } from '../peers/http-routes.ts';
import type { RewriteRoutes, Setup } from '../peers/peer.ts';
import { H1_TO_H1 } from '../peers/wiring.ts';
import type { BenchCase, Measured } from './bench-case.ts';
import { MANY } from './many-routes.ts';

/** So many of the routes are asked, one after the other, from all over the file. */
const ASKED = 500;

/** Two paths of each. */
function askedPaths(): string {
  const places = Array.from({ length: ASKED }, (_, at) => Math.floor((at * MANY) / ASKED) + 1);
  return places.map(at => `${prefixedPath(at)}\n${itemPath(at)}\n`).join('');
}

/** The same calls to one route that takes all, and to many. */
export const costOfHttpRoutes: BenchCase = {
  name: 'HTTPRoutes, cost',
  async measure(stand) {
    if (stand.peer.rewriteRoutes === undefined) return [];
    return [await costWith(stand, 1), await costWith(stand, MANY)];
  },
};

function costWith(stand: Stand, routes: number): Promise<Measured> {
  return withPeer(stand, { wiring: H1_TO_H1, routes }, async running => {
    const file = join(stand.bed.folder, 'paths');
    writeFileSync(file, askedPaths());
    const calls = { warm: 40_000, measured: Math.ceil(200_000 * stand.scale) };
    const shape = { connections: 50, streams: 1 };
    const value = await cpuPerCall(running, calls, n => h2load(running.setup, { path: { file }, shape, calls: n }));
    const name = routes === 1 ? '1 HTTPRoute' : `${routes} HTTPRoutes`;
    return { name: `${name}, paths of 1,000`, unit: 'CPU µs per call', value };
  });
}

/** How many routes are added, one by one. */
const ADDED = 10;
const REST_MS = 500;
const TIMEOUT_MS = 10_000;

/** From the end of the write to the first call that a new route takes: the median of several, and the first after a start. */
export const newHttpRoute: BenchCase = {
  name: 'HTTPRoutes, a new one to live',
  async measure(stand) {
    const { rewriteRoutes } = stand.peer;
    if (rewriteRoutes === undefined) return [];
    const times = await withPeer(stand, { wiring: H1_TO_H1, routes: MANY }, ({ setup }) =>
      addRoutes(rewriteRoutes, setup),
    );
    const sorted = times.toSorted((a, b) => a - b);
    return [
      { name: `${MANY} HTTPRoutes, the first new one to live`, unit: 'ms', value: times[0] ?? Number.NaN },
      { name: `${MANY} HTTPRoutes, a new one to live`, unit: 'ms', value: sorted[ADDED / 2] ?? Number.NaN },
    ];
  },
};

async function addRoutes(rewriteRoutes: RewriteRoutes, setup: Setup): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const status = (at: number): Promise<number> => statusOf(`http://127.0.0.1:${setup.port}${prefixedPath(at)}`, agent);
  for (let warm = 0; warm < 200; warm++) await status(1);
  const times: number[] = [];
  for (let added = 1; added <= ADDED; added++) {
    // Two at a time: the second is of any host.
    const routes = MANY + 2 * added;
    if ((await status(routes - 1)) !== 404) throw new Error('a route that is not there takes calls');
    const written = rewriteRoutes({ ...setup, routes });
    while ((await status(routes - 1)) !== 200) {
      if (performance.now() - written > TIMEOUT_MS) throw new Error('a new route is not live');
    }
    times.push(performance.now() - written);
    await delay(REST_MS);
  }
  agent.destroy();
  return times;
}

function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, response => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });
}
