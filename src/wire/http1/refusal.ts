// SPDX-License-Identifier: Apache-2.0

import type { CodecAnswer } from '../message/end-reason.ts';
import { reasonPhrase } from './reason-phrase.ts';
import type { RefusedHead } from './request-head.ts';

/** The time of now, as `date` has it (RFC 9110 §5.6.7): codecs read no clock. */
export interface DateSource {
  now(): string;
}

/** An answer of ours, whole. */
export interface Refusal {
  readonly bytes: Buffer;
  readonly answer: CodecAnswer;
}

/** What is said to a request that is not taken, in which nobody else is involved. The connection ends with it: where the next request begins is not known. */
export function refusalOf({ status, detail }: Pick<RefusedHead, 'status' | 'detail'>, date: DateSource): Refusal {
  const body = `${status} ${reasonPhrase(status)}: ${detail}\n`;
  const head =
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\ndate: ${date.now()}\r\nconnection: close\r\n\r\n`;
  return { bytes: Buffer.from(head + body, 'latin1'), answer: { status, bytes: body.length } };
}
