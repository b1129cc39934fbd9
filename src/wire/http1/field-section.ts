// SPDX-License-Identifier: Apache-2.0

import { latin1 } from '../head/latin1.ts';
import { COLON, CR, LF, SPACE, TAB, TOKEN, VALUE } from './octets.ts';

/** The lines of a head or a trailer section, as they came: names in lower case, values without the space around them. */
export class FieldSection {
  readonly names: string[] = [];
  readonly values: string[] = [];

  /**
   * Reads the lines of `b[at, end)` up to the empty line, with which `b` must end there. Strict (RFC 9112 §5): each line is
   * a token, a colon that follows at once, a value, CR LF; a folded line is none.
   */
  read(b: Buffer, at: number, end: number, maxFields: number): 'read' | 'malformed' | 'too-many' {
    this.names.length = 0;
    this.values.length = 0;
    const last = end - 2;
    let next = at;
    while (next < last) {
      const nameStart = next;
      while (TOKEN[b[next] as number] === 1) next++;
      if (next === nameStart || b[next] !== COLON) return 'malformed';
      this.names.push(latin1(b, nameStart, next).toLowerCase());
      next++;
      while (isBlank(b[next] as number)) next++;
      const valueStart = next;
      while (VALUE[b[next] as number] === 1) next++;
      let valueEnd = next;
      while (valueEnd > valueStart && isBlank(b[valueEnd - 1] as number)) valueEnd--;
      this.values.push(latin1(b, valueStart, valueEnd));
      if (b[next] !== CR || b[next + 1] !== LF) return 'malformed';
      next += 2;
      if (this.names.length > maxFields) return 'too-many';
    }
    return next === last ? 'read' : 'malformed';
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
