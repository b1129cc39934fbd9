// SPDX-License-Identifier: Apache-2.0

import { hostname } from 'node:os';
import { startDemoPod } from '../demo/index.ts';
import { messageOf } from '../errors/index.ts';
import { bindFailure } from '../snapshot/index.ts';
import { socketAddress } from '../values/index.ts';
import { couldNotRun, EXIT, usageError } from './exit-code.ts';
import { readHostPort } from './host-port.ts';
import type { Terminal } from './terminal.ts';

/** Whoever leads clients here has heard by then that this backend ends: it takes new connections as before. */
const NOTICE_MS = 3_000;
/** How long calls may take to end after that; a Pod has 30 seconds for all of it. */
const DRAIN_MS = 10_000;

/** The flags of `demo`, as commander hands them over. */
export interface DemoOptions {
  readonly listen: string;
  readonly name?: string;
}

/** `demo`: a demo backend until a signal ends it, and then the calls in progress; a second signal cuts them. */
export async function runDemo({ listen, name = hostname() }: DemoOptions, terminal: Terminal): Promise<number> {
  const place = readHostPort(listen);
  if (place === undefined)
    throw usageError(`--listen ${listen}: an IP address with a port is needed`, 'Example: --listen 0.0.0.0:8080');
  const second = Promise.withResolvers<void>();
  const stopped = terminal.stopSignal(() => second.resolve());
  const pod = await startDemoPod({ address: place.host, port: place.port, podName: name }).catch((error: unknown) => {
    const { message } = bindFailure(codeOf(error), messageOf(error));
    throw couldNotRun(`the demo backend cannot listen at ${listen}: ${message}`, 'Choose another one with --listen');
  });
  terminal.out(`Demo backend ${name} answers at ${socketAddress(pod.address, pod.port)}\n`);
  await stopped;
  await Promise.race([terminal.pause(NOTICE_MS), second.promise]);
  await Promise.race([pod.drain(), terminal.pause(DRAIN_MS), second.promise]);
  await pod.close();
  return EXIT.ok;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
