// SPDX-License-Identifier: Apache-2.0

import { NO_EVENTS } from '../message/message-stream.ts';
import { Http2Stream, type StreamConnection } from './stream.ts';

const NOBODY: StreamConnection = {
  sendHead() {},
  sendInformational() {},
  sendData: () => 0,
  sendTrailers() {},
  upgrade() {},
  peer: { takesExtendedConnect: false, maxHeaderListBytes: Number.POSITIVE_INFINITY },
  reset() {},
  consumed() {},
};

/** Number `at`, from 0, of the streams of no connection. */
export function loneStream(at: number, sendWindow: number): Http2Stream {
  return new Http2Stream(NOBODY, 2 * at + 1, NO_EVENTS, sendWindow, 1);
}

/** What a send queue asks of its connection, whose window is one byte. */
export function gate(isBlocked: boolean) {
  const limits = { outputHighWaterBytes: 1 };
  return { sendWindow: 1, isBlocked, broken: false, output: { queuedBytes: 0 }, limits };
}
