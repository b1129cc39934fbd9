// SPDX-License-Identifier: Apache-2.0

import type { Output } from '../output/output.ts';
import { PREFACE, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import type { Http2Limits } from './limits.ts';
import {
  DEFAULT_WINDOW_BYTES,
  ENABLE_PUSH,
  INITIAL_WINDOW_SIZE,
  MAX_CONCURRENT_STREAMS,
  MAX_HEADER_LIST_SIZE,
} from './settings.ts';
import { writeFrameHeader } from './write-frame.ts';

/** Writes our first bytes (RFC 9113 §3.4): the preface (client role), SETTINGS, and the connection's window. */
export function writePreamble(output: Output, role: 'server' | 'client', limits: Http2Limits): void {
  output.room(PREFACE.length + 64);
  if (role === 'client') output.at += PREFACE.copy(output.buffer, output.at);
  writeFrameHeader(output, 18, SETTINGS, 0, 0);
  if (role === 'client') writeSetting(output, ENABLE_PUSH, 0);
  else writeSetting(output, MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams);
  writeSetting(output, INITIAL_WINDOW_SIZE, limits.streamWindowBytes);
  writeSetting(output, MAX_HEADER_LIST_SIZE, limits.maxHeaderListBytes);
  if (limits.connectionWindowBytes <= DEFAULT_WINDOW_BYTES) return;
  writeFrameHeader(output, 4, WINDOW_UPDATE, 0, 0);
  output.uint32(limits.connectionWindowBytes - DEFAULT_WINDOW_BYTES);
}

function writeSetting(output: Output, id: number, value: number): void {
  output.buffer[output.at++] = id >> 8;
  output.buffer[output.at++] = id;
  output.uint32(value);
}
