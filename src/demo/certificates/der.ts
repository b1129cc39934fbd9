// SPDX-License-Identifier: Apache-2.0

/** The few ASN.1 DER encodings that an X.509 certificate needs (ITU-T X.690). Values in, bytes out. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A tag, its length in the shortest form, and the content. */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(
    body.length.toString(16).padStart(body.length > 0xffff ? 6 : body.length > 0xff ? 4 : 2, '0'),
    'hex',
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

/** `[n]` around whole elements (EXPLICIT, or IMPLICIT of a constructed type). */
export function derContext(n: number, ...content: readonly Uint8Array[]): Buffer {
  return derElement(0xa0 | n, ...content);
}

/** `[n] IMPLICIT` of a primitive type: the bare content. */
export function derContextPrimitive(n: number, content: Uint8Array): Buffer {
  return derElement(0x80 | n, content);
}

export function derSequence(...content: readonly Uint8Array[]): Buffer {
  return derElement(TAG.sequence, ...content);
}

export function derSet(...content: readonly Uint8Array[]): Buffer {
  return derElement(TAG.set, ...content);
}

export function derBoolean(value: boolean): Buffer {
  return derElement(TAG.boolean, Buffer.from([value ? 0xff : 0]));
}

/** A number that is not negative, from its big-endian bytes. */
export function derUnsigned(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex(byte => byte !== 0);
  const digits = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  const sign = (digits[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return derElement(TAG.integer, sign, digits);
}

/** Whole bytes, or the `unused` last bits left out. */
export function derBitString(bytes: Uint8Array, unused = 0): Buffer {
  return derElement(TAG.bitString, Buffer.from([unused]), bytes);
}

export function derOctetString(bytes: Uint8Array): Buffer {
  return derElement(TAG.octetString, bytes);
}

/** From dotted decimals, such as `2.5.29.17`. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return derElement(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function derUtf8(text: string): Buffer {
  return derElement(TAG.utf8String, Buffer.from(text));
}

/** UTCTime until 2049, then GeneralizedTime, as RFC 5280 §4.1.2.5 wants. */
export function derTime(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  if (date.getUTCFullYear() < 2050) return derElement(TAG.utcTime, Buffer.from(digits.slice(2)));
  return derElement(TAG.generalizedTime, Buffer.from(digits));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
