// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../errors/index.ts';
import { type DataPlane, SnapshotRefused } from '../../proxy/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Snapshot } from '../../snapshot/index.ts';
import type { Store } from '../../store/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import { overlayBindFailures, type Translation } from '../../translate/index.ts';
import type { FrontendGate } from '../mesh/frontend-gate.ts';
import type { PortPlan } from '../ports/port-plan.ts';
import type { Privileges } from '../ports/privileges.ts';
import type { View } from '../shown/view.ts';
import { viewFindings } from '../shown/view-findings.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import { Rehearsal } from './rehearsal.ts';
import type { Translator } from './translator.ts';

/** Ports that the OS refused are tried again this often: soon enough for whoever waits for /ready. */
const RETRY_BIND_MS = 1_000;
/** A reload that broke is tried again after this, and after twice as long each further time: what is passing, as a lack of descriptors, is over soon … */
const RETRY_BROKEN_MS = 1_000;
/** … and what is not breaks the next one as well, which does all of the work. */
const MAX_RETRY_BROKEN_MS = 60_000;

/** Adds what the user did not write; `--demo` is the one there is. */
export interface Supplement {
  add(resources: ResourceSet): Promise<{ resources: ResourceSet; findings: readonly Finding[] }>;
}

/** How long a reload took, in milliseconds. */
export interface ReloadTime {
  /** Translation alone. */
  readonly translateMs: number;
  /** All of it: publication to the workers and statuses too. */
  readonly totalMs: number;
}

export interface ReconcilerParts {
  readonly store: Pick<Store, 'current' | 'onChange' | 'rehearse'>;
  readonly plane: Pick<DataPlane, 'prepare' | 'apply'>;
  readonly translator: Translator;
  readonly ports: PortPlan;
  /** null: no port is moved. */
  readonly privileges: Pick<Privileges, 'refused'> | null;
  readonly supplement: Supplement | null;
  /** null: connections come by themselves. */
  readonly gate: FrontendGate | null;
  readonly clock: Clock;
  /** After each reload. `previous` is null for the first. */
  onReload(view: View, previous: View | null, took: ReloadTime): void;
  /**
   * A reload broke: a bug, or the OS. What is served by then goes on: what was before, or already what the reload came to. The next one does all
   * of the work again: soon, and then less and less often.
   */
  onFailure(error: unknown): void;
}

