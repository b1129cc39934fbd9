// SPDX-License-Identifier: Apache-2.0

import type { EndOrigin, EndReason, StreamEnd } from '../message/end-reason.ts';
import { ErrorCode, errorCodeName } from './error-code.ts';

/** What a peer's error code says, by code (RFC 9113 §7). */
const REASONS: readonly EndReason[] = [
  'done', // NO_ERROR
  'protocol', // PROTOCOL_ERROR
  'lost', // INTERNAL_ERROR
  'protocol', // FLOW_CONTROL_ERROR
  'protocol', // SETTINGS_TIMEOUT
  'protocol', // STREAM_CLOSED
  'protocol', // FRAME_SIZE_ERROR
  'refused', // REFUSED_STREAM
  'cancelled', // CANCEL
  'protocol', // COMPRESSION_ERROR
  'lost', // CONNECT_ERROR
  'overload', // ENHANCE_YOUR_CALM
  'protocol', // INADEQUATE_SECURITY
  'protocol', // HTTP_1_1_REQUIRED
];

/** The code that says what we are asked to say. */
const CODES: Readonly<Record<EndReason, number>> = {
  done: ErrorCode.NO_ERROR,
  cancelled: ErrorCode.CANCEL,
  refused: ErrorCode.REFUSED_STREAM,
  protocol: ErrorCode.PROTOCOL_ERROR,
  overload: ErrorCode.ENHANCE_YOUR_CALM,
  lost: ErrorCode.INTERNAL_ERROR,
  deadline: ErrorCode.CANCEL,
};

const ENDS: Readonly<Record<EndOrigin, readonly StreamEnd[]>> = {
  peer: endsOf('peer'),
  leaving: endsOf('leaving'),
  codec: endsOf('codec'),
  connection: endsOf('connection'),
};

/** The error code of RST_STREAM and GOAWAY for a reason of ours. */
export function codeOf(reason: EndReason): number {
  return CODES[reason];
}

/** An end with this error code; the same object for the same end. An unknown code is as good as INTERNAL_ERROR (RFC 9113 §7). */
export function endOf(errorCode: number, origin: EndOrigin): StreamEnd {
  return ENDS[origin][errorCode] ?? { reason: 'lost', origin, detail: errorCodeName(errorCode) };
}

function endsOf(origin: EndOrigin): readonly StreamEnd[] {
  return REASONS.map((reason, code) => ({ reason, origin, detail: errorCodeName(code) }));
}
