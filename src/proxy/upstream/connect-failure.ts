// SPDX-License-Identifier: Apache-2.0

/** Why an endpoint has no connection that takes streams. */
export interface ConnectFailure {
  readonly kind: 'connect_failure' | 'connect_timeout' | 'tls_failure';
  /** One line for people; names no address. */
  readonly message: string;
  /**
   * How far the connection had come: nothing answered; the peer took it and allowed no stream; it was open, and ended before it
   * was of use; the same after a request, as far as is known: it may be this that the peer cannot stand; or before there was one.
   */
  readonly stage: 'unreached' | 'accepted' | 'open' | 'asked';
}

/** The code of an error of ours: the endpoint changes the keys of its TLS, or gives tickets, without end. */
export const KEY_FLOOD = 'ERR_KEY_FLOOD';

/** What became of a socket, for people. */
export function reasonOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to it';
    case 'ETIMEDOUT':
      return 'timed out';
    case KEY_FLOOD:
      return 'ended for key updates, or tickets, without end';
    default:
      return typeof code === 'string' ? code : 'connection failed';
  }
}
