// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { DaemunError, messageOf } from '../../errors/index.ts';
import type { KubeAccess, Proof } from './credentials.ts';

/** The kubelet writes a new token long before the old one ends; the API server's own clients look as often. */
const TOKEN_REREAD_MS = 60_000;

export interface TokenFileOptions {
  readonly certificate: Proof['certificate'];
  wallMs(): number;
}

/** Proof by a token in a file, which is read again from time to time, and when the server refuses it. */
export function tokenFile(path: string, { certificate, wallMs }: TokenFileOptions): KubeAccess['prove'] {
  let known: { readonly proof: Proof; readonly readMs: number } | null = null;
  return async isRefused => {
    const now = wallMs();
    if (known !== null && !isRefused && Math.abs(now - known.readMs) < TOKEN_REREAD_MS) return known.proof;
    const token = await readToken(path);
    known = { proof: { authorization: `Bearer ${token}`, certificate }, readMs: now };
    return known.proof;
  };
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new DaemunError('kubernetes/credentials', `no token: ${messageOf(error)}`, { cause: error });
  }
}
