// SPDX-License-Identifier: Apache-2.0
import { constants, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { ByteTarget } from './byte-target.ts';
import { DescriptorTarget } from './descriptor-target.ts';
import { StreamTarget } from './stream-target.ts';

const STREAMS = { stdout: 1, stderr: 2 } as const;
export type StandardStream = keyof typeof STREAMS;

/**
 * This process's stdout or stderr as a target that never blocks. A terminal is opened anew, because Node writes to it
 * synchronously: Ctrl-S in it would stop the main thread.
 */
export function standardTarget(name: StandardStream): ByteTarget {
  const descriptor = STREAMS[name];
  if (isatty(descriptor)) {
    const own = openTerminal(descriptor);
    return own === null
      ? new DescriptorTarget(descriptor, { isOwned: false })
      : new DescriptorTarget(own, { isOwned: true });
  }
  const kind = fstatSync(descriptor);
  const isStream = kind.isFIFO() || kind.isSocket();
  return isStream ? new StreamTarget(process[name]) : new DescriptorTarget(descriptor, { isOwned: false });
}

function openTerminal(descriptor: number): number | null {
  try {
    return openSync(`/dev/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
}
