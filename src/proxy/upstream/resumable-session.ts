// SPDX-License-Identifier: Apache-2.0

/**
 * The last TLS session with one endpoint. It is resumed only by the `TlsClient` that it was made with, and while the certificate is good that it
 * began with: a handshake of another one, or later, must look at the certificate anew.
 */
export class ResumableSession {
  #client: object | null = null;
  #ticket: Buffer | null = null;
  /** Of the last certificate that was shown, since 1970: a session goes on in each one that it is resumed in. */
  #notAfterMs = 0;

  /** null: there is none for this client that is good at `wallMs`. */
  ticketOf(client: object, wallMs: number): Buffer | null {
    return this.#client === client && wallMs < this.#notAfterMs ? this.#ticket : null;
  }

  /** A certificate was looked at that is good until then. */
  shown(notAfterMs: number): void {
    this.#notAfterMs = notAfterMs;
  }

  keep(client: object, ticket: Buffer): void {
    this.#client = client;
    this.#ticket = ticket;
  }

  /** A handshake failed: what the endpoint gave before may be the reason. */
  drop(): void {
    this.#ticket = null;
  }
}
