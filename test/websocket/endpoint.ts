// SPDX-License-Identifier: Apache-2.0

/** A strict WebSocket endpoint that sends each message back (RFC 6455, and permessage-deflate of RFC 7692). */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TextDecoder } from 'node:util';
import { Deflate, takeOffer } from './deflate.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_FRAME_BYTES = 16_777_216;
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

export function createEndpoint(): Server {
  const server = createServer();
  server.on('upgrade', (request, socket, first) => new Conversation(request, socket, first));
  return server;
}

class Conversation {
  readonly #socket: Duplex;
  /** Of what was agreed; null: nothing. */
  readonly #toServer: Deflate | null;
  readonly #toClient: Deflate | null;
  #input: Buffer = Buffer.alloc(0);
  /** The message under way; null: none. */
  #message: { opcode: number; isDeflated: boolean; parts: Buffer[]; decoder: TextDecoder } | null = null;

  constructor(request: IncomingMessage, socket: Duplex, first: Buffer) {
    this.#socket = socket;
    const { 'sec-websocket-key': key = '', 'sec-websocket-extensions': asked = '' } = request.headers;
    const taken = takeOffer(asked);
    this.#toServer = taken && new Deflate(taken.toServer);
    this.#toClient = taken && new Deflate(taken.toClient);
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    const extension = taken === null ? '' : `Sec-WebSocket-Extensions: ${taken.extension}\r\n`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n${extension}\r\n`,
    );
    socket.on('error', () => {});
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('end', () => socket.end());
    this.#receive(first);
  }

  #receive(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (!this.#socket.writableEnded && this.#readFrame());
  }

  /** False: the rest is owed. */
  #readFrame(): boolean {
    const input = this.#input;
    if (input.length < 2) return false;
    const [first, second] = [input.readUInt8(0), input.readUInt8(1)];
    const [opcode, isFinal, short] = [first & 15, first >= 128, second & 127];
    const isControl = opcode >= CLOSE;
    const isKnown = isControl ? opcode <= PONG && isFinal && short < 126 : opcode <= 2;
    const mayDeflate = this.#toServer !== null && !isControl && opcode > 0;
    const isReserved = (first & (mayDeflate ? 0x30 : 0x70)) !== 0;
    if (!isKnown || isReserved || second < 128) return this.#fail(1_002);
    const maskAt = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (input.length < maskAt + 4) return false;
    const length = short === 127 ? Number(input.readBigUInt64BE(2)) : short === 126 ? input.readUInt16BE(2) : short;
    if (length > MAX_FRAME_BYTES) return this.#fail(1_009);
    if (input.length < maskAt + 4 + length) return false;
    const mask = input.subarray(maskAt, maskAt + 4);
    const payload = Buffer.from(
      input.subarray(maskAt + 4, maskAt + 4 + length).map((byte, at) => byte ^ (mask[at & 3] ?? 0)),
    );
    this.#input = input.subarray(maskAt + 4 + length);
    return isControl
      ? this.#onControl(opcode, payload)
      : this.#onData(opcode, payload, { isFinal, isDeflated: (first & 0x40) !== 0 });
  }

  #onControl(opcode: number, payload: Buffer): boolean {
    if (opcode === PING) this.#send(PONG, payload);
    if (opcode !== CLOSE) return true;
    if (payload.length === 0) return this.#end(payload);
    const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
    const isDefined = code >= 1_000 && code <= 1_011 && ![1_004, 1_005, 1_006].includes(code);
    if (!isDefined && (code < 3_000 || code > 4_999)) return this.#fail(1_002);
    return isText(new TextDecoder('utf-8', { fatal: true }), payload.subarray(2), true)
      ? this.#end(payload)
      : this.#fail(1_007);
  }

  #onData(
    opcode: number,
    payload: Buffer,
    { isFinal, isDeflated }: { isFinal: boolean; isDeflated: boolean },
  ): boolean {
    if ((opcode === 0) !== (this.#message !== null)) return this.#fail(1_002);
    this.#message ??= { opcode, isDeflated, parts: [], decoder: new TextDecoder('utf-8', { fatal: true }) };
    const message = this.#message;
    message.parts.push(payload);
    if (message.opcode === TEXT && !message.isDeflated && !isText(message.decoder, payload, isFinal))
      return this.#fail(1_007);
    if (!isFinal) return true;
    this.#message = null;
    const whole = Buffer.concat(message.parts);
    if (!message.isDeflated || this.#toServer === null || this.#toClient === null) this.#send(message.opcode, whole);
    else this.#send(message.opcode | 0x40, this.#toClient.compress(this.#toServer.expand(whole)));
    return true;
  }

  #send(first: number, payload: Buffer): void {
    const { length } = payload;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = 0x80 | first;
    head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #end(payload: Buffer): false {
    this.#send(CLOSE, payload);
    this.#socket.end();
    return false;
  }

  #fail(code: number): false {
    return this.#end(Buffer.from([code >> 8, code & 255]));
  }
}

function isText(decoder: TextDecoder, bytes: Buffer, isLast: boolean): boolean {
  try {
    decoder.decode(bytes, { stream: !isLast });
    return true;
  } catch {
    return false;
  }
}
