// SPDX-License-Identifier: Apache-2.0

import { setFlagsFromString } from 'node:v8';

/** What `bin/daemun` and the image give to Node: MiB of each half of the room for young objects. */
const SMALL_ROOM = '--max-semi-space-size=4';
const ROOM = /^--max[-_]semi[-_]space[-_]size=\d+$/;

/**
 * Threads that begin from now on have V8's usual room for young objects, 32 MiB and more, which traffic needs, or what the operator says. The main
 * thread has a small one: it reads what changes, and kept a quarter of the memory of a large mesh's agent for that. It is too late to make a
 * thread's own room smaller, so the process begins with a small one.
 */
export function restoreYoungRoom(): void {
  if (process.execArgv.findLast(flag => ROOM.test(flag)) !== SMALL_ROOM) return;
  const said = (process.env['NODE_OPTIONS'] ?? '').split(' ').findLast(flag => ROOM.test(flag));
  setFlagsFromString(said ?? '--max-semi-space-size=0');
}
