// SPDX-License-Identifier: Apache-2.0

/**
 * Keys of TLS session tickets and of session tokens that all replicas share, in a Secret. The one that writes to the cluster makes and
 * rotates them; all read them once a minute, and a new key signs only later than that. Whoever cannot have them has keys of its own.
 */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../errors/index.ts';
import { replaceFile } from '../../files/index.ts';
import type { KeyStore } from '../../proxy/index.ts';
import { KubeRefusal, type SecretEntries, type SecretText } from '../../store/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import type { GatewayLog } from '../log/log.ts';
import { formatKeys, parseKeys, UnknownKeyFormat } from './key-text.ts';

/** Entries of the Secret that this version knows; others are left to those who put them there. */
const ENTRIES = ['ticket-keys', 'session-keys'] as const;
type Entry = (typeof ENTRIES)[number];
type Keys = ReturnType<KeyStore['load']>;
type Trouble = 'cannot be read' | 'cannot be written' | 'cannot be kept for a start without the API server';

/** Less than it takes until a new key signs, so that all have it by then. */
const READ_INTERVAL_MS = 60_000;
/** While there is no such Secret: whoever writes makes it soon. */
const ABSENT_INTERVAL_MS = 2_000;
/** Nobody waits longer for keys before requests are taken. */
const FIRST_READ_MS = 2_000;

export interface SharedKeysOptions {
  readonly secret: () => Promise<SecretEntries>;
  /** Whether this process is the one that writes now. */
  mayWrite(): boolean;
  /** A file for a start without the API server, in a folder that is there; null: there is no place for keys. */
  copyPath(): Promise<string | null>;
  readonly clock: Clock;
  readonly log: GatewayLog;
}

/** Owns a timer and requests: `close` it. */
export class SharedKeys {
  readonly #options: SharedKeysOptions;
  readonly #stop = new AbortController();
  #secret: SecretEntries | null = null;
  /** null: there is no Secret; undefined: it was not read yet. */
  #held: SecretText | null | undefined = undefined;
  #keys: ReadonlyMap<Entry, Keys> = new Map();
  /** Why an entry is neither read nor replaced. */
  #foreign: ReadonlyMap<Entry, UnknownKeyFormat> = new Map();
  /** What is to be written. */
  #due = new Map<Entry, Keys>();
  #isWriting = false;
  #timer: Timer | null = null;
  #running: Promise<void> = Promise.resolve();
  /** By what does not work, or cannot be read: the last reason that was told. */
  readonly #told = new Map<Trouble | Entry, string>();
  #onChange: () => void = () => undefined;

  constructor(options: SharedKeysOptions) {
    this.#options = options;
  }

  /** Called when stores have other keys, or may be written now. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** This process may write from now on: what is missing or old is written soon. */
  wanted(): void {
    this.#onChange();
  }

  /** One ring of the Secret. What is saved is written soon, by the process that may. `load` throws for what another version wrote in its own way. */
  store(entry: Entry): KeyStore {
    return {
      load: () => {
        const foreign = this.#foreign.get(entry);
        if (foreign !== undefined) throw foreign;
        return this.#keys.get(entry) ?? [];
      },
      save: keys => {
        if (!this.#options.mayWrite() || this.#isWriting || this.#stop.signal.aborted) return;
        if (this.#due.size === 0) this.#running = this.#running.then(() => this.#write());
        this.#due.set(entry, keys);
      },
    };
  }

  /** Resolves when the keys are there, or nobody should wait for them any more. */
  async start(): Promise<void> {
    const { clock } = this.#options;
    const read = this.#round(true);
    await new Promise<void>(resolve => {
      const timer = clock.after(FIRST_READ_MS, resolve);
      void read.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('no longer wanted'));
    this.#timer?.cancel();
    await this.#running;
  }

  #round(isFirst = false): Promise<void> {
    this.#running = this.#running.then(() => this.#read(isFirst));
    return this.#running;
  }

  async #read(isFirst: boolean): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    try {
      this.#secret ??= await this.#options.secret();
      await this.#take(await this.#secret.read(signal));
      this.#told.delete('cannot be read');
    } catch (error) {
      if (signal.aborted) return;
      if (isFirst) await this.#recall();
      this.#tell('cannot be read', error);
    }
    if (signal.aborted) return;
    const isComing = this.#held == null && !this.#told.has('cannot be written');
    const waitMs = isComing ? ABSENT_INTERVAL_MS : READ_INTERVAL_MS;
    this.#timer = this.#options.clock.after(waitMs, () => void this.#round());
    this.#onChange();
  }

