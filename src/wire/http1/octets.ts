// SPDX-License-Identifier: Apache-2.0

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

/** 1 for each byte that a token may hold (RFC 9110 §5.6.2). */
export const TOKEN: Uint8Array = table(/[!#$%&'*+.^_`|~0-9A-Za-z-]/);
/** 1 for each byte that a field value may hold (RFC 9110 §5.5): no control character but the tab, hence neither CR, LF nor NUL. */
export const VALUE: Uint8Array = table(/[\t\x20-\x7e\x80-\xff]/);
/**
 * 1 for each byte that the target of a request may hold that comes in: visible ASCII but `#`, for a fragment is never sent (RFC 9112 §3.2),
 * and what is above. RFC 3986 has fewer; browsers send the others too, curl the bytes of other scripts, and no reader takes them for something else.
 */
export const TARGET: Uint8Array = table(/[!-"$-~\x80-\xff]/);

function table(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));
}
