// SPDX-License-Identifier: Apache-2.0

import { type Answer, type AnswerBody, messageOf } from '../answer.ts';
import type { SpokenAnswer, SpokenEnd } from '../face.ts';
import { TEXT } from './content-type.ts';

/** The status, and the answer's own body or a line of text that says why. */
export function say(answer: Answer): SpokenAnswer {
  const { contentType, bytes } = answer.body ?? textOf(answer);
  const names = [':status'];
  const values = [String(answer.httpStatus)];
  if (contentType !== '') {
    names.push('content-type');
    values.push(contentType);
  }
  const length = saysLength(answer.httpStatus) ? ['content-length', String(bytes.length)] : [];
  const fields = [...length, ...answer.headers.flat()];
  const body = bytes.length === 0 ? null : bytes;
  return { names, values, fields: fields.length === 0 ? null : fields, body, httpStatus: answer.httpStatus };
}

function textOf(answer: Answer): AnswerBody {
  return { contentType: TEXT, bytes: Buffer.from(`${messageOf(answer)}\n`) };
}

/** These have no body, and say no length (RFC 9110 §8.6). */
function saysLength(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** The status is out, and nothing behind it can take it back. */
export function sayAtEnd(_answer: Answer): SpokenEnd | null {
  return null;
}
