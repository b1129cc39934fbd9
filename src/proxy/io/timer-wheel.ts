// SPDX-License-Identifier: Apache-2.0

/**
 * Coarse timers for thousands of requests and connections: one interval for all of them, which stands still for as long as nothing can be
 * due: a worker whose connections are idle for minutes sleeps until the first of them.
 *
 * Arming and disarming are O(1) and allocate nothing: the timer is the caller's own object, linked into the slot of its
 * tick. A timer fires at the first tick at or after its time, never before it, and after what lies in sockets by then was read: a
 * process that was stopped, or had no processor, does not take for late what had come in time. One turn of the wheel looks at
 * each entry once, so a timer far in the future costs one look per turn.
 */
export interface WheelTimer {
  /** Owned by the wheel. Set all three to null, null and 0 at construction. */
  wheelNext: WheelTimer | null;
  wheelPrevious: WheelTimer | null;
  wheelTick: number;
  /** The timer is no longer armed when this is called; it may be armed again from inside. */
  onTimer(nowMs: number): void;
}

/** Nothing is due for so many ticks: not worth waking up for each of them. */
const NEAR_TICKS = 4;

/** The head of a circular list. */
class Slot implements WheelTimer {
  wheelNext: WheelTimer = this;
  wheelPrevious: WheelTimer = this;
  wheelTick = 0;
  onTimer(): void {}
}

export class TimerWheel {
  readonly resolutionMs: number;
  readonly #slots: readonly Slot[];
  readonly #mask: number;
  readonly #now: () => number;
  readonly #due = new Slot();
  #tick: number;
  #armed = 0;
  #interval: NodeJS.Timeout | undefined;
  /** While there is no interval, though something is armed: ends when the first slot with a timer is due. */
  #sleep: NodeJS.Timeout | undefined;
  /** The tick of that slot; 0: it does not sleep. */
  #sleepsUntil = 0;

  /** `now` in milliseconds, monotonic. `slots` is a power of two. No timer of Node's runs while nothing is armed. */
  constructor(resolutionMs: number, slots: number, now: () => number) {
    this.resolutionMs = resolutionMs;
    this.#slots = Array.from({ length: slots }, () => new Slot());
    this.#mask = slots - 1;
    this.#now = now;
    this.#tick = Math.floor(now() / resolutionMs);
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#armed;
  }

  /** Fires `timer` at `atMs` (the clock of `now`), or at the next tick when that is past. Moves it when it is armed. */
  arm(timer: WheelTimer, atMs: number): void {
    if (timer.wheelNext !== null) this.disarm(timer);
    // First: a wheel that stood still learns what time it is, and a tick that is past is not one to wait for.
    if (this.#interval === undefined && this.#sleepsUntil === 0) this.#start();
    const tick = Math.max(Math.ceil(atMs / this.resolutionMs), this.#tick + 1);
    // Earlier than what it sleeps until. Nothing fires before the caller is done.
    if (tick < this.#sleepsUntil) this.#run();
    timer.wheelTick = tick;
    link(this.#slots[tick & this.#mask] as Slot, timer);
    this.#armed++;
  }

  /** No effect when it is not armed. */
  disarm(timer: WheelTimer): void {
    if (timer.wheelNext === null) return;
    unlink(timer);
    this.#armed--;
  }

  /** Fires what is due at `nowMs`. Called by the interval; tests call it with a time of their own. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / this.resolutionMs);
    // After a long pause one turn sees every slot; more turns would see them again.
    const first = Math.max(this.#tick + 1, target - this.#mask);
    if (target > this.#tick) this.#tick = target;
    for (let tick = first; tick <= target; tick++) this.#visit(this.#slots[tick & this.#mask] as Slot, nowMs);
  }

  /** Forgets every timer. */
  close(): void {
    this.#stop();
    for (const slot of this.#slots) while (slot.wheelNext !== slot) unlink(slot.wheelNext);
    this.#armed = 0;
  }

  #start(): void {
    this.#tick = Math.max(this.#tick, Math.floor(this.#now() / this.resolutionMs));
    this.#run();
  }

  #run(): void {
    this.#stop();
    this.#interval = setInterval(() => this.#readFirst(), this.resolutionMs).unref();
  }

  #stop(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#sleep);
    this.#interval = undefined;
    this.#sleepsUntil = 0;
  }

  /** Node runs timers before it looks at sockets, and immediates after that. */
  #readFirst(): void {
    setImmediate(() => this.#onInterval());
  }

  #onInterval(): void {
    if (this.#interval === undefined) return;
    this.advance(this.#now());
    if (this.#interval === undefined) return;
    const ticks = this.#armed === 0 ? 0 : this.#ticksToNext();
    if (ticks > 0 && ticks <= NEAR_TICKS) return;
    this.#stop();
    if (ticks > 0) this.#sleepFor(ticks);
  }

  /** To the first slot that has a timer, whatever turn that is for; at most one turn. */
  #ticksToNext(): number {
    for (let ticks = 1; ticks <= this.#mask; ticks++) {
      const slot = this.#slots[(this.#tick + ticks) & this.#mask] as Slot;
      if (slot.wheelNext !== slot) return ticks;
    }
    return this.#mask + 1;
  }

  #sleepFor(ticks: number): void {
    this.#sleepsUntil = this.#tick + ticks;
    const untilMs = this.#sleepsUntil * this.resolutionMs - this.#now();
    // A millisecond more: Node's timers may be that early, and the slot would wait for another tick.
    this.#sleep = setTimeout(() => this.#wake(), Math.max(0, Math.ceil(untilMs)) + 1).unref();
  }

  #wake(): void {
    this.#run();
    this.#readFirst();
  }

  /** Takes the whole slot first: what a timer arms from inside belongs to a later visit. */
  #visit(slot: Slot, nowMs: number): void {
    if (slot.wheelNext === slot) return;
    const due = this.#due;
    const last = slot.wheelPrevious;
    due.wheelNext = slot.wheelNext;
    due.wheelNext.wheelPrevious = due;
    due.wheelPrevious = last;
    last.wheelNext = due;
    slot.wheelNext = slot;
    slot.wheelPrevious = slot;
    while (due.wheelNext !== due) {
      const timer = due.wheelNext;
      unlink(timer);
      if (timer.wheelTick > this.#tick) {
        link(slot, timer);
      } else {
        this.#armed--;
        timer.onTimer(nowMs);
      }
    }
  }
}

function link(slot: Slot, timer: WheelTimer): void {
  const last = slot.wheelPrevious;
  timer.wheelPrevious = last;
  timer.wheelNext = slot;
  last.wheelNext = timer;
  slot.wheelPrevious = timer;
}

function unlink(timer: WheelTimer): void {
  const next = timer.wheelNext as WheelTimer;
  const previous = timer.wheelPrevious as WheelTimer;
  next.wheelPrevious = previous;
  previous.wheelNext = next;
  timer.wheelNext = null;
  timer.wheelPrevious = null;
}
