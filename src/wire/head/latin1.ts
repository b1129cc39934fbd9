// SPDX-License-Identifier: Apache-2.0

const text = String.fromCharCode;

/** Up to here, in characters, a loop is faster than a call into native code. */
const LONGEST_LOOP = 16;

/** What `toString` and `write` of Node's Buffer come to for latin1, without the look at an encoding's name: V8 calls the latter like code of its own. */
interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, at: number, length: number): number;
}

/**
 * The text of `b[at, end)`, one character per byte. Short ones, such as any `grpc-timeout`, are made without a call into native
 * code, which takes four times as long (60 ns).
 */
export function latin1(b: Buffer, at: number, end: number): string {
  switch (end - at) {
    case 0:
      return '';
    case 1:
      return text(b[at] as number);
    case 2:
      return text(b[at] as number, b[at + 1] as number);
    case 3:
      return text(b[at] as number, b[at + 1] as number, b[at + 2] as number);
    case 4:
      return text(b[at] as number, b[at + 1] as number, b[at + 2] as number, b[at + 3] as number);
    case 5:
      return text(b[at] as number, b[at + 1] as number, b[at + 2] as number, b[at + 3] as number, b[at + 4] as number);
    case 6:
      return text(
        b[at] as number,
        b[at + 1] as number,
        b[at + 2] as number,
        b[at + 3] as number,
        b[at + 4] as number,
        b[at + 5] as number,
      );
    case 7:
      return text(
        b[at] as number,
        b[at + 1] as number,
        b[at + 2] as number,
        b[at + 3] as number,
        b[at + 4] as number,
        b[at + 5] as number,
        b[at + 6] as number,
      );
    case 8:
      return text(
        b[at] as number,
        b[at + 1] as number,
        b[at + 2] as number,
        b[at + 3] as number,
        b[at + 4] as number,
        b[at + 5] as number,
        b[at + 6] as number,
        b[at + 7] as number,
      );
    case 9:
      return text(
        b[at] as number,
        b[at + 1] as number,
        b[at + 2] as number,
        b[at + 3] as number,
        b[at + 4] as number,
        b[at + 5] as number,
        b[at + 6] as number,
        b[at + 7] as number,
        b[at + 8] as number,
      );
    default:
      return (b as Latin1Buffer).latin1Slice(at, end);
  }
}

/** Writes `text`, whose characters are bytes, at `at`; there must be room. */
export function writeLatin1(out: Buffer, at: number, text: string): void {
  const { length } = text;
  if (length > LONGEST_LOOP) (out as Latin1Buffer).latin1Write(text, at, length);
  else for (let i = 0; i < length; i++) out[at + i] = text.charCodeAt(i);
}
