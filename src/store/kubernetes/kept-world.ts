// SPDX-License-Identifier: Apache-2.0

/**
 * What a store knows of its cluster, kept outside of the process, so that a process that starts while the API server is gone serves
 * what the one before it did. Once in a process all of it is written, then what changed: see `kept-text.ts`.
 */
import { messageOf } from '../../errors/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import type { StoreLog } from './cluster-health.ts';
import { batchTexts, headText, type KeptLine, type KeptObjects, readWorld, type World } from './kept-text.ts';

/** Where the text is. Each call may reject. */
export interface WorldKeeper {
  /** For people. */
  readonly place: string;
  /** null: nothing is kept there. */
  load(): Promise<string | null>;
  /** Puts these texts, one after the other, in the place of what is there, or leaves that as it is. They are asked for as they are written. */
  save(texts: Iterable<string>): Promise<void>;
  /** Puts these texts behind what was saved last, as `save` does; false: that is not there any more, or it would be too large. */
  append(texts: Iterable<string>): Promise<boolean>;
  /** Whether private keys may be written there. */
  takesSecrets(): Promise<boolean>;
}

/** The world as it is now. */
export interface LiveWorld extends World {
  /** By `Kind/namespace/name`; undefined: it is not there. */
  object(key: string): Readonly<Record<string, unknown>> | undefined;
}

export interface KeptWorldOptions {
  readonly keeper: WorldKeeper;
  /** Whose objects they are. */
  readonly server: string;
  readonly clock: Clock;
  readonly log: StoreLog;
  /** As it is now. */
  world(): LiveWorld;
}

/** From one save to the next at least. When the API server fails what is due is kept at once. */
const KEEP_GAP_MS = 60_000;
/** … and so long for each line that was appended: something changes all the time, and 100 objects take 5 to 20 ms of CPU to write … */
const KEEP_GAP_FOR_LINE_MS = 100;
/** … but no longer than this. */
const MAX_KEEP_GAP_MS = 300_000;
/** All is written anew once as many lines as there are objects were appended, and these. */
const FEW_LINES = 1_000;

const SECRET = 'Secret';
const SECRET_KEY = `${SECRET}/`;

/** What was written, and what was not yet. */
interface Written {
  readonly versions: ReadonlyMap<string, string>;
  readonly takesSecrets: boolean;
  /** Lines that were written at first, and that were appended since. */
  lines: number;
  appended: number;
}

/** Owns a timer: `close` it. */
export class KeptWorld {
  readonly #options: KeptWorldOptions;
  #timer: Timer | null = null;
  #savedMs = Number.NEGATIVE_INFINITY;
  /** Until the next save. */
  #gapMs = KEEP_GAP_MS;
  #saving: Promise<void> = Promise.resolve();
  #isDue = false;
  /** null: all has to be. */
  #written: Written | null = null;
  /** Keys of what changed since it was written. */
  readonly #keys = new Set<string>();
  #isSaving = false;
  /** The server failed since the last save: what is due does not wait. */
  #isUrgent = false;
  #isClosed = false;
  #told = '';
  #toldOfSecrets = false;

  constructor(options: KeptWorldOptions) {
    this.#options = options;
  }

  /** Where it is, for people. */
  get place(): string {
    return this.#options.keeper.place;
  }

  /** What was kept last of this server; null when there is nothing that can be used, which is logged unless there is nothing at all. */
  async load(): Promise<KeptObjects | null> {
    const { keeper, server, log } = this.#options;
    try {
      const text = await keeper.load();
      return text === null ? null : readWorld(text, server);
    } catch (error) {
      log.warn('what was kept of the cluster cannot be used, so the API server is waited for', {
        place: keeper.place,
        error: messageOf(error),
      });
      return null;
    }
  }

