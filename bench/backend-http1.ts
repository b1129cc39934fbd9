// SPDX-License-Identifier: Apache-2.0

/**
 * The HTTP/1.1 backend of the benchmarks, as a process of its own: `node backend-http1.ts PORT [NAME [CERTIFICATE KEY]]`, in TLS with the
 * last two. It answers any request with one small body; a path that ends in `/Echo` gets its own body back, `/bytes/N` gets N bytes, and a
 * WebSocket is granted and never says anything. It trusts its clients, which are the proxies under test, and costs little, so that they are
 * not kept waiting.
 */
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { acceptOf } from '../src/wire/index.ts';
import { tlsOptions } from './backend-tls.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const SMALL = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 12\r\n\r\nhello world\n');
const PIECE = Buffer.alloc(65_536, 0x61);

/** What is left of the request that is being read. */
type Body =
  | { readonly framing: 'length'; left: number }
  | { readonly framing: 'chunked'; chunkLeft: number; isLast: boolean };

class Connection {
  readonly #socket: Socket;
  #input: Buffer = Buffer.alloc(0);
  #target = '';
  #isUpgraded = false;
  #body: Body | undefined;
  #echo: Buffer[] | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('error', () => {});
  }

  #receive(chunk: Buffer): void {
    if (this.#isUpgraded) return;
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    this.#socket.cork();
    while (this.#body === undefined ? this.#readHead() : this.#readBody(this.#body)) {
      // Each step took something of the input.
    }
    this.#socket.uncork();
  }

  /** False when more input is needed. */
  #readHead(): boolean {
    const end = this.#input.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = this.#input.toString('latin1', 0, end);
    this.#input = this.#input.subarray(end + HEAD_END.length);
    const key = /\r\nsec-websocket-key: *(\S+)/i.exec(head)?.[1];
    if (key !== undefined) return this.#grant(key);
    this.#target = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
    this.#echo = this.#target.endsWith('/Echo') ? [] : undefined;
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#body = { framing: 'chunked', chunkLeft: 0, isLast: false };
    } else {
      this.#body = { framing: 'length', left: Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0) };
    }
    return true;
  }

  #grant(key: string): false {
    this.#isUpgraded = true;
    this.#socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${acceptOf(key)}\r\n\r\n`,
    );
    return false;
  }

  #readBody(body: Body): boolean {
    if (body.framing === 'length') {
      body.left -= this.#take(body.left);
      return body.left === 0 && this.#answer();
    }
    if (body.chunkLeft > 2) {
      body.chunkLeft -= this.#take(body.chunkLeft - 2);
      return this.#input.length > 0;
    }
    if (body.chunkLeft > 0) return this.#skipLineEnd(body);
    return this.#readChunkSize(body);
  }

  /** The line end after a chunk's data; a split one comes in two steps. */
  #skipLineEnd(body: { chunkLeft: number }): boolean {
    const length = Math.min(body.chunkLeft, this.#input.length);
    this.#input = this.#input.subarray(length);
    body.chunkLeft -= length;
    return length > 0;
  }

  /** A line of a chunked body: a size, or one of the trailers, whose last is empty. */
  #readChunkSize(body: { chunkLeft: number; isLast: boolean }): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.toString('latin1', 0, end);
    this.#input = this.#input.subarray(end + 2);
    if (body.isLast) return line === '' ? this.#answer() : true;
    const size = Number.parseInt(line, 16);
    body.isLast = size === 0;
    body.chunkLeft = size === 0 ? 0 : size + 2;
    return true;
  }

  /** Up to `length` bytes of the body that are here. */
  #take(length: number): number {
    const piece = this.#input.subarray(0, length);
    this.#input = this.#input.subarray(piece.length);
    this.#echo?.push(piece);
    return piece.length;
  }

  #answer(): true {
    this.#body = undefined;
    const bytes = /\/bytes\/(\d+)$/.exec(this.#target);
    if (this.#echo !== undefined) this.#sendEcho(Buffer.concat(this.#echo));
    else if (bytes !== null) this.#sendBytes(Number(bytes[1]));
    else this.#socket.write(SMALL);
    return true;
  }

  #sendEcho(body: Buffer): void {
    this.#socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
    this.#socket.write(body);
  }

  /** As fast as they are taken. */
  #sendBytes(count: number): void {
    this.#socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${count}\r\n\r\n`);
    let left = count;
    const send = (): void => {
      while (left > 0 && !this.#socket.destroyed) {
        const length = Math.min(left, PIECE.length);
        left -= length;
        if (this.#socket.write(PIECE.subarray(0, length))) continue;
        this.#socket.once('drain', send);
        return;
      }
    };
    send();
  }
}

const serve = (socket: Socket): unknown => new Connection(socket);
const tls = tlsOptions('http/1.1');
const server = tls === null ? createServer(serve) : createTlsServer(tls, serve);
server.listen(Number(process.argv[2]), '127.0.0.1', 1024);
