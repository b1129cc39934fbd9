// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { DaemunError, messageOf } from '../../errors/index.ts';
import type { KubeAccess, Proof } from './credentials.ts';
import { REREAD_MS } from './reread.ts';

export interface TokenFileOptions {
  /** Shown beside it. */
  certificate(isRefused: boolean): Proof['certificate'];
  wallMs(): number;
}

/**
 * Proof by a token in a file, which is read again from time to time, and when the server refuses it. One that cannot be read is no reason to give up
 * another that the server takes.
 */
export function tokenFile(path: string, { certificate, wallMs }: TokenFileOptions): KubeAccess['prove'] {
  let known: { readonly authorization: string; readonly readMs: number } | null = null;
  return async isRefused => {
    const readMs = wallMs();
    if (known === null || isRefused) known = { authorization: await readToken(path), readMs };
    else if (Math.abs(readMs - known.readMs) >= REREAD_MS) {
      const { authorization: before } = known;
      known = { authorization: await readToken(path).catch(() => before), readMs };
    }
    return { authorization: known.authorization, certificate: certificate(isRefused) };
  };
}

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DaemunError('kubernetes/credentials', `no token: ${messageOf(error)}`, { cause: error });
  });
  const token = text.trim();
  if (token === '') throw new DaemunError('kubernetes/credentials', `no token: ${path} is empty`);
  return `Bearer ${token}`;
}
