// SPDX-License-Identifier: Apache-2.0

import { type Answer, messageOf } from '../answer.ts';
import type { SpokenAnswer, SpokenEnd } from '../face.ts';
import { TEXT } from './content-type.ts';

/** The status, and a line of text that says why. */
export function say(answer: Answer): SpokenAnswer {
  const body = Buffer.from(`${messageOf(answer)}\n`);
  const names = [':status', 'content-type'];
  const values = [String(answer.httpStatus), TEXT];
  for (const [name, value] of answer.headers) {
    names.push(name);
    values.push(value);
  }
  return { names, values, fields: ['content-length', String(body.length)], body, httpStatus: answer.httpStatus };
}

/** The status is out, and nothing behind it can take it back. */
export function sayAtEnd(_answer: Answer): SpokenEnd | null {
  return null;
}
