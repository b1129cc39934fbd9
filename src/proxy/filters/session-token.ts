// SPDX-License-Identifier: Apache-2.0

/**
 * The token that a client carries to stay with an endpoint (session persistence, GEP-1619): where it goes, since when, and
 * an HMAC-SHA-256 over that and over what it was made for. In base64url:
 *
 *     version 1 · key id 4 · began at 6 · issued at 6 · backend 4 · endpoint … · HMAC 32      (bytes; times in ms)
 *
 * It names an address, which is no secret to who is allowed to reach it, but only we can make one: a client cannot choose
 * its endpoint, nor prolong its session.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MacKey } from './session-key.ts';

export interface SessionToken {
  /** `hashText` of the id of the cluster; tells the rule's backends apart. */
  readonly backend: number;
  /** `address:port`. */
  readonly endpoint: string;
  readonly startedAtMs: number;
  readonly issuedAtMs: number;
}

const VERSION = 1;
const HEAD_BYTES = 21;
const MAC_BYTES = 32;
/** Of the text: far above that of any address and port. */
const MAX_LENGTH = 256;
/** Another worker's machine may be ahead of ours by this much; what is further in the future was not issued by us. */
const CLOCK_SKEW_MS = 60_000;
/** A session ends when its client does not come back for this long: keys need not be kept longer. */
export const SESSION_IDLE_MS = 7 * 86_400_000;
/** A token older than this is replaced by the next answer, so that a session in use does not end. */
const RENEW_AFTER_MS = 86_400_000;

/** Writes a token with the first key. `purpose`: what it is made for; a token of another purpose is none. */
export function writeToken(token: SessionToken, purpose: string, keys: readonly [MacKey, ...MacKey[]]): string {
  const endpoint = Buffer.from(token.endpoint, 'latin1');
  const body = Buffer.alloc(HEAD_BYTES + endpoint.length);
  body[0] = VERSION;
  body.set(keys[0].id, 1);
  body.writeUIntBE(token.startedAtMs, 5, 6);
  body.writeUIntBE(token.issuedAtMs, 11, 6);
  body.writeUInt32BE(token.backend, 17);
  body.set(endpoint, HEAD_BYTES);
  return Buffer.concat([body, macOf(body, purpose, keys[0])]).toString('base64url');
}

/** Reads a token of ours; null: forged, made for something else, from the future, or not used for too long. `nowMs`: wall clock. */
export function readToken(
  text: string,
  purpose: string,
  { keys, nowMs }: { readonly keys: readonly MacKey[]; readonly nowMs: number },
): SessionToken | null {
  if (text.length > MAX_LENGTH) return null;
  const bytes = Buffer.from(text, 'base64url');
  const end = bytes.length - MAC_BYTES;
  if (end <= HEAD_BYTES || bytes[0] !== VERSION) return null;
  const key = keys.find(({ id }) => bytes.subarray(1, 5).equals(id));
  const body = bytes.subarray(0, end);
  if (key === undefined || !timingSafeEqual(macOf(body, purpose, key), bytes.subarray(end))) return null;
  const startedAtMs = body.readUIntBE(5, 6);
  const issuedAtMs = body.readUIntBE(11, 6);
  if (startedAtMs > issuedAtMs || issuedAtMs > nowMs + CLOCK_SKEW_MS) return null;
  if (nowMs - issuedAtMs >= SESSION_IDLE_MS) return null;
  return { backend: body.readUInt32BE(17), endpoint: body.toString('latin1', HEAD_BYTES), startedAtMs, issuedAtMs };
}

/** Whether the next answer should bring a new one. */
export function isRenewalDue({ issuedAtMs }: SessionToken, nowMs: number): boolean {
  return nowMs - issuedAtMs >= RENEW_AFTER_MS;
}

function macOf(body: Buffer, purpose: string, { secret }: MacKey): Buffer {
  return createHmac('sha256', secret).update(body).update(`\0${purpose}`, 'utf8').digest();
}
