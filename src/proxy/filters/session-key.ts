// SPDX-License-Identifier: Apache-2.0

import { createSecretKey, type KeyObject } from 'node:crypto';

/** A key that authenticates session tokens. */
export interface SessionKey {
  /** What tokens name it by: the first 4 bytes of the SHA-256 of the secret. */
  readonly id: Uint8Array;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
  /** Wall clock. */
  readonly createdAtMs: number;
}

/** A key as tokens are signed and read with it: made once per worker, since taking a secret in costs five times what signing does. */
export interface MacKey {
  readonly id: Uint8Array;
  readonly secret: KeyObject;
}

export function macKey({ id, secret }: SessionKey): MacKey {
  return { id, secret: createSecretKey(secret) };
}
