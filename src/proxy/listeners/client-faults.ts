// SPDX-License-Identifier: Apache-2.0

/** What the codec of a client's connection refused, on its way to counters and logs. */
import type { CodecAnswer, HeaderList, MessageConnection, StreamEnd } from '../../wire/index.ts';
import { type ExchangeOwner, malformedRequest, recordRefused, requestTooLarge, type Serving } from '../http/index.ts';

/** A head that was refused before there was a request; `answer`: what its codec answered, where that does not follow from `why`. */
export function tellRefusedHead(
  owner: ExchangeOwner,
  why: 'oversized' | 'malformed',
  { partial, answer }: { readonly partial: HeaderList; readonly answer: CodecAnswer | undefined },
): void {
  const { metrics } = owner.serving;
  if (why === 'oversized') metrics.count('daemun_limit_hits_total', { limit: 'header_list' });
  else metrics.count('daemun_downstream_malformed_requests_total', {});
  recordRefused(owner, partial, why === 'oversized' ? requestTooLarge() : malformedRequest(), answer);
}

export function countRefusedStream({ metrics }: Serving): void {
  metrics.count('daemun_limit_hits_total', { limit: 'concurrent_streams' });
}

/** `messages` is broken off: where the client broke what it speaks, that is counted. Elsewhere it was us: some versions know no other way to give up one message. */
export function tellBroken(
  { serving, peerAddress }: { readonly serving: Serving; readonly peerAddress: string },
  { version }: MessageConnection,
  { reason, origin, detail, message }: StreamEnd & { readonly message: string },
): void {
  const { debug, metrics } = serving;
  if (origin !== 'codec') return;
  if (debug.isOn) debug.say(`client broke ${version}`, { client: peerAddress, error: message });
  if (reason === 'overload') metrics.count('daemun_limit_hits_total', { limit: 'flood' });
  metrics.count('daemun_downstream_protocol_errors_total', { error: detail });
}
