// SPDX-License-Identifier: Apache-2.0

/**
 * gRPC calls that come when they come, whatever became of those before: how long each takes, from the write of the request to
 * its trailers. Frames are made and read by hand, so that the client has no garbage to collect and its pauses are not measured.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { message } from './client.ts';
import { HELLO, SETTINGS_ACK } from './idle.ts';

export interface OpenLoop {
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly connections: number;
}

/** Milliseconds each. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** When the last call was made, how long the rest may take. */
const LAST_MS = 10_000;

/** Of the answer's message with its prefix, as the backend has it. */
const ANSWER_BYTES = 12;

/** Makes the calls; rejects when one had no message, was reset, or did not end in time. */
export async function openLoop(port: number, path: string, load: OpenLoop): Promise<Latencies> {
  const took = new Float64Array(load.calls);
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => OpenConnection.open(port, path, took)),
  );
  const start = performance.now();
  for (let made = 0; made < load.calls; ) {
    const due = Math.min(load.calls, ((performance.now() - start) * load.callsPerSecond) / 1000);
    for (; made < due; made++) connections[made % load.connections]?.call(made);
    for (const connection of connections) connection.flush();
    await delay(1);
  }
  for (let waited = 0; waited < LAST_MS && connections.some(({ open }) => open > 0); waited += 10) await delay(10);
  for (const connection of connections) connection.close();
  const good = connections.reduce((sum, { received }) => sum + received / ANSWER_BYTES, 0);
  if (good !== load.calls) throw new Error(`${good} of ${load.calls} calls were answered`);
  took.sort();
  return { p50: at(took, 0.5), p99: at(took, 0.99), p999: at(took, 0.999) };
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING] = [0, 1, 3, 4, 6];
const [END_STREAM, ACK] = [1, 1];
const FRAME_HEAD = 9;

/** A window of 1 GiB for the whole connection: more than all the answers. */
const WINDOW_UPDATE = Buffer.from([0, 0, 4, 8, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0]);

class OpenConnection {
  readonly #socket: Socket;
  /** HEADERS and DATA of a call; the stream's id is written into it. */
  readonly #request: Buffer;
  readonly #bodyAt: number;
  readonly #took: Float64Array;
  /** Which call a stream is: `#calls[(id - 1) / 2]`. */
  readonly #calls: number[] = [];
  #input: Buffer = Buffer.alloc(0);
  #output: Buffer[] = [];
  /** Calls without an end. */
  open = 0;
  /** Bytes of messages. */
  received = 0;

  private constructor(socket: Socket, path: string, took: Float64Array) {
    this.#socket = socket;
    this.#took = took;
    const body = message(12);
    const block = requestBlock(path);
    this.#request = Buffer.concat([frameHead(block.length, HEADERS, 4), block, frameHead(body.length, DATA, 1), body]);
    this.#bodyAt = FRAME_HEAD + block.length;
  }

  static async open(port: number, path: string, took: Float64Array): Promise<OpenConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.write(Buffer.concat([HELLO, WINDOW_UPDATE]));
    const connection = new OpenConnection(socket, path, took);
    socket.on('data', chunk => connection.#receive(chunk));
    await once(socket, 'data');
    return connection;
  }

  /** `index`: where the time that it takes is kept. */
  call(index: number): void {
    const id = this.#calls.push(index) * 2 - 1;
    const request = Buffer.from(this.#request);
    request.writeUInt32BE(id, 5);
    request.writeUInt32BE(id, this.#bodyAt + 5);
    this.#output.push(request);
    this.#took[index] = performance.now();
    this.open++;
  }

  flush(): void {
    if (this.#output.length === 0) return;
    this.#socket.write(Buffer.concat(this.#output));
    this.#output = [];
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const now = performance.now();
    const input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    let at = 0;
    while (input.length - at >= FRAME_HEAD) {
      const end = at + FRAME_HEAD + input.readUIntBE(at, 3);
      if (end > input.length) break;
      this.#frame(input, at, end, now);
      at = end;
    }
    this.#input = input.subarray(at);
  }

  #frame(input: Buffer, at: number, end: number, now: number): void {
    const [type, flags] = [input[at + 3], input[at + 4] ?? 0];
    if (type === SETTINGS && (flags & ACK) === 0) this.#socket.write(SETTINGS_ACK);
    if (type === PING && (flags & ACK) === 0) {
      const answer = Buffer.from(input.subarray(at, end));
      answer[4] = ACK;
      this.#socket.write(answer);
    }
    if (type === DATA) this.received += end - at - FRAME_HEAD;
    if (type === RST_STREAM) this.open--;
    if (type !== HEADERS || (flags & END_STREAM) === 0) return;
    const index = this.#calls[(input.readUInt32BE(at + 5) - 1) / 2];
    if (index === undefined) return;
    this.#took[index] = now - (this.#took[index] ?? 0);
    this.open--;
  }
}

function frameHead(length: number, type: number, flags: number): Buffer {
  return Buffer.from([length >> 16, length >> 8, length, type, flags, 0, 0, 0, 0]);
}

/** The head of a call by the static table and literals that are not indexed (RFC 7541 §6.1, §6.2.2). */
function requestBlock(path: string): Buffer {
  const text = (value: string): number[] => [value.length, ...Buffer.from(value)];
  const fields: readonly [string, string][] = [
    [':authority', 'bench.example.com'],
    [':path', path],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ];
  const [POST, HTTP] = [0x83, 0x86];
  return Buffer.from([POST, HTTP, ...fields.flatMap(([name, value]) => [0, ...text(name), ...text(value)])]);
}
