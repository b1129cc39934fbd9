// SPDX-License-Identifier: Apache-2.0

/** daemun alone, with one and with 10,000 GRPCRoutes: cost of a call, time to ready, time from file change to live. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bed, cpuPerCall, type Running, startBackend } from '../bed.ts';
import { message, openConnection, requestHead, UnaryCall } from '../load/client.ts';
import { h2load } from '../load/h2load.ts';
import { backend, gateway, route, startCommand } from '../peers/daemun.ts';
import type { Setup } from '../peers/peer.ts';
import { freePort, startProgram, waitForPort } from '../processes.ts';
import type { Figure } from '../report.ts';

const SHAPE = { connections: 10, streams: 20 };

function manifests(setup: Setup, routes: number, backendPort = setup.backendPort): string {
  const names = Array.from({ length: routes }, (_, i) => `s${i}`);
  const rules = names.map(name => route(name, `[{ method: { service: bench.${name}, method: Unary } }]`));
  return [gateway(setup), ...rules, backend(setup, backendPort)].join('---\n');
}

async function withRoutes<T>(
  bed: Bed,
  routes: number,
  use: (running: Running, file: string, readyMs: number) => Promise<T>,
): Promise<T> {
  const setup: Setup = { ...bed, port: await freePort(), tlsPort: await freePort() };
  const file = join(bed.folder, `routes-${routes}.yaml`);
  writeFileSync(file, manifests(setup, routes));
  const { command, args } = startCommand(file);
  const start = performance.now();
  const program = startProgram(command, args);
  try {
    await waitForPort(program, setup.port);
    return await use({ setup, program, pid: program.child.pid ?? 0 }, file, performance.now() - start);
  } finally {
    await program.stop();
  }
}

/** Cost of a call and time to ready with `routes` routes. */
export function costOfRoutes(bed: Bed, routes: number): Promise<Figure[]> {
  return withRoutes(bed, routes, async (running, _file, readyMs) => {
    const url = `http://127.0.0.1:${running.setup.port}/bench.s${routes - 1}/Unary`;
    const cost = await cpuPerCall(running, 200_000, calls =>
      h2load({ url, shape: SHAPE, calls, bodyFile: bed.smallBody }),
    );
    return [
      { case: `${routes} routes, 10×20`, unit: 'CPU µs per call', program: 'daemun', value: cost },
      { case: `${routes} routes, start to ready`, unit: 'ms', program: 'daemun', value: readyMs },
    ];
  });
}

/**
 * Writes a new endpoint into a file of `routes` routes while calls are made one after another, and takes the time until the new
 * endpoint answers, and the longest that any call took. Rejects when a call fails.
 */
export function changeToLive(bed: Bed, routes: number): Promise<Figure[]> {
  return withRoutes(bed, routes, async ({ setup }, file) => {
    const other = await startBackend('two');
    try {
      const calls = await callsAcross(setup.port, `/bench.s${routes - 1}/Unary`, () => {
        writeFileSync(`${file}.new`, manifests(setup, routes, other.port));
        renameSync(`${file}.new`, file);
      });
      return [
        { case: `${routes} routes, change to live`, unit: 'ms', program: 'daemun', value: calls.liveMs },
        { case: `${routes} routes, longest call meanwhile`, unit: 'ms', program: 'daemun', value: calls.longestMs },
      ];
    } finally {
      await other.program.stop();
    }
  });
}

async function callsAcross(
  port: number,
  method: string,
  change: () => void,
): Promise<{ liveMs: number; longestMs: number }> {
  const connection = await openConnection(port);
  const head = requestHead(method);
  const body = message(12);
  const call = (): Promise<string> =>
    new Promise((resolve, reject) => {
      new UnaryCall(connection, ({ status, head }) => {
        if (status === 0) resolve(head?.get('x-backend') ?? '');
        else reject(new Error(`a call failed with status ${status} during the change`));
      }).start(head, null, body);
    });
  for (let warm = 0; warm < 200; warm++) await call();
  change();
  const written = performance.now();
  let longestMs = 0;
  while (performance.now() - written < 5000) {
    const start = performance.now();
    const answeredBy = await call();
    longestMs = Math.max(longestMs, performance.now() - start);
    if (answeredBy !== 'two') continue;
    connection.socket.destroy();
    return { liveMs: performance.now() - written, longestMs };
  }
  throw new Error('the change was not live within 5 s');
}
