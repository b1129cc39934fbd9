// SPDX-License-Identifier: Apache-2.0

const BODY =
  'This port speaks HTTP/2 (gRPC). Use an HTTP/2 client: over TLS by ALPN, in cleartext by prior knowledge.\n';

/** The whole answer to an HTTP/1.x request; the connection is closed after it. */
export const HTTP1_REFUSAL: Buffer = Buffer.from(
  'HTTP/1.1 426 Upgrade Required\r\nconnection: close, upgrade\r\nupgrade: h2c\r\n' +
    `content-type: text/plain; charset=utf-8\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
  'latin1',
);
