// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';

/** A line of more is sent back in pieces of this. */
const MAX_LINE = 65_536;

/** What follows a request of HTTP/1 in its first line. */
const HTTP1 = / HTTP\/\d/i;

/** True for input that begins with a whole line which is no request of HTTP: somebody types. */
export function isLine(first: Buffer): boolean {
  const end = first.indexOf('\n');
  return end >= 0 && !HTTP1.test(first.toString('latin1', 0, end));
}

/** Sends each line back with the pod's name before it, `NAME: `, and ends when the client does; what is not ended by then is sent back, too. */
export function answerLineEcho(socket: Socket, podName: string): void {
  let line = '';
  socket.allowHalfOpen = true;
  const answer = (text: string): void => {
    // What the client does not read is not read from it either.
    if (!socket.write(`${podName}: ${text}\n`, 'latin1')) socket.pause();
  };
  socket.on('drain', () => socket.resume());
  socket.on('data', chunk => {
    const [first = '', ...rest] = chunk.toString('latin1').split('\n');
    line += first;
    for (const next of rest) {
      answer(line.replace(/\r$/, ''));
      line = next;
    }
    for (; line.length > MAX_LINE; line = line.slice(MAX_LINE)) answer(line.slice(0, MAX_LINE));
  });
  socket.on('end', () => {
    if (line !== '') answer(line);
    socket.end();
  });
}
