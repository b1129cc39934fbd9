// SPDX-License-Identifier: Apache-2.0

import { reasonPhrase } from './reason-phrase.ts';
import type { RefusedHead } from './request-head.ts';

/** The whole answer to a request that is not taken, in which nobody else is involved. The connection ends with it: where the next request begins is not known. */
export function refusalBytes(refused: RefusedHead): Buffer {
  const { status, detail } = refused;
  const body = `${status} ${reasonPhrase(status)}: ${detail}\n`;
  return Buffer.from(
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    'latin1',
  );
}
