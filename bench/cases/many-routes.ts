// SPDX-License-Identifier: Apache-2.0

/** 10,000 routes: cost of a call, time to ready, time from a change of the file to live, memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuPerCall, MIB, type SetupOptions, type Stand, withPeer } from '../bed.ts';
import { message, openConnection, requestHead, UnaryCall } from '../load/client.ts';
import { h2load } from '../load/h2load.ts';
import { FIRST_METHOD, lastMethod, type RewriteRoutes, type Setup } from '../peers/peer.ts';
import type { Wiring } from '../peers/wiring.ts';
import { rssBytes } from '../processes.ts';
import type { BenchCase, Measured } from './bench-case.ts';

export const MANY = 10_000;

/** Cost of a call and time to ready with one route and with many. */
export const costOfRoutes: BenchCase = {
  name: 'routes, 10×20',
  async measure(stand) {
    if (stand.peer.rewriteRoutes === undefined) return [];
    return [...(await costWith(stand, 1)), ...(await costWith(stand, MANY))];
  },
};

function costWith(stand: Stand, routes: number): Promise<Measured[]> {
  return withPeer(stand, { routes }, async running => {
    const shape = { connections: 10, streams: 20 };
    const load = { path: lastMethod(running.setup), shape, bodyFile: stand.bed.smallBody };
    const calls = { warm: 20_000, measured: Math.ceil(200_000 * stand.scale) };
    const value = await cpuPerCall(running, calls, n => h2load(running.setup, { ...load, calls: n }));
    return [
      { name: `${routes} routes, 10×20`, unit: 'CPU µs per call', value },
      { name: `${routes} routes, start to ready`, unit: 'ms', value: running.readyMs },
    ];
  });
}

/**
 * The weights of one route among many change ten times in the file, and calls of that route are made one after another:
 * from the end of the write to the first call that the other backend answers. Rejects when a call fails.
 */
export const changeToLive: BenchCase = {
  name: 'routes, change to live',
  async measure(stand) {
    const { rewriteRoutes } = stand.peer;
    if (rewriteRoutes === undefined) return [];
    const changes = await withPeer(stand, { routes: MANY }, ({ setup }) => tenChanges(rewriteRoutes, setup));
    const [first, tenth] = [changes[0], changes[9]];
    if (first === undefined || tenth === undefined) throw new Error('there were fewer than ten changes');
    const longest = Math.max(...changes.map(change => change.longestMs));
    return [
      { name: `${MANY} routes, first change to live`, unit: 'ms', value: first.liveMs },
      { name: `${MANY} routes, tenth change to live`, unit: 'ms', value: tenth.liveMs },
      { name: `${MANY} routes, longest call meanwhile`, unit: 'ms', value: longest },
    ];
  },
};

/** Between two changes: longer than any proxy takes to come to rest. */
const REST_MS = 500;
const TIMEOUT_MS = 10_000;

interface Change {
  readonly liveMs: number;
  /** Of the calls that were made until then. */
  readonly longestMs: number;
}

async function tenChanges(rewriteRoutes: RewriteRoutes, setup: Setup): Promise<Change[]> {
  // A backend is slow at its first calls too, which is not the proxy's doing.
  for (const port of [setup.backendPort, setup.otherPort]) await warmUp(await caller(port, lastMethod(setup)));
  const call = await caller(setup.port, lastMethod(setup));
  await warmUp(call);
  // Nor is the first connection to a backend what a change costs.
  await warmUp(await caller(setup.port, FIRST_METHOD));
  const changes: Change[] = [];
  while (changes.length < 10) {
    const lastRouteTo = changes.length % 2 === 0 ? 'other' : 'backend';
    const written = rewriteRoutes({ ...setup, lastRouteTo });
    changes.push(await callUntil(lastRouteTo === 'other' ? 'two' : 'one', { written, call }));
    await delay(REST_MS);
  }
  return changes;
}

async function callUntil(
  wanted: string,
  { written, call }: { readonly written: number; readonly call: () => Promise<string> },
): Promise<Change> {
  let longestMs = 0;
  while (performance.now() - written < TIMEOUT_MS) {
    const start = performance.now();
    const answeredBy = await call();
    longestMs = Math.max(longestMs, performance.now() - start);
    if (answeredBy === wanted) return { liveMs: performance.now() - written, longestMs };
  }
  throw new Error(`a change was not live within ${TIMEOUT_MS / 1000} s`);
}

async function warmUp(call: () => Promise<string>): Promise<void> {
  for (let done = 0; done < 200; done++) await call();
}

/** Makes a call, all on one connection → which backend answered. */
async function caller(port: number, method: string): Promise<() => Promise<string>> {
  const connection = await openConnection(port);
  const head = requestHead(method);
  const body = message(12);
  return () =>
    new Promise((resolve, reject) => {
      new UnaryCall(connection, ({ status, head: answer }) => {
        if (status === 0) resolve(answer?.get('x-backend') ?? '');
        else reject(new Error(`a call failed with status ${status} during the change`));
      }).start(head, null, body);
    });
}

/** Resident memory that many routes add, with one worker, and for each further one. `routes`: what they are called. */
export function memoryOfRoutes(routes: string, wiring: Wiring): BenchCase {
  return {
    name: `${routes}, memory`,
    async measure(stand) {
      if (stand.peer.rewriteRoutes === undefined) return [];
      const one = await restingMib(stand, { wiring, routes: 1, workers: 1 });
      const oneOfTwo = await restingMib(stand, { wiring, routes: 1, workers: 2 });
      const many = await restingMib(stand, { wiring, routes: MANY, workers: 1 });
      const manyOfTwo = await restingMib(stand, { wiring, routes: MANY, workers: 2 });
      const more = manyOfTwo - many - (oneOfTwo - one);
      return [
        { name: `1 of ${routes}, one worker`, unit: 'MiB RSS', value: one },
        { name: `1 of ${routes}, a further worker`, unit: 'MiB RSS', value: oneOfTwo - one },
        { name: `${MANY} ${routes}, added with one worker`, unit: 'MiB RSS', value: many - one },
        { name: `${MANY} ${routes}, added in a further worker`, unit: 'MiB RSS', value: more },
      ];
    },
  };
}

/** After a start what was needed for it is given back: longer than that takes. */
const TO_REST_MS = 20_000;

function restingMib(stand: Stand, options: SetupOptions): Promise<number> {
  return withPeer(stand, options, async ({ pid }) => {
    await delay(TO_REST_MS);
    return rssBytes(pid) / MIB;
  });
}
