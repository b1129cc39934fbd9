// SPDX-License-Identifier: Apache-2.0

/**
 * A call of our own to a cluster: all of it is sent at once, and nobody looks at the answer before it is whole.
 *
 *     waiting for a stream ──► asking ──whole answer──────────────► over
 *            │                   ├──refused, untouched──► waiting again
 *            └──not opened───────┴──lost, too long, time, cancel──► over
 *
 * Per call: this object, a pipe for what is sent, a queue for what comes back. The cluster's connections are those of all its requests.
 */
import type { HeaderList, MessageStream, StreamEnd, VolatileFields } from '../../wire/index.ts';
import {
  type BodyMemory,
  BodyPipe,
  BodyQueue,
  type MemoryBudget,
  type SocketLoop,
  type WheelTimer,
} from '../io/index.ts';
import type { ClusterPool } from './cluster-pool.ts';
import { verdictOn, verdictOnStatus } from './stream-verdict.ts';
import type { OpenFailure, UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';

/** Of an answer: a page that says no, or a few words. A longer one is no answer. */
const MAX_REPLY_BYTES = 65_536;
/** Further tries of a call that no server looked at. */
const MAX_REPEATS = 2;

/** What is sent. */
export interface WholeRequest {
  readonly head: HeaderList;
  readonly fields: VolatileFields;
  /** Empty: the head is all. */
  readonly body: Buffer;
}

/** What came back. */
export interface WholeAnswer {
  readonly head: HeaderList;
  readonly fields: VolatileFields;
  readonly body: Buffer;
  /** null: there are none. */
  readonly trailers: HeaderList | null;
  readonly trailerFields: VolatileFields;
}

/** What calls of one worker share. */
export interface CallEnvironment {
  readonly loop: SocketLoop;
  readonly memory: MemoryBudget;
  readonly bodies: BodyMemory;
}

/** Who calls. It hears of one end, perhaps before `begin` returns. */
export interface CallOwner extends Pick<UpstreamRequest, 'client' | 'isApart'> {
  readonly environment: CallEnvironment;
  /** Who has not answered by then counts as silent. */
  readonly timeoutMs: number;
  answered(answer: WholeAnswer): void;
  /** Instead. `why` is for people and completes "the server …". */
  unanswered(why: string): void;
}

export class WholeCall implements UpstreamRequest, WheelTimer {
  readonly hash = 0;
  readonly pinned = null;
  readonly client: object | null;
  readonly isApart: boolean;
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  /** What the endpoint is called that was asked last; '': none was. */
  endpointKey = '';
  readonly #owner: CallOwner;
  readonly #cluster: ClusterPool;
  readonly #request: WholeRequest;
  #sent: BodyPipe | null = null;
  #stream: MessageStream | null = null;
  #endpoint: UpstreamEndpoint | null = null;
  #repeats = 0;
  #head: HeaderList | null = null;
  #fields: VolatileFields = null;
  readonly #reply: BodyQueue;
  #chargedBytes = 0;
  #isOver = false;

  constructor(cluster: ClusterPool, request: WholeRequest, owner: CallOwner) {
    this.#cluster = cluster;
    this.#request = request;
    this.#owner = owner;
    this.#reply = new BodyQueue(owner.environment.bodies.pages);
    this.client = owner.client;
    this.isApart = owner.isApart;
  }

  begin(): void {
    const { environment, timeoutMs } = this.#owner;
    this.#charge(this.#request.body.length);
    if (this.#isOver) return;
    environment.loop.deadlines.arm(this, environment.loop.nowMs + timeoutMs);
    this.#cluster.open(this);
  }

  /** Nobody wants to know any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#leave('ok');
    this.#close();
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    const { head, fields, body } = this.#request;
    this.#stream = stream;
    this.#endpoint = endpoint;
    this.endpointKey = endpoint.key;
    if (!stream.takesList(head, fields)) {
      this.#leave('ok');
      this.#fail('cannot be asked: the headers are larger than it takes');
      return;
    }
    stream.sendHead(head, fields, body.length === 0);
    if (body.length === 0) return;
    const sent = new BodyPipe(null, this.#owner.environment.bodies);
    this.#sent = sent;
    sent.count(body.length, true);
    sent.write(stream, body, 0, body.length);
  }

  onOpenFailed(_failure: OpenFailure, message: string): void {
    this.#fail(`cannot be asked: ${message}`);
  }

  onInformational(): void {}

  onHead(_stream: MessageStream, head: HeaderList, fields: VolatileFields, end: boolean): void {
    this.#head = head;
    this.#fields = fields;
    if (end) this.#answered(null, null);
  }

  onData(stream: MessageStream, chunk: Buffer, start: number, end: number, last: boolean): void {
    if (this.#isOver) return;
    stream.consumed(end - start);
    if (this.#reply.bytes + end - start > MAX_REPLY_BYTES) {
      this.#leave('ok');
      this.#fail(`answered with more than ${MAX_REPLY_BYTES} bytes`);
      return;
    }
    this.#reply.push(chunk, start, end);
    this.#charge(this.#request.body.length + this.#reply.cost);
    if (last) this.#answered(null, null);
  }

  onTrailers(_stream: MessageStream, trailers: HeaderList, fields: VolatileFields): void {
    this.#answered(trailers, fields);
  }

  onEnded(_stream: MessageStream, end: StreamEnd): void {
    if (this.#isOver) return;
    this.#settle(verdictOn(end));
    const isUntouched = end.reason === 'refused' && end.origin !== 'codec' && this.#head === null;
    if (isUntouched && this.#repeats < MAX_REPEATS) {
      this.#repeats++;
      this.#cluster.open(this);
    } else {
      this.#fail(`ended the call before it answered (${end.reason})`);
    }
  }

  onWritable(stream: MessageStream): void {
    if (!this.#isOver) this.#sent?.flush(stream);
  }

  onTimer(): void {
    if (this.#isOver) return;
    this.#leave('failed');
    this.#fail(`did not answer within ${this.#owner.timeoutMs / 1_000} s`);
  }

  #answered(trailers: HeaderList | null, trailerFields: VolatileFields): void {
    if (this.#isOver) return;
    const head = this.#head as HeaderList;
    const body = this.#reply.joined();
    // What is left of the request is not wanted.
    this.#leave(verdictOnStatus(Number(head.get(':status'))));
    this.#close();
    this.#owner.answered({ head, fields: this.#fields, body, trailers, trailerFields });
  }

  #fail(why: string): void {
    if (this.#isOver) return;
    this.#close();
    this.#owner.unanswered(why);
  }

  #close(): void {
    this.#isOver = true;
    this.#reply.clear();
    this.#owner.environment.loop.deadlines.disarm(this);
    this.#charge(0);
  }

  /** Takes back what the server has of the request, or what waits for it. */
  #leave(verdict: 'ok' | 'failed'): void {
    const stream = this.#stream;
    if (stream === null) {
      this.#cluster.cancel(this);
      return;
    }
    if (!stream.isClosed) stream.reset('cancelled');
    this.#settle(verdict);
  }

  #settle(verdict: 'ok' | 'failed'): void {
    const endpoint = this.#endpoint;
    this.#stream = null;
    this.#endpoint = null;
    this.#sent?.release();
    this.#sent = null;
    if (endpoint !== null) this.#cluster.done(endpoint, verdict);
  }

  #charge(bytes: number): void {
    const change = bytes - this.#chargedBytes;
    if (change === 0) return;
    this.#chargedBytes = bytes;
    this.#owner.environment.memory.add(change);
  }
}
