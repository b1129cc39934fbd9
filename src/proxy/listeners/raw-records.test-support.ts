// SPDX-License-Identifier: Apache-2.0

import { createCipheriv, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type SecureContext, TLSSocket } from 'node:tls';

const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** Its secrets are as long as `SECRET_BYTES`, its keys as `KEY_BYTES`. */
export const CIPHER = 'TLS_AES_128_GCM_SHA256';
const KEY_BYTES = 16;
/** Records that OpenSSL sends by itself after a handshake. */
const SERVER_TICKETS = 2;
const NONCE_BYTES = 12;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
/** Type (24), length, and whether the server is asked for one of its own (RFC 8446 §4.6.3). */
const KEY_UPDATE = [24, 0, 0, 1];
/** Type (4), length, an hour to live, an age, a nonce, a ticket of one byte, no extensions (§4.6.1). */
const TICKET = [4, 0, 0, 15, 0, 0, 14, 16, 0, 0, 0, 0, 1];

/** Writes TLS 1.3 records that `node:tls` does not (RFC 8446 §5.2, §7), to the peer that this did the handshake with. */
export class RawRecords {
  /** Below TLS. */
  readonly socket: Socket;
  #secret: Buffer;
  #key: Buffer = Buffer.alloc(0);
  #iv: Buffer = Buffer.alloc(0);
  #sequence = 0;

  private constructor(socket: Socket, secret: Buffer, sequence: number) {
    this.socket = socket;
    this.#secret = secret;
    this.#deriveKeys();
    this.#sequence = sequence;
  }

  static async dial(port: number, options: ConnectionOptions): Promise<RawRecords> {
    const socket = connect(port, '127.0.0.1');
    const tls = connectTls({ socket, rejectUnauthorized: false, minVersion: 'TLSv1.3', ciphers: CIPHER, ...options });
    return RawRecords.#over(socket, tls, 'CLIENT');
  }

  /** As the server of an accepted connection, whose client offers the cipher. */
  static accept(socket: Socket, secureContext: SecureContext): Promise<RawRecords> {
    return RawRecords.#over(socket, new TLSSocket(socket, { isServer: true, secureContext }), 'SERVER');
  }

  static async #over(socket: Socket, tls: TLSSocket, side: 'CLIENT' | 'SERVER'): Promise<RawRecords> {
    let secret = Buffer.alloc(0);
    tls.on('keylog', (line: Buffer) => {
      const [label, , value = ''] = line.toString('latin1').trim().split(' ');
      if (label === `${side}_TRAFFIC_SECRET_0`) secret = Buffer.from(value, 'hex');
    });
    for (const one of [tls, socket]) one.on('error', () => {});
    await once(tls, 'secure');
    // The last of the handshake is written when this turn is over.
    await new Promise(resolve => setImmediate(resolve));
    return new RawRecords(socket, secret, side === 'SERVER' ? SERVER_TICKETS : 0);
  }

  data(bytes: Buffer): Buffer {
    return this.#record(bytes, APPLICATION_DATA);
  }

  /** What is written after it is encrypted by the next keys. */
  keyUpdate(isAnswered: boolean): Buffer {
    const record = this.#record(Buffer.from([...KEY_UPDATE, Number(isAnswered)]), HANDSHAKE);
    this.#secret = expand(this.#secret, 'traffic upd', SECRET_BYTES);
    this.#deriveKeys();
    return record;
  }

  /** Of a server. `number`: below 256, another one for each. */
  ticket(number: number): Buffer {
    return this.#record(Buffer.from([...TICKET, number, 0, 1, 0, 0, 0]), HANDSHAKE);
  }

  /** One that no key fits. */
  garbage(): Buffer {
    const record = this.data(Buffer.alloc(1));
    record[record.length - 1] = (record.at(-1) ?? 0) ^ 1;
    return record;
  }

  #deriveKeys(): void {
    this.#key = expand(this.#secret, 'key', KEY_BYTES);
    this.#iv = expand(this.#secret, 'iv', NONCE_BYTES);
    this.#sequence = 0;
  }

  #record(content: Buffer, type: number): Buffer {
    const nonce = Buffer.from(this.#iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#sequence++) >>> 0, 8);
    const head = Buffer.from([APPLICATION_DATA, 3, 3, 0, 0]);
    head.writeUInt16BE(content.length + 1 + TAG_BYTES, 3);
    const cipher = createCipheriv('aes-128-gcm', this.#key, nonce).setAAD(head);
    const encrypted = [cipher.update(content), cipher.update(Buffer.from([type])), cipher.final()];
    return Buffer.concat([head, ...encrypted, cipher.getAuthTag()]);
  }
}

/** HKDF-Expand-Label with an empty context, for no more than one hash (§7.1). */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
