// SPDX-License-Identifier: Apache-2.0

const BODY = 'This port speaks TLS, and the request came in cleartext. Use https.\n';

/** The whole answer to HTTP/1.x in cleartext on a port that takes TLS; the connection is closed after it. `date`: now, as the field has it. */
export function cleartextRefusal(date: string): Buffer {
  return Buffer.from(
    'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n' +
      `date: ${date}\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
    'latin1',
  );
}
