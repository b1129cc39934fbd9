// SPDX-License-Identifier: Apache-2.0

/**
 * Whether the client of a TLS connection proved who it is. OpenSSL verifies the chain in the handshake and lets the connection
 * be, as `node:tls` wants it: whoever uses a connection asks here first. A resumed session has the verdict, and the
 * certificate, of the handshake that it began with.
 */
import type { TLSSocket } from 'node:tls';

/** What `tls.Server` asks for `TLSSocket.authorized`, which is set there only. */
interface VerifyingHandle {
  verifyError(): Error | null;
}

/** True when the client showed a certificate whose chain ends at an authority of the context. For secure server sockets. */
export function isProven(socket: TLSSocket): boolean {
  // A session that is resumed in TLS 1.3 without a certificate counts as verified there.
  return handleOf(socket)?.verifyError() === null && socket.getPeerX509Certificate() !== undefined;
}

/** What is wrong with what the client showed; null: nothing, or it showed none. */
export function proofError(socket: TLSSocket): Error | null {
  return handleOf(socket)?.verifyError() ?? null;
}

/** The client showed none, where OpenSSL insists. */
export function isMissingCertificate(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE';
}

function handleOf(socket: TLSSocket): VerifyingHandle | null {
  return (socket as unknown as { readonly _handle: VerifyingHandle | null })._handle;
}
