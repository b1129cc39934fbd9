// SPDX-License-Identifier: Apache-2.0
import type { ByteTarget } from './byte-target.ts';

/** Text that waits for a slow disk or reader, in characters; beyond it lines are lost rather than memory filled. */
const MAX_WAITING_LENGTH = 16 * 1024 * 1024;
/** One write takes about so much of it. */
const WRITE_LENGTH = 1024 * 1024;

/** Told once when lines begin to be lost, and once when the target takes lines again. */
export interface OutletEvents {
  /** `why`: a code of the operating system such as ENOSPC, or words. */
  onLoss(why: string): void;
  /** `lines`: how many were lost meanwhile. */
  onRecovery(lines: number): void;
}

/**
 * Lines on their way out. Nothing that happens to the target (disk full, reader gone or stopped) ends or blocks the
 * process or takes more memory than `MAX_WAITING_LENGTH`; what cannot be written is counted.
 *
 *     working ──write failed, or too much waits──► losing (each write is still tried) ──write succeeded──► working
 */
export class Outlet {
  readonly #events: OutletEvents;
  #target: ByteTarget;
  #next: ByteTarget | null = null;
  #waiting: string[] = [];
  #waitingLength = 0;
  #isWriting = false;
  /** The last byte that was written did not end its line. */
  #isTorn = false;
  #isLosing = false;
  #lostNow = 0;
  #lostLines = 0;
  #onEmpty: (() => void)[] = [];

  constructor(target: ByteTarget, events: OutletEvents) {
    this.#target = target;
    this.#events = events;
  }

  /** Lines that were lost since the start. */
  get lostLines(): number {
    return this.#lostLines;
  }

  /** `lines`: each ended by a newline. */
  readonly write = (lines: string): void => {
    if (this.#waitingLength + lines.length > MAX_WAITING_LENGTH) {
      this.#lose(lines, 'what reads it is too slow');
      return;
    }
    this.#waiting.push(lines);
    this.#waitingLength += lines.length;
    this.#writeOn();
  };

  /** What comes from now on goes to `target`; the old one is closed when its last write has ended. */
  switchTo(target: ByteTarget): void {
    this.#next?.close();
    this.#next = target;
    if (!this.#isWriting) this.#adopt();
  }

  /** Resolves when all that waits was written, or after that time. */
  async flush(timeoutMs: number): Promise<void> {
    if (!this.#isWriting) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>(resolve => {
      this.#onEmpty.push(resolve);
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  /** Call `flush` before, unless what waits does not matter. */
  close(): void {
    this.#waiting = [];
    this.#target.close();
    this.#next?.close();
  }

  #writeOn(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    const text = this.#take();
    // What was torn by a full disk must not spoil the line that comes next.
    const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text);
    this.#target.write(bytes, (error, count) => {
      this.#isWriting = false;
      this.#waitingLength -= text.length;
      if (count > 0) this.#isTorn = bytes[count - 1] !== NEWLINE;
      this.#adopt();
      // Both may write a line about it.
      if (error === null) this.#recover();
      else this.#lose(bytes.toString('utf8', count), error.code ?? error.message);
      this.#writeOn();
      if (!this.#isWriting) for (const tell of this.#onEmpty.splice(0)) tell();
    });
  }

  #take(): string {
    let length = 0;
    let count = 0;
    while (count < this.#waiting.length && length < WRITE_LENGTH) length += this.#waiting[count++]?.length ?? 0;
    return this.#waiting.splice(0, count).join('');
  }

  #adopt(): void {
    if (this.#next === null) return;
    this.#target.close();
    this.#target = this.#next;
    this.#next = null;
    this.#isTorn = false;
  }

  #lose(text: string, why: string): void {
    const lines = countLines(text);
    this.#lostLines += lines;
    this.#lostNow += lines;
    if (this.#isLosing) return;
    this.#isLosing = true;
    this.#events.onLoss(why);
  }

  /** Where too much waited, the target works again when most of it is out, so that a slow reader makes few reports. */
  #recover(): void {
    if (!this.#isLosing || this.#waitingLength > MAX_WAITING_LENGTH / 2) return;
    const lines = this.#lostNow;
    this.#isLosing = false;
    this.#lostNow = 0;
    this.#events.onRecovery(lines);
  }
}

const NEWLINE = 0x0a;

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
