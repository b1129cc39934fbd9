// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from './connect-failure.ts';
import { WRONG_IDENTITY } from './tls-client.ts';

const UNTRUSTED = 'its certificate comes from no authority that is trusted';

/** What Node and OpenSSL call it, and what it means for an endpoint. */
const REASONS: Readonly<Record<string, string>> = {
  [WRONG_IDENTITY]: 'its certificate is for other names',
  CERT_HAS_EXPIRED: 'its certificate, or one of its issuers, has expired',
  CERT_NOT_YET_VALID: 'its certificate, or one of its issuers, is not valid yet',
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  INVALID_CA: 'its certificate was issued by one that may not issue any',
  INVALID_PURPOSE: 'its certificate is not for servers',
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ECONNRESET: 'it ended the connection',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no version of TLS from 1.2 on',
};

/** Alerts of the endpoint (RFC 8446 §6), by how OpenSSL ends their codes. */
const ALERTS: readonly (readonly [RegExp, string])[] = [
  [/CERTIFICATE_REQUIRED$/, 'it wants a client certificate'],
  [
    /(BAD|UNSUPPORTED|REVOKED|EXPIRED|UNKNOWN)_CERTIFICATE$|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)$|UNKNOWN_CA$/,
    'it refused the client certificate',
  ],
  [/NO_APPLICATION_PROTOCOL$/, 'it takes no protocol that is offered: appProtocol of its port says which'],
  [/UNRECOGNIZED_NAME$/, 'it does not know the server name'],
  [/HANDSHAKE_FAILURE$/, 'it agrees to no cipher or certificate that is offered'],
  [/PROTOCOL_VERSION$/, 'it speaks no version of TLS from 1.2 on'],
];

/** Why a TLS handshake failed, for people, in one clause. Says no names: clients may read it. */
export function tlsReasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? ALERTS.find(([end]) => end.test(code))?.[1] ?? reasonOf(error);
}
