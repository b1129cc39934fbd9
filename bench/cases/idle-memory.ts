// SPDX-License-Identifier: Apache-2.0
import { withPeer } from '../bed.ts';
import { openIdle } from '../load/idle.ts';
import { rssBytes } from '../processes.ts';
import type { BenchCase } from './bench-case.ts';

/** Idle connections that are open at once. */
const IDLE = 4000;

/** KiB of resident memory of the proxy for each idle cleartext HTTP/2 connection. */
export const idleMemory: BenchCase = {
  name: 'idle connection',
  measure: stand =>
    withPeer(stand, {}, async ({ setup, pid }) => {
      const warm = await openIdle(setup.port, IDLE / 10);
      const before = rssBytes(pid);
      const idle = await openIdle(setup.port, IDLE);
      const bytes = (rssBytes(pid) - before) / IDLE;
      idle.close();
      warm.close();
      return [{ name: 'idle connection', unit: 'KiB RSS', value: bytes / 1024 }];
    }),
};
