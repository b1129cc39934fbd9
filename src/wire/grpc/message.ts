// SPDX-License-Identifier: Apache-2.0

const SAFE = /^[\x20-\x24\x26-\x7e]*$/;

/** Percent-encodes a text for `grpc-message`: UTF-8 bytes outside 0x20–0x7e, and '%'. */
export function encodeGrpcMessage(text: string): string {
  if (SAFE.test(text) && text.trim() === text) return text;
  let encoded = '';
  const bytes = Buffer.from(text, 'utf8');
  for (const [at, byte] of bytes.entries()) {
    // A blank at either end would not survive as a field value.
    const isEdgeBlank = byte === 0x20 && (at === 0 || at === bytes.length - 1);
    const isSafe = byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && !isEdgeBlank;
    encoded += isSafe ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** The text of a `grpc-message`. What is no valid encoding is kept as it is, as the protocol demands. */
export function decodeGrpcMessage(value: string): string {
  if (!value.includes('%')) return value;
  const bytes: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const hex = code === 0x25 ? value.slice(i + 1, i + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else bytes.push(code & 0xff);
  }
  return Buffer.from(bytes).toString('utf8');
}
