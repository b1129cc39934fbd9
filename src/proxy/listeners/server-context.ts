// SPDX-License-Identifier: Apache-2.0

/**
 * A certificate and its key as the OpenSSL context that handshakes use. Whoever wants to know whether a pair can be
 * served asks `certificateRefusal`, which makes this very context: there is no second opinion.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { nodeTls } from '../../node/index.ts';

/** For how long a session can be resumed, in seconds; the same in all workers. */
export const SESSION_TIMEOUT_SECONDS = 7_200;

/**
 * Forward secret AEAD suites only: all others of TLS 1.2 are on the list that HTTP/2 forbids (RFC 9113 §9.2.2 and
 * Appendix A). TLS 1.3 has no others. AES with 128 bits first: it is the cheapest with hardware support.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/** Curves of keys that some signature algorithm of TLS 1.3, and clients in use, can take (RFC 8446 §4.2.3). */
const SERVABLE_CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const SERVABLE_KEYS: ReadonlySet<string> = new Set(['rsa', 'rsa-pss', 'ed25519', 'ed448']);

/** OpenSSL's codes whose own words say little, in one clause. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_SSL_EE_KEY_TOO_SMALL: 'its key is too short (RSA needs 2048 bits, EC 256)',
  ERR_SSL_CA_KEY_TOO_SMALL: 'the key of an issuer in tls.crt is too short (RSA needs 2048 bits, EC 256)',
  ERR_SSL_CA_MD_TOO_WEAK: 'an issuer in tls.crt is signed with a digest that is too weak (SHA-256 is the least)',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'tls.key is not the key of the first certificate in tls.crt',
};

const NONE: readonly string[] = [];

/** PEM: the leaf first, and its key. */
export interface CertificatePair {
  readonly chain: string;
  readonly key: string;
}

/** Which sessions a context may resume: its own ones. */
export interface SessionKeys {
  /** At most 32 bytes: a session of another one is not resumed. */
  readonly sessionIdContext: string;
  /** 48 bytes: name, HMAC key and AES key of tickets. */
  readonly ticketKeys: Buffer;
}

/**
 * The context of a server. `authorities`: PEM certificates that chains of clients may end at, named to clients who are asked
 * for one.
 * @throws Error from OpenSSL when the pair or an authority cannot be used.
 */
export function createServerContext(
  { chain, key }: CertificatePair,
  sessions: SessionKeys | null,
  authorities: readonly string[] = NONE,
): SecureContext {
  return nodeTls().createSecureContext({
    cert: chain,
    key,
    // Said even if there are none: without it each context is given the system's root certificates.
    ca: [...authorities],
    // What the operator names is trusted, whether or not it is self-signed.
    allowPartialTrustChain: true,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    minVersion: 'TLSv1.2',
    sessionTimeout: SESSION_TIMEOUT_SECONDS,
    ...sessions,
  });
}

/** Why a pair cannot be served, in one clause; null: it can. Never throws. */
export function certificateRefusal(pair: CertificatePair): string | null {
  try {
    createServerContext(pair, null);
    return keyRefusal(createPrivateKey(pair.key));
  } catch (error) {
    const { code, message, reason } = error as Error & { readonly code?: string; readonly reason?: string };
    return (code === undefined ? undefined : REASONS[code]) ?? `TLS cannot use it (${reason ?? message})`;
  }
}

/** OpenSSL takes these into a context, but no handshake comes of it. */
function keyRefusal(key: KeyObject): string | null {
  const kind = key.asymmetricKeyType ?? 'unknown';
  if (kind !== 'ec') return SERVABLE_KEYS.has(kind) ? null : `TLS cannot use a key of the kind ${kind}`;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'unknown';
  return SERVABLE_CURVES.has(curve)
    ? null
    : `TLS cannot use a key on the curve ${curve} (P-256, P-384 or P-521 can be)`;
}