/**
 * The loop: store → supplement → translate → publish → status. One reload at a time; changes that arrive meanwhile are
 * taken together by the next one. Owns the timer that retries refused ports and what broke, and that of certificates; `stop` ends them.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  #view: View | null = null;
  #running: Promise<void> | null = null;
  /** When the oldest change came that waits for a reload; null: none does. */
  #dueSinceMs: number | null = null;
  /** The same of the one that is taken now. */
  #takenSinceMs: number | null = null;
  #isStopped = false;
  /** What the workers refuse is looked for: once, until a reload succeeds. */
  #isLooking = false;
  /** Reloads that broke in a row. */
  #broken = 0;
  #retry: Timer | null = null;
  readonly #expiry: ExpiryWatch;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#expiry = new ExpiryWatch(parts.clock, () => this.schedule());
  }

  /** What the last reload came to; null before the first. */
  get view(): View | null {
    return this.#view;
  }

  /** Does the first reload and follows the store from then on. Rejects when the first reload breaks. */
  async start(): Promise<void> {
    this.#parts.store.onChange(() => this.schedule());
    const first = this.#reload().catch(error => {
      if (!this.#looksForRefused(error)) throw error;
      return this.#reload();
    });
    // Changes that arrive meanwhile wait for the first reload as for any other.
    this.#running = first
      .then(
        () => this.#run(),
        () => undefined,
      )
      .finally(() => {
        this.#running = null;
      });
    await first;
    await this.settled();
  }

  /** How long the oldest change waits that is not served yet; 0: all are. */
  get waitingMs(): number {
    const sinceMs = this.#takenSinceMs ?? this.#dueSinceMs;
    return sinceMs === null ? 0 : this.#parts.clock.nowMs() - sinceMs;
  }

  /** Asks for a reload; returns at once. */
  schedule(): void {
    if (this.#isStopped) return;
    this.#dueSinceMs ??= this.#parts.clock.nowMs();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** A socket could not be bound outside of a reload: by a worker that was replaced, say. Another reload tries again. */
  retryBinding(): void {
    this.#retryIn(RETRY_BIND_MS);
  }

  #retryIn(ms: number): void {
    if (this.#isStopped) return;
    this.#retry ??= this.#parts.clock.after(ms, () => {
      this.#retry = null;
      this.schedule();
    });
  }

  /** Resolves when no reload is running or due. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** No reload begins after this; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#dueSinceMs = null;
    this.#retry?.cancel();
    await this.settled();
    this.#expiry.stop();
  }

  async #run(): Promise<void> {
    while (this.#dueSinceMs !== null) {
      this.#takenSinceMs = this.#dueSinceMs;
      this.#dueSinceMs = null;
      try {
        await this.#reload();
      } catch (error) {
        this.#parts.translator.startAnew();
        this.#parts.onFailure(error);
        if (this.#looksForRefused(error)) this.schedule();
        else this.#retryBroken();
      }
    }
    this.#takenSinceMs = null;
  }

  #retryBroken(): void {
    this.#retry?.cancel();
    this.#retry = null;
    this.#retryIn(Math.min(RETRY_BROKEN_MS * 2 ** this.#broken, MAX_RETRY_BROKEN_MS));
    this.#broken++;
  }

  /** Whether the next reload sets aside what the workers cannot take up. False: something else broke, or that was tried. */
  #looksForRefused(error: unknown): boolean {
    if (this.#isLooking || !(error instanceof SnapshotRefused)) return false;
    this.#isLooking = true;
    this.#parts.translator.refused();
    return true;
  }

  async #reload(): Promise<void> {
    const { store, supplement, ports, privileges, plane, translator, gate, clock } = this.#parts;
    const startedMs = clock.nowMs();
    const current = store.current();
    translator.assignAddresses(current.resources);
    translator.setRefused(current.findings);
    translator.setServed(current);
    const added = supplement === null ? undefined : await supplement.add(current.resources);
    const resources = added?.resources ?? current.resources;
    const refusedPorts = await privileges?.refused(translator.socketsOf(resources));
    const translatingMs = clock.nowMs();
    const translated = translator.translate(resources, refusedPorts);
    const translateMs = clock.nowMs() - translatingMs;
    const published = await ports.place(translated.snapshot);
    if (this.#view === null) await this.#prepareFirst(published, translated, resources);
    await gate?.closing(published);
    const { failures } = await plane.apply(published);
    await gate?.opened(published, failures);
    if (ports.chooseAgain(failures, translated.snapshot.bindings)) return this.#reload();
    const refused = ports.writtenFailures(failures, translated.snapshot.bindings);
    const translation = overlayBindFailures(translated, resources, refused);
    this.#retry?.cancel();
    this.#retry = null;
    if (failures.size > 0) this.retryBinding();
    else if (translator.hasOtherMesh) this.schedule();
    translator.served();
    this.#isLooking = false;
    this.#broken = 0;
    this.#expiry.follow(published);
    const previous = this.#view;
    const { byObject, faults } = translator.statuses(translation, resources);
    this.#view = {
      resources,
      translation,
      published,
      bindFailures: failures,
      statuses: byObject,
      findings: viewFindings([...current.findings, ...(added?.findings ?? [])], translation, faults),
    };
    this.#tell(this.#view, previous, { translateMs, totalMs: clock.nowMs() - startedMs });
  }

  /** What breaks where a reload is told of keeps nothing from being served, nor a process from starting. */
  #tell(...reload: Parameters<ReconcilerParts['onReload']>): void {
    try {
      this.#parts.onReload(...reload);
    } catch (error) {
      this.#parts.onFailure(error);
    }
  }

  /**
   * Before a port is opened the workers take the first version in, and meanwhile what is said of it is prepared and a
   * change of it rehearsed: whoever sees an open port finds everything ready.
   */
  async #prepareFirst(published: Snapshot, translated: Translation, resources: ResourceSet): Promise<void> {
    const rehearsal = new Rehearsal(this.#parts, resources);
    const prepared = this.#parts.plane.prepare(published);
    this.#parts.translator.statuses(translated, resources);
    await rehearsal.run(published, prepared);
  }
}
