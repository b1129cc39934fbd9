// SPDX-License-Identifier: Apache-2.0

/** Unary calls that differ, each from the one before. */
import { randomBytes } from 'node:crypto';
import { message, openConnection, requestHead, UnaryCall } from './client.ts';
import type { Shape } from './h2load.ts';

const METHOD = '/bench.Bench/Unary';
const BODY = message(12);
const TRACE = randomBytes(16).toString('hex');

/** What differs: `grpc-timeout`, `traceparent` and `x-request-id`; the method; or `authorization`. `nothing`: the same load with equal calls. */
export type Difference = 'nothing' | 'ids' | 'paths' | 'tokens';

/** Makes the calls; rejects when any did not end with OK. */
export async function varying(port: number, shape: Shape, calls: number, difference: Difference): Promise<void> {
  const head = requestHead(difference === 'paths' ? null : METHOD);
  const connections = await Promise.all(Array.from({ length: shape.connections }, () => openConnection(port)));
  let started = 0;
  let ended = 0;
  let failed = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const next = (index: number): void => {
    const connection = connections[index % connections.length];
    if (started === calls || connection === undefined) return;
    started++;
    const call = new UnaryCall(connection, ({ status }) => {
      if (status !== 0) failed++;
      if (++ended === calls) resolve();
      else next(index);
    });
    if (!call.start(head, fieldsOf(difference, started), BODY)) throw new Error('the peer takes too few streams');
  };
  for (let index = 0; index < shape.connections * shape.streams; index++) next(index);
  await promise;
  for (const { socket } of connections) socket.destroy();
  if (failed > 0) throw new Error(`${failed} of ${calls} calls failed`);
}

function fieldsOf(difference: Difference, call: number): string[] | null {
  if (difference === 'nothing') return null;
  if (difference === 'paths') return [':path', `${METHOD}${call}`];
  const id = call.toString(16).padStart(16, '0');
  if (difference === 'tokens') return ['authorization', `Bearer ${TRACE}${id}`];
  return ['grpc-timeout', `${900_000 + (call % 90_000)}u`, 'traceparent', `00-${TRACE}-${id}-01`, 'x-request-id', id];
}
