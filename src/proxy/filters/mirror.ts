// SPDX-License-Identifier: Apache-2.0

/**
 * Mirrored requests: a copy that is sent and forgotten. It never slows or fails the request that it copies: what the
 * mirror does not take at once is queued up to a cap, over it the copy is given up; its answer is read and dropped.
 */
import type { MirrorShare } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import { crossesMore } from '../../values/index.ts';
import { fieldOf, type HeaderList, type MessageStream, type StreamEnd, type VolatileFields } from '../../wire/index.ts';
import {
  type BodyMemory,
  BodyPipe,
  EXCHANGE_BYTES,
  fieldBytes,
  type MemoryBudget,
  type SocketLoop,
  type WheelTimer,
} from '../io/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import { type ClusterPool, type UpstreamEndpoint, type UpstreamRequest, verdictOn } from '../upstream/index.ts';
import { isMarkedMore } from './loop-mark.ts';
import { type BodyWatcher, CONTINUE, type FilterStep, type SteppedRequest, type StepVerdict } from './step.ts';

/** Queued for one mirror at most: memory, not payload. */
const MAX_QUEUED_BYTES = 131_072;
/** Held by all copies of one worker: over it no more are begun and what would queue is given up. */
const MAX_MIRROR_BYTES = 16_777_216;
/** Copies in progress in one worker at most: a dead mirror must not hold memory. */
const MAX_ACTIVE = 1_000;
/** One filter's part of both: a dead mirror of one route leaves room for those of others. */
const MAX_SHARE = 1 / 4;
/** A request that came through so many proxies is not copied any more: where a mirror leads back to its own rule, each copy would be copied. */
const MAX_COPIED_HOPS = 8;
/** A copy without an answer is given up after this. */
const MIRROR_TIMEOUT_MS = 60_000;

/** What mirrors of one worker share. */
export interface MirrorEnvironment {
  readonly loop: SocketLoop;
  readonly metrics: WorkerMetrics;
  readonly random: Random;
  readonly memory: MemoryBudget;
  readonly bodies: BodyMemory;
  /** What all of them use. */
  readonly mirrors: MirrorUse;
}

/** Copies in progress, and the memory that they hold. */
export interface MirrorUse {
  active: number;
  bytes: number;
}

/** `share`: of what the worker has for mirrors. */
function isFull({ active, bytes }: MirrorUse, share: number): boolean {
  return active >= MAX_ACTIVE * share || bytes >= MAX_MIRROR_BYTES * share;
}

/** One mirror filter: begins a copy of each request that is due one, and lets the request go on. */
export class MirrorStep implements FilterStep {
  readonly #cluster: ClusterPool;
  readonly #share: MirrorShare;
  readonly #environment: MirrorEnvironment;
  readonly #own: MirrorUse = { active: 0, bytes: 0 };

  constructor(cluster: ClusterPool, share: MirrorShare, environment: MirrorEnvironment) {
    this.#cluster = cluster;
    this.#share = share;
    this.#environment = environment;
  }

