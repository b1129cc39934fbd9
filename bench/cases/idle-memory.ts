// SPDX-License-Identifier: Apache-2.0
import type { Running } from '../bed.ts';
import { openIdle } from '../load/idle.ts';
import { rssBytes } from '../processes.ts';

/** KiB of resident memory of the proxy for each idle cleartext HTTP/2 connection, out of `count`. */
export async function idleMemory({ setup, pid }: Running, count: number): Promise<number> {
  const warm = await openIdle(setup.port, Math.ceil(count / 10));
  const before = rssBytes(pid);
  const idle = await openIdle(setup.port, count);
  const bytes = (rssBytes(pid) - before) / count;
  idle.close();
  warm.close();
  return bytes / 1024;
}
