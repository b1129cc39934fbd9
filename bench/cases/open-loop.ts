// SPDX-License-Identifier: Apache-2.0
import { type Bed, type Stand, withPeer } from '../bed.ts';
import { h2load } from '../load/h2load.ts';
import { type Latencies, openLoop } from '../load/open-loop.ts';
import type { Peer, Setup } from '../peers/peer.ts';
import type { BenchCase, Measured } from './bench-case.ts';

const PATH = '/bench.Bench/Unary';
const CONNECTIONS = 10;
const SECONDS = 8;
/** Calls until a proxy is warm. */
const WARM = 20_000;

/**
 * Of what the slowest of the peers can do, this part is asked for: client, proxy and backend share the cores, and at a third of it what was slow
 * was mostly the client.
 */
const SHARE = 1 / 10;

/** Calls a second. */
export async function openLoopRate(bed: Bed, peers: readonly Peer[]): Promise<number> {
  const rates: number[] = [];
  for (const peer of peers) rates.push(await capacity({ bed, peer, scale: 1 }));
  return Math.floor(Math.min(...rates) * SHARE);
}

function capacity(stand: Stand): Promise<number> {
  return withPeer(stand, {}, async ({ setup }) => {
    await closedLoop(stand, setup, WARM);
    const start = performance.now();
    await closedLoop(stand, setup, 2 * WARM);
    return (2 * WARM * 1000) / (performance.now() - start);
  });
}

function closedLoop({ bed }: Stand, setup: Setup, calls: number): Promise<void> {
  const shape = { connections: CONNECTIONS, streams: 20 };
  return h2load(setup, { path: PATH, shape, calls, bodyFile: bed.smallBody });
}

/** How long calls take that come at a steady rate, and how long they take without a proxy in the seconds after. */
export function openLoopCase(callsPerSecond: number): BenchCase {
  return {
    name: 'open loop',
    measure: stand =>
      withPeer(stand, {}, async ({ setup }) => {
        const calls = Math.ceil(callsPerSecond * SECONDS * stand.scale);
        const load = { callsPerSecond, calls, connections: CONNECTIONS };
        await closedLoop(stand, setup, WARM);
        // The client itself is cold the first time.
        await openLoop(setup.backendPort, PATH, { ...load, calls: callsPerSecond });
        const proxied = await openLoop(setup.port, PATH, load);
        const direct = await openLoop(setup.backendPort, PATH, load);
        return [...rows('open loop', callsPerSecond, proxied), ...rows('direct calls', callsPerSecond, direct)];
      }),
  };
}

function rows(what: string, callsPerSecond: number, { p50, p99, p999 }: Latencies): Measured[] {
  const unit = `µs at ${callsPerSecond} calls/s`;
  return [
    { name: `${what}, p50`, unit, value: p50 * 1000 },
    { name: `${what}, p99`, unit, value: p99 * 1000 },
    { name: `${what}, p99.9`, unit, value: p999 * 1000 },
  ];
}
