// SPDX-License-Identifier: Apache-2.0

/** Where a message's body ends (RFC 9112 §6.3). `tunnel`: bytes both ways after an upgrade, until the connection ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }
  | { readonly kind: 'tunnel' };

export const NO_BODY: Framing = { kind: 'none' };
export const CHUNKED: Framing = { kind: 'chunked' };
export const UNTIL_CLOSE: Framing = { kind: 'until-close' };
export const TUNNEL: Framing = { kind: 'tunnel' };

export function lengthFraming(bytes: number): Framing {
  return bytes === 0 ? NO_BODY : { kind: 'length', bytes };
}

/** Whole numbers up to here are exact; a longer `content-length` is no length of anything. */
const MAX_LENGTH_DIGITS = 15;

/** The number that a `content-length` says (RFC 9110 §8.6): digits and nothing else, so no list either. Null: none. */
export function parseLength(text: string): number | null {
  return text.length <= MAX_LENGTH_DIGITS && /^\d+$/.test(text) ? Number(text) : null;
}
