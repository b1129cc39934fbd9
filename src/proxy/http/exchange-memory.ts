// SPDX-License-Identifier: Apache-2.0

/** What a request in progress is charged with, so that caps count memory and not payload. */
import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import { EXCHANGE_BYTES, fieldBytes } from '../io/index.ts';
import type { ExchangeState } from './exchange-state.ts';

/** Of a head, what `EXCHANGE_BYTES` covers. */
const USUAL_HEAD_BYTES = 2048;

/** The request is here. */
export function chargeHead(exchange: ExchangeState, head: HeaderList, fields: VolatileFields): void {
  const bytes = EXCHANGE_BYTES + Math.max(0, head.bytes + fieldBytes(fields) - USUAL_HEAD_BYTES);
  // It holds nothing else yet.
  exchange.headBytes = bytes;
  exchange.chargedBytes = bytes;
  exchange.owner.held(exchange, bytes);
}

/** Tells the owner what the exchange holds more or less than before. May end the exchange. */
export function recount(exchange: ExchangeState): void {
  const change = exchange.heldBytes - exchange.chargedBytes;
  if (change === 0) return;
  exchange.chargedBytes += change;
  exchange.owner.held(exchange, change);
}
