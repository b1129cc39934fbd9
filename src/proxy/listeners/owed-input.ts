// SPDX-License-Identifier: Apache-2.0

/** A client that leaves what it began unfinished for this long is not one. */
export const HEAD_TIMEOUT_MS = 10_000;

/** What is looked at of a connection's input. */
export interface InputProgress {
  /** Bytes that came in all. */
  readonly bytesRead: number;
  /** Names the head that was begun and not ended; 0: none. */
  readonly partialHeadId: number;
  /** Something was begun and not ended. */
  readonly isInputPartial: boolean;
  /** Requests are in progress: their clients may take their time. */
  readonly hasRequests: boolean;
}

/** Tells a client that owes the rest of what it began. Looked at each `HEAD_TIMEOUT_MS`, so it acts after one to two of them. */
export class OwedInput {
  /** The client has said what it speaks. */
  isStarted = false;
  #bytesRead = 0;
  #headId = 0;

  /**
   * True: nothing was said since the connection began; or a head that was unfinished at the last look already; or, with no
   * request open, something that was begun and got no byte since then.
   */
  isOverdue({ bytesRead, partialHeadId, isInputPartial, hasRequests }: InputProgress): boolean {
    if (!this.isStarted) return true;
    const isHeadOwed = partialHeadId !== 0 && partialHeadId === this.#headId;
    this.#headId = partialHeadId;
    const hasProgressed = bytesRead !== this.#bytesRead;
    this.#bytesRead = bytesRead;
    return isHeadOwed || (!hasProgressed && !hasRequests && isInputPartial);
  }
}
