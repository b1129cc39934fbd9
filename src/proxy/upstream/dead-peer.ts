// SPDX-License-Identifier: Apache-2.0

/** Streams are open and nothing was heard for this long: ask with a PING. */
const SILENCE_MS = 20_000;
/** No byte within this after the PING: the peer is gone. */
const PING_TIMEOUT_MS = 10_000;
/**
 * Between PINGs when the peer sent nothing but acknowledgements in the meantime. gRPC servers end a connection with
 * "too_many_pings" after more than two within 5 minutes that no data separates (gRPC A8, grpc-go's enforcement policy).
 */
const PING_SPACING_MS = 310_000;
/** A PING acknowledgement on the wire: a frame head and 8 bytes. */
const PONG_BYTES = 17;

/**
 * Finds half-open connections: the peer's machine or the network between went away without a word, so that nothing but
 * our own waiting would tell. Fed with the socket's byte total about once a second; costs requests nothing.
 */
export class DeadPeer {
  #read = 0;
  #heardAtMs: number;
  #pingAtMs = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  constructor(nowMs: number) {
    this.#heardAtMs = nowMs;
  }

  /** The version has no PING: only the peer's bytes and the kernel's keepalive tell. */
  cannotAsk(): void {
    this.#isAsking = false;
  }

  /** `isWaiting`: streams are open. `ping`: send one now. `dead`: it was not answered; close the connection. */
  check(bytesRead: number, isWaiting: boolean, nowMs: number): 'alive' | 'ping' | 'dead' {
    if (bytesRead !== this.#read) {
      if (bytesRead - this.#read > PONG_BYTES) this.#pingAtMs = Number.NEGATIVE_INFINITY;
      this.#read = bytesRead;
      this.#heardAtMs = nowMs;
      this.#isAsking = false;
      return 'alive';
    }
    if (this.#isAsking) return nowMs - this.#pingAtMs >= PING_TIMEOUT_MS ? 'dead' : 'alive';
    // Silence counts from when there was something to wait for.
    if (!isWaiting) this.#heardAtMs = nowMs;
    if (nowMs - this.#heardAtMs < SILENCE_MS || nowMs - this.#pingAtMs < PING_SPACING_MS) return 'alive';
    this.#pingAtMs = nowMs;
    this.#isAsking = true;
    return 'ping';
  }
}
