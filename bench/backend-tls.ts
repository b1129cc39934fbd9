// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';

/** What a backend speaks TLS with: the files that its third and fourth argument name; null: cleartext. */
export function tlsOptions(alpn: string): TlsOptions | null {
  const [certificate, key] = process.argv.slice(4);
  if (certificate === undefined || key === undefined) return null;
  return { cert: readFileSync(certificate), key: readFileSync(key), ALPNProtocols: [alpn] };
}
