// SPDX-License-Identifier: Apache-2.0

const BODY =
  'This port speaks HTTP/2 (gRPC). Use an HTTP/2 client: over TLS by ALPN, in cleartext by prior knowledge.\n' +
  'A gRPC client does: daemun call, grpcurl (-plaintext without TLS); so does curl with --http2-prior-knowledge.\n' +
  'gRPC-Web and other HTTP/1.1 requests need a proxy in front that translates them.\n';

/** The whole answer to an HTTP/1.x request; the connection is closed after it. */
export const HTTP1_REFUSAL: Buffer = answer(
  'HTTP/1.1 426 Upgrade Required\r\nconnection: close, upgrade\r\nupgrade: h2c\r\n',
  BODY,
);

/** The whole answer to HTTP/1.x in cleartext on a port that takes TLS. */
export const CLEARTEXT_REFUSAL: Buffer = answer(
  'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n',
  'This port speaks TLS, and the request came in cleartext. Use https, and HTTP/2 (gRPC) in it.\n',
);

function answer(head: string, body: string): Buffer {
  const fields = `content-type: text/plain; charset=utf-8\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(`${head}${fields}${body}`, 'latin1');
}
