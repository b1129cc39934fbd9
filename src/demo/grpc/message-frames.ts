// SPDX-License-Identifier: Apache-2.0

/** Length-prefixed messages of the gRPC wire format: one flag byte, four bytes of length, the message. */
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { GRPC_CODE, GrpcError } from './grpc-error.ts';

const PREFIX_BYTES = 5;

/** The largest message a demo backend reads, also after decompression: so that no client fills the memory. */
export const MAX_MESSAGE_BYTES: number = 64 * 1024 * 1024;

/**
 * Reads the messages of one half of a call. `encoding` is its `grpc-encoding` (`identity` when absent).
 * Throws `GrpcError` for a message that is too large, cut off, or compressed in a way that is not known here.
 */
export async function* readMessages(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = PREFIX_BYTES;
  for await (const chunk of chunks) {
    parts.push(chunk);
    held += chunk.length;
    if (held < wanted) continue;
    let bytes = parts.length === 1 ? chunk : Buffer.concat(parts, held);
    while (bytes.length >= PREFIX_BYTES) {
      wanted = PREFIX_BYTES + messageLength(bytes);
      if (bytes.length < wanted) break;
      yield decompress(bytes.subarray(PREFIX_BYTES, wanted), bytes[0] === 1, encoding);
      bytes = bytes.subarray(wanted);
      wanted = PREFIX_BYTES;
    }
    parts = bytes.length > 0 ? [bytes] : [];
    held = bytes.length;
  }
  if (held > 0) throw new GrpcError(GRPC_CODE.internal, `the request ended in the middle of a message (${held} bytes)`);
}

/** One message with its prefix; compressed when `encoding` is `gzip`. */
export function frameMessage(message: Uint8Array, encoding: string): Buffer {
  const body = encoding === 'gzip' ? gzipSync(message) : message;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + body.length);
  frame[0] = encoding === 'gzip' ? 1 : 0;
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, PREFIX_BYTES);
  return frame;
}

function messageLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(1);
  if (length <= MAX_MESSAGE_BYTES) return length;
  throw new GrpcError(
    GRPC_CODE.resourceExhausted,
    `a message of ${length} bytes is over the limit of ${MAX_MESSAGE_BYTES}`,
  );
}

function decompress(body: Buffer, compressed: boolean, encoding: string): Buffer {
  if (!compressed) return body;
  const options = { maxOutputLength: MAX_MESSAGE_BYTES };
  try {
    if (encoding === 'gzip') return gunzipSync(body, options);
    if (encoding === 'deflate') return inflateSync(body, options);
  } catch (error) {
    throw new GrpcError(GRPC_CODE.internal, `a message does not decompress as ${encoding}`, { cause: error });
  }
  throw new GrpcError(GRPC_CODE.unimplemented, `grpc-encoding ${encoding} is not known; gzip and deflate are`);
}
