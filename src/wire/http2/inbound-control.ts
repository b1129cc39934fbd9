// SPDX-License-Identifier: Apache-2.0

import type { ConnectionCore } from './connection-core.ts';
import { endOf } from './end-words.ts';
import { ErrorCode } from './error-code.ts';
import { IGNORED, PINGS, RESETS, SETTINGS_FRAMES, WINDOW_UPDATES } from './flood-budget.ts';
import {
  ACK,
  GOAWAY,
  MAX_31_BITS,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  readUint31,
  readUint32,
  SETTINGS,
  WINDOW_UPDATE,
} from './frame.ts';
import { isIdle } from './inbound-data.ts';
import { writeFrame, writeFrameHeader } from './write-frame.ts';

/** Entries of one SETTINGS frame; the protocol defines six. */
const MAX_SETTINGS_BYTES = 6 * 64;

/** All frames but DATA, HEADERS and CONTINUATION (RFC 9113 §6). */
export function receiveControl(
  connection: ConnectionCore,
  type: number,
  flags: number,
  id: number,
  payload: Buffer,
  start: number,
  end: number,
): void {
  switch (type) {
    case WINDOW_UPDATE:
      onWindowUpdate(connection, id, payload, start, end);
      break;
    case SETTINGS:
      onSettings(connection, flags, id, payload, start, end);
      break;
    case PING:
      onPing(connection, flags, id, payload, start, end);
      break;
    case RST_STREAM:
      onRstStream(connection, id, payload, start, end);
      break;
    case GOAWAY:
      onGoaway(connection, id, payload, start, end);
      break;
    case PRIORITY:
      onPriority(connection, id, payload, start, end);
      break;
    case PUSH_PROMISE:
      connection.fail(ErrorCode.PROTOCOL_ERROR, 'push is off');
      break;
    default:
      connection.spend(IGNORED, 'too many unknown frames');
  }
}

function onWindowUpdate(connection: ConnectionCore, id: number, payload: Buffer, start: number, end: number): void {
  if (end - start !== 4) {
    connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'WINDOW_UPDATE of a wrong size');
    return;
  }
  if (!connection.spend(WINDOW_UPDATES, 'too many WINDOW_UPDATE frames')) return;
  const increment = readUint31(payload, start);
  if (id === 0) {
    openConnectionWindow(connection, increment);
    return;
  }
  const stream = connection.streams.get(id);
  if (stream === undefined) {
    if (isIdle(connection, id)) connection.fail(ErrorCode.PROTOCOL_ERROR, 'WINDOW_UPDATE on an idle stream');
    return;
  }
  if (increment === 0) {
    connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
    return;
  }
  stream.sendWindow += increment;
  if (stream.sendWindow > MAX_31_BITS) {
    connection.failStream(stream, ErrorCode.FLOW_CONTROL_ERROR);
    return;
  }
  connection.sendQueue.onStreamWindow(stream);
}

function openConnectionWindow(connection: ConnectionCore, increment: number): void {
  if (increment === 0) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'WINDOW_UPDATE of nothing');
    return;
  }
  connection.sendWindow += increment;
  if (connection.sendWindow > MAX_31_BITS) {
    connection.fail(ErrorCode.FLOW_CONTROL_ERROR, 'connection window too large');
    return;
  }
  connection.sendQueue.wake();
}

function onSettings(
  connection: ConnectionCore,
  flags: number,
  id: number,
  payload: Buffer,
  start: number,
  end: number,
): void {
  const length = end - start;
  if (id !== 0) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'SETTINGS on a stream');
    return;
  }
  if (length % 6 !== 0 || (flags & ACK && length > 0)) {
    connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'SETTINGS of a wrong size');
    return;
  }
  if (!connection.spend(SETTINGS_FRAMES, 'too many SETTINGS frames') || flags & ACK) return;
  if (length > MAX_SETTINGS_BYTES) {
    connection.calm('too many settings');
    return;
  }
  const { peer } = connection;
  const windowBytes = peer.initialWindowBytes;
  const error = peer.apply(payload, start, end, connection.role);
  if (error !== ErrorCode.NO_ERROR) {
    connection.fail(error, 'a setting is out of its range');
    return;
  }
  connection.encoder.setPeerTableBytes(peer.headerTableBytes);
  connection.output.room(9);
  writeFrameHeader(connection.output, 0, SETTINGS, ACK, 0);
  connection.wrote(9);
  if (peer.initialWindowBytes !== windowBytes) moveWindows(connection, peer.initialWindowBytes - windowBytes);
  if (!connection.broken) connection.events.onPeerLimits?.();
}

