// SPDX-License-Identifier: Apache-2.0

import { reasonPhrase } from './reason-phrase.ts';
import type { RefusedHead } from './request-head.ts';

/** The time of now, as `date` has it (RFC 9110 §5.6.7): codecs read no clock. */
export interface DateSource {
  now(): string;
}

/** The whole answer to a request that is not taken, in which nobody else is involved. The connection ends with it: where the next request begins is not known. */
export function refusalBytes({ status, detail }: RefusedHead, date: DateSource): Buffer {
  const body = `${status} ${reasonPhrase(status)}: ${detail}\n`;
  return Buffer.from(
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${body.length}\r\ndate: ${date.now()}\r\nconnection: close\r\n\r\n${body}`,
    'latin1',
  );
}
