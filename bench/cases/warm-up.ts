// SPDX-License-Identifier: Apache-2.0
import { withPeer } from '../bed.ts';
import { h2load } from '../load/h2load.ts';
import { cpuMs } from '../processes.ts';
import type { BenchCase } from './bench-case.ts';

const CALLS = 10_000;

/** CPU µs of the proxy for each of the first calls after it is ready, while its code and its pools are cold. */
export const warmUp: BenchCase = {
  name: 'first 10,000 calls after a start',
  measure: stand =>
    withPeer(stand, {}, async ({ setup, pid }) => {
      const before = cpuMs(pid);
      const shape = { connections: 10, streams: 20 };
      await h2load(setup, { path: '/bench.Bench/Unary', shape, calls: CALLS, bodyFile: stand.bed.smallBody });
      const value = ((cpuMs(pid) - before) * 1000) / CALLS;
      return [{ name: 'first 10,000 calls after a start, 10×20', unit: 'CPU µs per call', value }];
    }),
};