/** §6.9.2: the change applies to open streams too; their windows may become negative. */
function moveWindows(connection: ConnectionCore, bytes: number): void {
  const streams = connection.streams.all();
  for (const stream of streams) {
    stream.sendWindow += bytes;
    if (stream.sendWindow > MAX_31_BITS) {
      connection.fail(ErrorCode.FLOW_CONTROL_ERROR, 'a stream window became too large');
      return;
    }
  }
  if (bytes > 0) for (const stream of streams) connection.sendQueue.onStreamWindow(stream);
}

function onPing(
  connection: ConnectionCore,
  flags: number,
  id: number,
  payload: Buffer,
  start: number,
  end: number,
): void {
  if (end - start !== 8) {
    connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'PING of a wrong size');
    return;
  }
  if (id !== 0) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'PING on a stream');
    return;
  }
  if (!connection.spend(PINGS, 'too many PING frames')) return;
  if (flags & ACK) {
    connection.events.onPong?.();
    return;
  }
  writeFrame(connection.output, PING, ACK, 0, payload, start, end);
  connection.wrote(17);
}

function onRstStream(connection: ConnectionCore, id: number, payload: Buffer, start: number, end: number): void {
  if (end - start !== 4) {
    connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'RST_STREAM of a wrong size');
    return;
  }
  if (isIdle(connection, id)) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'RST_STREAM on an idle stream');
    return;
  }
  const stream = connection.streams.get(id);
  if (stream === undefined) {
    connection.spend(IGNORED, 'too many RST_STREAM frames');
    return;
  }
  connection.closeStream(stream);
  stream.events.onEnded(stream, endOf(readUint32(payload, start), 'peer'));
  if (connection.role === 'server') connection.spend(RESETS, 'too many streams reset');
}

function onGoaway(connection: ConnectionCore, id: number, payload: Buffer, start: number, end: number): void {
  if (id !== 0) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'GOAWAY on a stream');
    return;
  }
  if (end - start < 8) {
    connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'GOAWAY of a wrong size');
    return;
  }
  if (!connection.spend(IGNORED, 'too many GOAWAY frames')) return;
  const lastStreamId = readUint31(payload, start);
  connection.isPeerLeaving = true;
  connection.lastTakenId = lastStreamId;
  const isServer = connection.role === 'server';
  if (!isServer) refuseAbove(connection, lastStreamId);
  connection.events.onGoingAway(isServer || lastStreamId >= connection.nextId - 2 ? null : (lastStreamId + 1) >> 1);
}

/** §6.8: the peer did not and will not look at these; they can be sent again elsewhere. */
function refuseAbove(connection: ConnectionCore, lastStreamId: number): void {
  for (const stream of [...connection.streams.all(), ...connection.unsent.all()]) {
    if (stream.id !== 0 && stream.id <= lastStreamId) continue;
    connection.closeStream(stream);
    stream.events.onEnded(stream, endOf(ErrorCode.REFUSED_STREAM, 'leaving'));
  }
}

function onPriority(connection: ConnectionCore, id: number, payload: Buffer, start: number, end: number): void {
  if (id === 0) {
    connection.fail(ErrorCode.PROTOCOL_ERROR, 'PRIORITY on stream 0');
    return;
  }
  if (!connection.spend(IGNORED, 'too many PRIORITY frames')) return;
  const stream = connection.streams.get(id);
  let error: number = ErrorCode.NO_ERROR;
  if (end - start !== 5) error = ErrorCode.FRAME_SIZE_ERROR;
  else if (readUint31(payload, start) === id) error = ErrorCode.PROTOCOL_ERROR;
  if (error === ErrorCode.NO_ERROR) return;
  // There is no stream to reset when it is idle.
  if (stream !== undefined) connection.failStream(stream, error);
  else if (isIdle(connection, id)) connection.fail(error, 'wrong PRIORITY');
  else connection.refuse(id, error);
}
