// SPDX-License-Identifier: Apache-2.0

/**
 * What a store knows of its cluster, kept outside of the process, so that a process that starts while the API server is gone serves
 * what the one before it did. Kept are objects as the API server gives them: whatever version of daemun reads them judges and translates
 * them anew. One object a line; the first line says what they are, the last how many:
 *
 *     {"daemun":"kept objects","format":1,"server":"https://…","takenAt":"…","versions":{"HTTPRoute":"v1",…}}
 *     {"apiVersion":…,"kind":"HTTPRoute",…}
 *     {"objects":1}
 */
import { messageOf } from '../../errors/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';
import type { StoreLog } from './cluster-health.ts';

/** Where the text is. Either call may reject. */
export interface WorldKeeper {
  /** For people. */
  readonly place: string;
  /** null: nothing is kept there. */
  load(): Promise<string | null>;
  /** Puts these texts, one after the other, in the place of what is there, or leaves that as it is. They are asked for as they are written. */
  save(texts: Iterable<string>): Promise<void>;
  /** Whether private keys may be written there. */
  takesSecrets(): Promise<boolean>;
}

/** The objects of a cluster. */
export interface World {
  /** Kind → version that it is served in. */
  readonly versions: ReadonlyMap<string, string>;
  /** Each names its kind. */
  readonly objects: Iterable<Readonly<Record<string, unknown>>>;
}

/** A world that was kept. */
export interface KeptObjects extends World {
  /** When it was like that last, in wall time. */
  readonly takenAtMs: number;
}

export interface KeptWorldOptions {
  readonly keeper: WorldKeeper;
  /** Whose objects they are. */
  readonly server: string;
  readonly clock: Clock;
  readonly log: StoreLog;
  /** As it is now. */
  world(): World;
}

const FORMAT = 1;
const MARK = 'kept objects';
/** Something changes all the time, and 2,000 routes take some 80 ms of CPU to write. When the API server fails what is due is kept at once. */
const KEEP_GAP_MS = 60_000;
/** Each text that is handed over is so many lines, so that the thread is free in between. */
const LINES_AT_ONCE = 100;

/** Owns a timer: `close` it. */
export class KeptWorld {
  readonly #options: KeptWorldOptions;
  #timer: Timer | null = null;
  #savedMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();
  #isDue = false;
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

  /** The world is another one: it is kept soon. */
  changed(): void {
    this.#isDue = true;
    if (this.#timer !== null || this.#isClosed) return;
    const { clock } = this.#options;
    const waitMs = this.#isUrgent ? 0 : Math.max(0, this.#savedMs + KEEP_GAP_MS - clock.nowMs());
    this.#timer = clock.after(waitMs, () => void this.#save());
  }

  /** The API server fails from now on: what is kept may be needed, and nothing more is learned. */
  failing(): void {
    if (!this.#isDue || this.#isClosed) return;
    this.#isUrgent = true;
    if (this.#isSaving) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.changed();
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
    if (this.#isDue) this.changed();
  }

  async #write(): Promise<void> {
    this.#isDue = false;
    const { keeper, server, clock, log } = this.#options;
    try {
      const takesSecrets = await keeper.takesSecrets();
      if (!takesSecrets) this.#tellOfSecrets();
      const world = this.#options.world();
      const takenAt = new Date(clock.wallMs()).toISOString();
      await keeper.save(writeWorld(world, { server, takenAt, takesSecrets }));
      this.#told = '';
    } catch (error) {
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

  #tellOfSecrets(): void {
    if (this.#toldOfSecrets) return;
    this.#toldOfSecrets = true;
    this.#options.log.info('Secrets are not kept: this place is not in memory', {
      place: this.#options.keeper.place,
      fix: 'let --state-dir be on a tmpfs, as an emptyDir of medium Memory is',
    });
  }
}

function* writeWorld(
  { versions, objects }: World,
  {
    server,
    takenAt,
    takesSecrets,
  }: { readonly server: string; readonly takenAt: string; readonly takesSecrets: boolean },
): Generator<string> {
  yield line({ daemun: MARK, format: FORMAT, server, takenAt, versions: Object.fromEntries(versions) });
  let count = 0;
  let lines: string[] = [];
  for (const object of objects) {
    if (object['kind'] === 'Secret' && !takesSecrets) continue;
    lines.push(line(object));
    count++;
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('') + line({ objects: count });
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** @throws Error when it is not whole, of another server, or in a format that we do not know. */
function readWorld(text: string, server: string): KeptObjects {
  const lines = text.split('\n');
  const head = mappingOf(JSON.parse(lines[0] ?? ''));
  if (head['daemun'] !== MARK || head['format'] !== FORMAT)
    throw new Error(`it is not what this version keeps (format ${FORMAT})`);
  if (head['server'] !== server) throw new Error(`it is of another API server: ${String(head['server'])}`);
  const takenAtMs = Date.parse(String(head['takenAt']));
  if (Number.isNaN(takenAtMs)) throw new Error('it does not say when it was kept');
  const objects = lines.slice(1, -2).map(one => JSON.parse(one) as unknown);
  const end = mappingOf(JSON.parse(lines.at(-2) ?? ''));
  if (end['objects'] !== objects.length || !objects.every(isObject)) throw new Error('it is not whole');
  const versions = Object.entries(mappingOf(head['versions'])).map(
    ([kind, version]) => [kind, String(version)] as const,
  );
  return { takenAtMs, versions: new Map(versions), objects };
}
