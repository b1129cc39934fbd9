// SPDX-License-Identifier: Apache-2.0

/** Streams of bytes through a proxy to the backend of HTTP/1.1, whose answers are what flows. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MIB } from '../bed.ts';
import { dial, QUESTION } from './dial.ts';

const READ_BYTES = 262_144;

/** Reads so many MiB over one connection, in TLS that the backend ends where `isTls`. */
export async function download(port: number, isTls: boolean, mib: number): Promise<void> {
  let left = mib * MIB;
  const done = Promise.withResolvers<void>();
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (length: number): boolean => {
      left -= length;
      if (left <= 0) done.resolve();
      return true;
    },
  };
  const options = { port, host: '127.0.0.1', onread };
  const socket = isTls
    ? connectTls({ ...options, servername: 'localhost', rejectUnauthorized: false })
    : connect(options);
  socket.once('error', done.reject);
  await once(socket, isTls ? 'secureConnect' : 'connect');
  socket.write(`GET /bytes/${mib * MIB} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await done.promise;
  socket.destroy();
}

/** Makes so many connections, 50 at a time, each with one question and its answer. */
export async function visits(port: number, count: number): Promise<void> {
  let left = count;
  const visitor = async (): Promise<void> => {
    while (left-- > 0) (await dial(port, QUESTION)).destroy();
  };
  await Promise.all(Array.from({ length: 50 }, visitor));
}
