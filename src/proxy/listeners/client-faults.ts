// SPDX-License-Identifier: Apache-2.0

/** What the codec of a client's connection refused, on its way to counters and logs. */
import type { HeaderList, MessageConnection, StreamEnd } from '../../wire/index.ts';
import { type ExchangeOwner, malformedRequest, recordRefused, requestTooLarge, type Serving } from '../http/index.ts';

/** A head that was refused before there was a request; `status`: what it was answered, if it was. */
export function tellRefusedHead(
  owner: ExchangeOwner,
  why: 'oversized' | 'malformed',
  { partial, status }: { readonly partial: HeaderList; readonly status: number | undefined },
): void {
  const { metrics } = owner.serving;
  if (why === 'oversized') metrics.count('daemun_limit_hits_total', { limit: 'header_list' });
  else metrics.count('daemun_downstream_malformed_requests_total', {});
  recordRefused(owner, partial, why === 'oversized' ? requestTooLarge() : malformedRequest(), status);
}

export function countRefusedStream({ metrics }: Serving): void {
  metrics.count('daemun_limit_hits_total', { limit: 'concurrent_streams' });
}

/** The client broke what `messages` speaks. */
export function tellBroken(
  { serving, peerAddress }: { readonly serving: Serving; readonly peerAddress: string },
  { version }: MessageConnection,
  { reason, detail, message }: StreamEnd & { readonly message: string },
): void {
  const { debug, metrics } = serving;
  if (debug.isOn) debug.say(`client broke ${version}`, { client: peerAddress, error: message });
  if (reason === 'overload') metrics.count('daemun_limit_hits_total', { limit: 'flood' });
  // Some versions know no other way to give up one message.
  if (reason !== 'cancelled') metrics.count('daemun_downstream_protocol_errors_total', { error: detail });
}
