// SPDX-License-Identifier: Apache-2.0

const text = String.fromCharCode;

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
      return b.toString('latin1', at, end);
  }
}