  async #write(): Promise<void> {
    const { signal } = this.#stop;
    const secret = this.#secret;
    // A read that was under way when they were saved may have found an entry that is not ours to replace.
    const due = [...this.#due].filter(([entry]) => !this.#foreign.has(entry));
    this.#due = new Map();
    if (secret === null || due.length === 0 || signal.aborted) return;
    this.#isWriting = true;
    try {
      const texts = new Map(due.map(([entry, keys]) => [entry, formatKeys(keys)] as const));
      await this.#take((await secret.write(texts, this.#held ?? null, signal)) ?? (await secret.read(signal)));
      this.#told.delete('cannot be written');
    } catch (error) {
      if (!signal.aborted) this.#tell('cannot be written', error);
      return;
    } finally {
      this.#isWriting = false;
    }
    this.#onChange();
  }

  async #take(held: SecretText | null): Promise<void> {
    const isSame = this.#held !== undefined && held?.resourceVersion === this.#held?.resourceVersion;
    this.#held = held;
    if (isSame) return;
    this.#parse(held?.entries ?? new Map());
    if (held === null) return;
    const path = await this.#options.copyPath();
    if (path === null) return;
    try {
      await replaceFile(path, JSON.stringify([...held.entries]));
      this.#told.delete('cannot be kept for a start without the API server');
    } catch (error) {
      this.#tell('cannot be kept for a start without the API server', error);
    }
  }

  /** What a process before this one had. */
  async #recall(): Promise<void> {
    try {
      const path = await this.#options.copyPath();
      if (path === null) return;
      this.#parse(new Map(JSON.parse(await readFile(path, 'utf8')) as [string, string][]));
    } catch {
      // There is none, or none that can be read: keys of our own do.
    }
  }

  #parse(entries: ReadonlyMap<string, string>): void {
    const keys = new Map<Entry, Keys>();
    const foreign = new Map<Entry, UnknownKeyFormat>();
    for (const entry of ENTRIES) {
      try {
        const text = entries.get(entry);
        if (text !== undefined) keys.set(entry, parseKeys(text, entry));
        this.#told.delete(entry);
      } catch (error) {
        if (error instanceof UnknownKeyFormat) foreign.set(entry, error);
        this.#refuse(entry, error);
      }
    }
    this.#keys = keys;
    this.#foreign = foreign;
  }

  #refuse(entry: Entry, error: unknown): void {
    const why = messageOf(error);
    const isForeign = error instanceof UnknownKeyFormat;
    if (isForeign && this.#told.get(entry) === why) return;
    if (isForeign) this.#told.set(entry, why);
    this.#options.log.warn(
      isForeign
        ? 'an entry of the Secret of shared keys is of another version, and is left as it is: TLS and cookie sessions may not last from one replica to another'
        : 'an entry of the Secret of shared keys is not one of ours, and is replaced',
      {
        secret: this.#secret?.place ?? '',
        error: why,
        ...(isForeign && { fix: 'run one version, and delete this Secret once no other runs: keys are made anew' }),
      },
    );
  }

  /** The same once, until it works. */
  #tell(what: Trouble, error: unknown): void {
    const why = messageOf(error);
    if (this.#told.get(what) === why) return;
    this.#told.set(what, why);
    this.#options.log.warn(
      `keys that replicas share ${what}: TLS and cookie sessions may not last from one replica to another`,
      {
        secret: this.#secret?.place,
        error: why,
        // A server that fails is nothing that rights would mend.
        ...(error instanceof KubeRefusal &&
          error.status === 403 && {
            fix: "let daemun's service account get, create and patch this Secret, as packaging/kubernetes/install.yaml does",
          }),
      },
    );
  }
}