  onRequestHead(request: SteppedRequest): StepVerdict {
    const { metrics, mirrors, random } = this.#environment;
    // What follows an upgrade is a conversation, of which nobody could hold one side.
    if (request.outgoing.get(':protocol') !== undefined) return CONTINUE;
    if (crossesMore(hopsOf(request), MAX_COPIED_HOPS) || isMarkedMore(request.outgoing, MAX_COPIED_HOPS)) {
      metrics.count('daemun_limit_hits_total', { limit: 'mirrored_hops' });
      return CONTINUE;
    }
    if (random() * this.#share.denominator >= this.#share.numerator) return CONTINUE;
    if (isFull(this.#own, MAX_SHARE) || isFull(mirrors, 1)) {
      metrics.count('daemun_limit_hits_total', { limit: 'active_mirrors' });
      return CONTINUE;
    }
    const mirror = new MirroredRequest(this.#cluster, request, { environment: this.#environment, own: this.#own });
    mirror.start();
    request.watch(mirror);
    return CONTINUE;
  }
}

/** Ours is the last one. */
function hopsOf({ outgoing, outgoingFields }: SteppedRequest): string | undefined {
  return fieldOf(outgoingFields, 'x-forwarded-for') ?? outgoing.get('x-forwarded-for');
}

/** What a copy counts in: its filter's books, and the worker's. */
interface MirrorBooks {
  readonly environment: MirrorEnvironment;
  readonly own: MirrorUse;
}

class MirroredRequest implements UpstreamRequest, BodyWatcher, WheelTimer {
  readonly hash = 0;
  readonly pinned = null;
  readonly client = null;
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #cluster: ClusterPool;
  readonly isApart: boolean;
  readonly #head: HeaderList;
  readonly #fields: VolatileFields;
  readonly #environment: MirrorEnvironment;
  readonly #own: MirrorUse;
  #stream: MessageStream | null = null;
  #endpoint: UpstreamEndpoint | null = null;
  readonly #body: BodyPipe;
  #headBytes = 0;
  #chargedBytes = 0;
  #over = false;

  constructor(cluster: ClusterPool, source: SteppedRequest, { environment, own }: MirrorBooks) {
    this.#cluster = cluster;
    this.#head = source.outgoing;
    this.#fields = source.outgoingFields;
    this.isApart = source.isApart;
    this.#environment = environment;
    this.#own = own;
    this.#body = new BodyPipe(null, environment.bodies);
  }

  start(): void {
    const { loop, mirrors } = this.#environment;
    mirrors.active++;
    this.#own.active++;
    this.#headBytes = EXCHANGE_BYTES + this.#head.bytes + fieldBytes(this.#fields);
    this.#recount();
    loop.deadlines.arm(this, loop.nowMs + MIRROR_TIMEOUT_MS);
    this.#cluster.open(this);
  }

  /** A piece of the request that is copied. */
  data(chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.#over) return;
    const body = this.#body;
    body.count(end - start, endStream);
    body.write(this.#stream, chunk, start, end);
    this.#recount();
    const isTooMuch =
      body.cost > MAX_QUEUED_BYTES ||
      this.#own.bytes > MAX_MIRROR_BYTES * MAX_SHARE ||
      this.#environment.mirrors.bytes > MAX_MIRROR_BYTES;
    if (isTooMuch && body.isWaiting) this.#giveUp('overflow');
  }

  /** The request that is copied ended without a last piece of data. */
  end(): void {
    this.data(EMPTY, 0, 0, true);
  }

  /** The request that is copied was cancelled. */
  cancel(): void {
    if (!this.#over && !this.#body.ended) this.#giveUp('cancelled');
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    this.#stream = stream;
    this.#endpoint = endpoint;
    if (!stream.takesList(this.#head, this.#fields)) {
      this.#giveUp('not_opened');
      return;
    }
    const isEmpty = this.#body.isDone;
    stream.sendHead(this.#head, this.#fields, isEmpty);
    if (!isEmpty) this.onWritable();
  }

  onOpenFailed(): void {
    this.#finish('not_opened');
  }

  onHead(_stream: MessageStream, _head: HeaderList, _fields: VolatileFields, endStream: boolean): void {
    if (endStream) this.#answered();
  }

  onInformational(): void {}

  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number, endStream: boolean): void {
    stream.consumed(end - start);
    if (endStream) this.#answered();
  }

  onTrailers(): void {
    this.#answered();
  }

  onEnded(_stream: MessageStream, end: StreamEnd): void {
    this.#finish('reset', verdictOn(end));
  }

  onWritable(): void {
    if (this.#stream === null || this.#over) return;
    this.#body.flush(this.#stream);
    this.#recount();
  }

  onTimer(): void {
    this.#giveUp('timeout');
  }

  /** Tells the books what the copy holds more or less than before. */
  #recount(): void {
    const change = this.#headBytes + this.#body.cost - this.#chargedBytes;
    if (change === 0) return;
    this.#chargedBytes += change;
    this.#own.bytes += change;
    this.#environment.mirrors.bytes += change;
    this.#environment.memory.add(change);
  }

  #answered(): void {
    const stream = this.#stream;
    if (stream !== null && !stream.isClosed) stream.reset('cancelled');
    this.#finish('answered');
  }

  #giveUp(outcome: string): void {
    if (this.#over) return;
    const stream = this.#stream;
    if (stream === null) this.#cluster.cancel(this);
    else stream.reset('cancelled');
    this.#finish(outcome);
  }

  #finish(outcome: string, verdict: 'ok' | 'failed' = 'ok'): void {
    if (this.#over) return;
    this.#over = true;
    this.#body.release();
    this.#headBytes = 0;
    this.#recount();
    this.#own.active--;
    this.#environment.mirrors.active--;
    this.#environment.loop.deadlines.disarm(this);
    this.#environment.metrics.count('daemun_mirror_requests_total', { outcome });
    if (this.#endpoint !== null) this.#cluster.done(this.#endpoint, verdict);
  }
}

const EMPTY = Buffer.alloc(0);
