// SPDX-License-Identifier: Apache-2.0

import { CHUNKED, type Framing, lengthFraming, NO_BODY, UNTIL_CLOSE } from './framing.ts';
import {
  CHUNKED_CLOSE,
  CHUNKED_TAIL,
  EMPTY,
  EMPTY_CLOSE,
  type HeadTail,
  PLAIN,
  PLAIN_CLOSE,
  UNSIZED,
  UNSIZED_CLOSE,
} from './head-writer.ts';
import type { RequestHead } from './request-head.ts';

/** Without a body, whatever is sent after it (RFC 9110 §6.4.1). */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** How the body of our response is framed (RFC 9112 §6): by its length when that is known, in chunks, or by the end of the connection for HTTP/1.0. */
export function responseFraming(request: RequestHead, status: number, contentLength: number, end: boolean): Framing {
  if (request.isHead || isBodiless(status)) return NO_BODY;
  if (contentLength >= 0) return lengthFraming(contentLength);
  if (end) return NO_BODY;
  return request.isHttp10 ? UNTIL_CLOSE : CHUNKED;
}

/** What its head says of that. */
export function responseTail(
  framing: Framing,
  isHead: boolean,
  { status, closes, end }: { readonly status: number; readonly closes: boolean; readonly end: boolean },
): HeadTail {
  if (framing.kind === 'chunked') return closes ? CHUNKED_CLOSE : CHUNKED_TAIL;
  if (status === 204) return closes ? UNSIZED_CLOSE : UNSIZED;
  // HEAD and 304 tell the length of what they stand for, or nothing: 0 would be a length too.
  const isEmpty = framing.kind === 'none' && end && !isHead && status !== 304;
  if (isEmpty) return closes ? EMPTY_CLOSE : EMPTY;
  return closes ? PLAIN_CLOSE : PLAIN;
}
