// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock, Timer } from '../time/index.ts';
import { nftEnvironment } from './nft-environment.ts';

/** A transaction of thousands of elements takes nft a tenth of a second; what takes this long does not come back. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** It ends at once when its input does. */
const EXIT_TIMEOUT_MS = 2_000;
/** What nft may say about one statement: it repeats the statement, and that is never longer than a batch. */
const MAX_COMPLAINT_CHARS = 1_048_576;
/** Why a statement had no effect. */
export class NftRefusal extends Error {
  override readonly name: string = 'NftRefusal';
}

/** The session is over, or never began. */
export class NftGone extends Error {
  override readonly name: string = 'NftGone';
  /** Whether there is no nft on this machine. */
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}

/** A statement that was sent and not answered yet. */
interface Pending {
  readonly mark: string;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A process of `nft --interactive`: each line is a transaction. It holds the netlink socket that owns our table, and ends when its
 * input does: when this process ends in whatever way, that process ends, and with it the table.
 *
 * nft says nothing of what succeeded. So each statement is followed by a line that is none; the complaint about it marks the end
 * of what was said about the statement.
 */
export class NftSession {
  readonly #clock: Clock;
  readonly #child: ChildProcessByStdio<Writable, null, Readable>;
  readonly #pending: Pending[] = [];
  readonly #onEnd: (why: string) => void;
  readonly #ended: Promise<void>;
  #said = '';
  #sent = 0;
  #timeout: Timer | null = null;
  /** Why it is over, or about to be; null: it is not. */
  #gone: NftGone | null = null;

  /** `onEnd`: called once if it ends without `close`. */
  constructor(clock: Clock, onEnd: (why: string) => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
    // In a group of its own: an interrupt of the terminal must not end it before us.
    const options = { env: nftEnvironment(), detached: true } as const;
    this.#child = spawn('nft', ['--interactive'], { ...options, stdio: ['pipe', 'ignore', 'pipe'] });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#ended = new Promise(resolve => {
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        const isMissing = error.code === 'ENOENT';
        this.#end(
          new NftGone(isMissing ? 'there is no program nft' : `nft does not start: ${error.message}`, isMissing),
        );
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        const said = complaintOf(this.#said);
        this.#end(new NftGone(`nft ended (${signal ?? code})${said === '' ? '' : `: ${said}`}`));
        resolve();
      });
    });
  }

  /** Runs one statement. Rejects with a NftRefusal when it had no effect, with NftGone when nobody knows. */
  run(statement: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone);
      this.#sent += 1;
      const mark = `end-of-${this.#sent}`;
      this.#pending.push({ mark, resolve, reject });
      if (this.#pending.length === 1) this.#watch();
      this.#child.stdin.write(`${statement}\n${mark}\n`);
    });
  }

  /** Ends it, and with it the table. Resolves when the process is gone. */
  async close(): Promise<void> {
    this.#gone ??= new NftGone('the session was closed');
    this.#child.stdin.end();
    const timeout = this.#clock.after(EXIT_TIMEOUT_MS, () => this.#child.kill('SIGKILL'));
    await this.#ended;
    timeout.cancel();
  }

  #hear(text: string): void {
    this.#said += text;
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const end = this.#said.indexOf(`\n${next.mark}\n`);
      if (end < 0) break;
      const complaint = complaintOf(this.#said.slice(0, this.#said.lastIndexOf('\n', end - 1) + 1));
      this.#said = this.#said.slice(end + next.mark.length + 2);
      this.#pending.shift();
      this.#watch();
      if (complaint === '') next.resolve();
      else next.reject(new NftRefusal(complaint));
    }
    if (this.#said.length > MAX_COMPLAINT_CHARS) this.#kill('nft says more than it should');
  }

  #watch(): void {
    this.#timeout?.cancel();
    this.#timeout =
      this.#pending.length === 0
        ? null
        : this.#clock.after(STATEMENT_TIMEOUT_MS, () =>
            this.#kill(`nft did not answer within ${STATEMENT_TIMEOUT_MS / 1000} s`),
          );
  }

  #kill(why: string): void {
    this.#child.kill('SIGKILL');
    this.#end(new NftGone(why));
  }

  #end(why: NftGone): void {
    const isNews = this.#gone === null;
    this.#gone ??= why;
    this.#timeout?.cancel();
    for (const { reject } of this.#pending.splice(0)) reject(this.#gone);
    if (isNews) this.#onEnd(this.#gone.message);
  }
}

/** What nft complains about first, without the statement that it repeats; '': nothing. */
function complaintOf(said: string): string {
  return /Error: ?(.*)/.exec(said)?.[1]?.trim() ?? '';
}
