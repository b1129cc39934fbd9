// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** Where the system does not tell: the usual soft limit. */
const FALLBACK_DESCRIPTORS = 1_024;
/** "unlimited", and more than the kernel's own cap, is taken as this. */
const MOST_DESCRIPTORS = 1_048_576;
/** Kept back for files, logs, the admin server and what the runtime itself has open … */
const PROCESS_RESERVE = 64;
/** … for each worker: its event loop and its listening sockets … */
const WORKER_RESERVE = 24;
/** … and, of what is left, this share for connections to endpoints. */
const ENDPOINT_SHARE = 1 / 4;
/** A worker takes at least this many, however low the limit. */
const LEAST_CONNECTIONS = 16;
/** … and at least this many to endpoints. */
const LEAST_ENDPOINT_CONNECTIONS = 4;

/** How many descriptors this process may have open: the soft limit, which Node raises to the hard one when it starts. */
export function descriptorLimit(): number {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return FALLBACK_DESCRIPTORS;
  }
  return parseLimits(limits);
}

/** Reads "Max open files" of `/proc/PID/limits`. */
export function parseLimits(limits: string): number {
  const soft = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return FALLBACK_DESCRIPTORS;
  return soft === 'unlimited' ? MOST_DESCRIPTORS : Math.min(Number(soft), MOST_DESCRIPTORS);
}

/** Client connections that each of `workers` may have open, so that all together leave descriptors for everything else. */
export function connectionsPerWorker(limit: number, workers: number): number {
  return Math.max(LEAST_CONNECTIONS, Math.floor(peersPerWorker(limit, workers) * (1 - ENDPOINT_SHARE)));
}

/** As many to endpoints, without those that carry the stream of one client alone: they count as its own. */
export function endpointConnectionsPerWorker(limit: number, workers: number): number {
  return Math.max(LEAST_ENDPOINT_CONNECTIONS, Math.floor(peersPerWorker(limit, workers) * ENDPOINT_SHARE));
}

/** What the limit must be for each of `workers` to have the connections that it takes at least. */
export function leastDescriptors(workers: number): number {
  return PROCESS_RESERVE + workers * (WORKER_RESERVE + Math.ceil(LEAST_CONNECTIONS / (1 - ENDPOINT_SHARE)));
}

function peersPerWorker(limit: number, workers: number): number {
  return (limit - PROCESS_RESERVE - workers * WORKER_RESERVE) / workers;
}