  /** An object (`Kind/namespace/name`) is another one, or gone; null: all are. It is kept soon. */
  changed(key: string | null): void {
    if (key === null) this.#written = null;
    else this.#keys.add(key);
    if (this.#written !== null && this.#keys.size + this.#written.appended > this.#written.lines + FEW_LINES)
      this.#written = null;
    if (this.#written === null) this.#keys.clear();
    this.#isDue = true;
    this.#plan();
  }

  #plan(): void {
    if (this.#timer !== null || this.#isClosed) return;
    const { clock } = this.#options;
    const waitMs = this.#isUrgent ? 0 : Math.max(0, this.#savedMs + this.#gapMs - clock.nowMs());
    this.#timer = clock.after(waitMs, () => void this.#save());
  }

  /** The API server fails from now on: what is kept may be needed, and nothing more is learned. */
  failing(): void {
    if (!this.#isDue || this.#isClosed) return;
    this.#isUrgent = true;
    if (this.#isSaving) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#plan();
  }

  /** Keeps what is not kept yet. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#saving;
    if (this.#isDue) await this.#write();
  }

  async #save(): Promise<void> {
    this.#isSaving = true;
    this.#isUrgent = false;
    this.#saving = this.#write();
    await this.#saving;
    this.#isSaving = false;
    this.#savedMs = this.#options.clock.nowMs();
    this.#timer = null;
    if (this.#isDue) this.#plan();
  }

  async #write(): Promise<void> {
    this.#isDue = false;
    const { keeper, log } = this.#options;
    try {
      const takesSecrets = await keeper.takesSecrets();
      if (!takesSecrets) this.#tellOfSecrets();
      if (!(await this.#append(takesSecrets))) await this.#writeAll(takesSecrets);
      this.#told = '';
    } catch (error) {
      this.#written = null;
      // Nothing need change before it is tried again: a disk that was full may have room.
      this.#isDue = true;
      const message = messageOf(error);
      // The same once, however often it is tried: a full disk stays full for a while.
      if (message !== this.#told) {
        log.warn(
          'what is known of the cluster cannot be kept: a process that starts without the API server would not serve it',
          {
            place: keeper.place,
            error: message,
          },
        );
      }
      this.#told = message;
    }
  }

  async #writeAll(takesSecrets: boolean): Promise<void> {
    const { keeper, server } = this.#options;
    const { versions, objects } = this.#options.world();
    const written: Written = { versions, takesSecrets, lines: 0, appended: 0 };
    // What changes from here on is appended, whether or not it was written as it is then.
    this.#keys.clear();
    this.#written = written;
    this.#gapMs = KEEP_GAP_MS;
    await keeper.save(wholeText(headText(server, versions), batchTexts(counted(objects, written), this.#takenAt())));
  }

  /** False: all has to be written. */
  async #append(takesSecrets: boolean): Promise<boolean> {
    const written = this.#written;
    const world = this.#options.world();
    if (written?.versions !== world.versions || written.takesSecrets !== takesSecrets) return false;
    const keys = [...this.#keys].filter(key => takesSecrets || !key.startsWith(SECRET_KEY));
    this.#keys.clear();
    const isThere = await this.#options.keeper.append(batchTexts(linesOf(keys, world), this.#takenAt()));
    written.appended += keys.length;
    this.#gapMs = Math.min(MAX_KEEP_GAP_MS, Math.max(KEEP_GAP_MS, keys.length * KEEP_GAP_FOR_LINE_MS));
    return isThere;
  }

  #takenAt(): string {
    return new Date(this.#options.clock.wallMs()).toISOString();
  }

  #tellOfSecrets(): void {
    if (this.#toldOfSecrets) return;
    this.#toldOfSecrets = true;
    this.#options.log.info('Secrets are not kept: this place is not in memory', {
      place: this.#options.keeper.place,
      fix: 'let --state-dir be on a tmpfs, as an emptyDir of medium Memory is',
    });
  }
}

function* wholeText(head: string, batch: Iterable<string>): Generator<string> {
  yield head;
  yield* batch;
}

function* counted(objects: World['objects'], written: Written): Generator<KeptLine> {
  for (const one of objects) {
    if (!written.takesSecrets && one['kind'] === SECRET) continue;
    written.lines++;
    yield one;
  }
}

/** As each object is when its line is asked for. */
function* linesOf(keys: readonly string[], world: LiveWorld): Generator<KeptLine> {
  for (const key of keys) yield world.object(key) ?? { gone: key };
}
