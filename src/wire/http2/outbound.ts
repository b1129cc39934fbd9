// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { ConnectionCore } from './connection-core.ts';
import { extendedConnect } from './extended-connect.ts';
import { CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME_HEADER_BYTES, HEADERS } from './frame.ts';
import { BODILESS, traitsOf, UPGRADE } from './message-validation.ts';
import { ASKS_UPGRADE, type Http2Stream, LOCAL_ENDED, NO_BODY, REMOTE_ENDED } from './stream.ts';
import { writeFrame, writeFrameHeader } from './write-frame.ts';

/** What one stream may send at a time while others wait for the connection. */
const QUANTUM_BYTES = 65_536;
/** The largest DATA frame we make, however large the peer allows: a frame cannot be interrupted. */
const MAX_DATA_BYTES = 65_536;

/** A header block: HEADERS, and CONTINUATIONs when it is larger than the peer's frames may be. */
export function sendBlock(
  connection: ConnectionCore,
  stream: Http2Stream,
  list: HeaderList,
  fields: VolatileFields,
  endStream: boolean,
): void {
  if (stream.id === 0) numberStream(connection, stream, list);
  const sent = stream.flags & ASKS_UPGRADE ? extendedConnect(list, connection.lists) : list;
  const { output, encoder } = connection;
  output.room(FRAME_HEADER_BYTES + encoder.bound(sent, fields));
  const start = output.at;
  const block = start + FRAME_HEADER_BYTES;
  const end = encoder.encode(sent, fields, output.buffer, block);
  const flags = endStream ? END_STREAM : 0;
  if (end - block <= connection.peer.maxFrameBytes) {
    writeFrameHeader(output, end - block, HEADERS, flags | END_HEADERS, stream.id);
    output.at = end;
  } else {
    splitBlock(connection, Buffer.from(output.buffer.subarray(block, end)), flags, stream.id);
  }
  connection.wrote(end - start);
  if (endStream) endLocally(connection, stream);
}

function splitBlock(connection: ConnectionCore, block: Buffer, flags: number, id: number): void {
  const size = connection.peer.maxFrameBytes;
  for (let at = 0; at < block.length; at += size) {
    const end = Math.min(at + size, block.length);
    const last = end === block.length ? END_HEADERS : 0;
    writeFrame(
      connection.output,
      at === 0 ? HEADERS : CONTINUATION,
      at === 0 ? flags | last : last,
      id,
      block,
      at,
      end,
    );
  }
}

/** Ids are given when heads go out, so that they rise on the wire in whatever order streams were opened. */
function numberStream(connection: ConnectionCore, stream: Http2Stream, head: HeaderList): void {
  connection.begin();
  connection.unsent.delete(stream);
  stream.id = connection.nextId;
  connection.nextId += 2;
  stream.sendWindow = connection.peer.initialWindowBytes;
  stream.openedMs = Math.ceil(connection.time.nowMs);
  const traits = traitsOf(head);
  if (traits & (BODILESS | UPGRADE)) stream.flags |= traits & BODILESS ? NO_BODY : ASKS_UPGRADE;
  connection.streams.add(stream);
}

/** See `Http2Connection.sendData`; the stream is open on our side. */
export function sendData(
  connection: ConnectionCore,
  stream: Http2Stream,
  chunk: Buffer,
  start: number,
  end: number,
  endStream: boolean,
): number {
  const wanted = end - start;
  const taken = wanted === 0 ? 0 : Math.min(wanted, sendable(connection, stream));
  const isLast = endStream && taken === wanted;
  if (taken > 0 || isLast) {
    writeData(connection, stream.id, chunk, start, start + taken, isLast);
    connection.sendWindow -= taken;
    stream.sendWindow -= taken;
    connection.signal();
  }
  if (isLast) endLocally(connection, stream);
  else if (taken < wanted) connection.sendQueue.wait(stream);
  return taken;
}

function sendable(connection: ConnectionCore, stream: Http2Stream): number {
  const queue = connection.sendQueue;
  if (stream.sendWindow <= 0 || !queue.isOpen) return 0;
  const bytes = Math.min(stream.sendWindow, connection.sendWindow, connection.limits.outputHighWaterBytes);
  return queue.isEmpty ? bytes : Math.min(bytes, QUANTUM_BYTES);
}

function writeData(connection: ConnectionCore, id: number, chunk: Buffer, start: number, end: number, isLast: boolean) {
  const size = Math.min(connection.peer.maxFrameBytes, MAX_DATA_BYTES);
  let at = start;
  do {
    const next = end - at > size ? at + size : end;
    writeFrame(connection.output, DATA, isLast && next === end ? END_STREAM : 0, id, chunk, at, next);
    connection.budget.dataFrames++;
    at = next;
  } while (at < end);
}

function endLocally(connection: ConnectionCore, stream: Http2Stream): void {
  stream.flags |= LOCAL_ENDED;
  if (stream.flags & REMOTE_ENDED) connection.finishStream(stream);
}
