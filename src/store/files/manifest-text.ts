// SPDX-License-Identifier: Apache-2.0

const LITTLE_ENDIAN = Buffer.from([0xff, 0xfe]);
const BIG_ENDIAN = Buffer.from([0xfe, 0xff]);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** What stands for bytes that are no text, as in Go's and JavaScript's decoders. */
const REPLACEMENT = Buffer.from('\uFFFD');

/**
 * The bytes of a manifest as UTF-8 without byte order mark. UTF-16 is told by its mark, as kubectl does (PowerShell writes it);
 * everything else is taken for UTF-8. UTF-8 is returned as a view of the input.
 */
export function toUtf8(bytes: Buffer): Buffer {
  const isLittle = bytes.subarray(0, 2).equals(LITTLE_ENDIAN);
  if (isLittle || bytes.subarray(0, 2).equals(BIG_ENDIAN)) return withoutMarks(fromUtf16(bytes, isLittle));
  return withoutMarks(bytes);
}

function fromUtf16(bytes: Buffer, isLittle: boolean): Buffer {
  const isOdd = bytes.length % 2 === 1;
  const units = bytes.subarray(2, isOdd ? -1 : undefined);
  const text = Buffer.from((isLittle ? units : Buffer.from(units).swap16()).toString('utf16le'));
  return isOdd ? Buffer.concat([text, REPLACEMENT]) : text;
}

function withoutMarks(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes.subarray(at, at + BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) at += BYTE_ORDER_MARK.length;
  return at === 0 ? bytes : bytes.subarray(at);
}
