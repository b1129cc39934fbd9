// SPDX-License-Identifier: Apache-2.0

/** An entry of an `IdleList`. The list owns the fields: null and null at first. */
export interface IdleEntry {
  idleNext: IdleEntry | null;
  idlePrevious: IdleEntry | null;
}

/** A connection that may go when another one needs its place. */
export interface IdleConnection extends IdleEntry {
  /** The budget owns it: 0 at first. */
  idleSinceMs: number;
  /** Whose it is. */
  readonly peerAddress: string;
  /** Goes at once; the client is told as its version can. */
  makeRoom(): void;
}

/** The ends of a list, which is circular. */
class Ends implements IdleEntry {
  idleNext: IdleEntry = this;
  idlePrevious: IdleEntry = this;
}

/** Entries by when they were last touched, the longest untouched first. All is O(1) and allocates nothing. */
export class IdleList<Entry extends IdleEntry> {
  readonly #ends = new Ends();

  /** null: the list is empty. */
  get oldest(): Entry | null {
    const { idleNext } = this.#ends;
    return idleNext === this.#ends ? null : (idleNext as Entry);
  }

  /** Puts it last, out of any list that it is in. */
  touch(entry: Entry): void {
    const ends = this.#ends;
    const last = ends.idlePrevious;
    if (last === entry) return;
    unlink(entry);
    entry.idlePrevious = last;
    entry.idleNext = ends;
    last.idleNext = entry;
    ends.idlePrevious = entry;
  }
}

/** Takes it out of its list. No effect when it is in none. */
export function unlink(entry: IdleEntry): void {
  const { idleNext, idlePrevious } = entry;
  if (idleNext === null || idlePrevious === null) return;
  idlePrevious.idleNext = idleNext;
  idleNext.idlePrevious = idlePrevious;
  entry.idleNext = null;
  entry.idlePrevious = null;
}
