// SPDX-License-Identifier: Apache-2.0

/**
 * The last TLS session with one endpoint. It is resumed only by the `TlsClient` that it was made with: a handshake of another
 * one must look at the certificate anew.
 */
export class ResumableSession {
  #client: object | null = null;
  #ticket: Buffer | null = null;

  /** null: there is none for this client. */
  ticketOf(client: object): Buffer | null {
    return this.#client === client ? this.#ticket : null;
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
