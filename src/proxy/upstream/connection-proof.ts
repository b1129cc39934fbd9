// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';
import type { MessageConnection } from '../../wire/index.ts';
import type { ConnectFailure } from './connect-failure.ts';

/** A connection that lived this long was worth its connect, even if it answered nothing. */
const PROVEN_AFTER_MS = 20_000;

/** The connection, as far as it is judged. */
interface Judged {
  readonly messages: MessageConnection | null;
  readonly wasOpen: boolean;
  /** Why it was never open, or ceased to be. */
  readonly failure: ConnectFailure | null;
}

/** What a connection has shown of its endpoint: by that its end is judged. */
export class ConnectionProof {
  readonly #connection: Judged;
  readonly #clock: Clock;
  #openedAtMs = 0;
  #wasUsed = false;
  #isOurEnd = false;
  #isOpenQuestion = false;

  constructor(connection: Judged, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** For the first time. */
  opened(nowMs: number): void {
    this.#openedAtMs = nowMs;
  }

  /** A stream was opened on it. */
  used(): void {
    this.#wasUsed = true;
  }

  /** We gave it up: that says nothing of the peer. */
  givenUp(): void {
    this.#isOurEnd = true;
  }

  /** The peer takes no new streams, and that is the first word of the end. */
  peerLeaves(): void {
    this.#isOpenQuestion = !this.isProven && (this.#connection.messages?.liveStreams ?? 0) > 0;
  }

  /** The peer may yet answer what it took when it left: it is judged when the connection is closed. */
  get isOpenQuestion(): boolean {
    return this.#isOpenQuestion;
  }

  /** It was of use, for it answered, or it has been there for long; or it was us who ended it. */
  get isProven(): boolean {
    const { messages, wasOpen } = this.#connection;
    if (messages === null || !wasOpen) return false;
    return this.#isOurEnd || messages.hasAnswered || this.#clock.nowMs() - this.#openedAtMs >= PROVEN_AFTER_MS;
  }

  /** The peer has shown that it speaks the protocol, by its greeting or by an answer, and did not greet only to break off. */
  get isBelieved(): boolean {
    const { messages } = this.#connection;
    return messages !== null && (messages.greets || messages.hasAnswered) && this.isProven;
  }

  /** No stream was opened on it: that it ends says nothing of the endpoint. */
  get isUnused(): boolean {
    return !this.#wasUsed && this.#connection.failure === null && !this.isProven;
  }

  /** Why it ended before it was of use; null: it was. */
  get endFailure(): ConnectFailure | null {
    const { failure, messages } = this.#connection;
    if (failure !== null || this.isProven) return failure;
    const mayBeTheRequest = !this.#wasUsed || messages?.wasAsked === true;
    const message = 'the backend ended its connection before it answered anything';
    return { kind: 'connect_failure', message, stage: mayBeTheRequest ? 'asked' : 'open' };
  }
}
