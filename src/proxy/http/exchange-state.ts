// SPDX-License-Identifier: Apache-2.0

import {
  HeaderList,
  type MessageConnection,
  type MessageStream,
  type VolatileFields,
  type WindowAccount,
} from '../../wire/index.ts';
import { type Answer, type Face, type FaceCall, HTTP, Outcome } from '../faces/index.ts';
import type { FieldChange, FilterStep, SessionToken } from '../filters/index.ts';
import { BodyPipe } from '../io/index.ts';
import type { RequestTrace } from '../tracing/index.ts';
import type { Attempts } from './attempts.ts';
import type { ClientIdentity } from './client-identity.ts';
import type { CompiledBackend } from './compiled-rule.ts';
import type { Deadlines } from './deadlines.ts';
import type { Decision } from './decision.ts';
import { Detours } from './detours.ts';
import type { HeldHead } from './held-head.ts';
import { RequestPipe } from './request-pipe.ts';
import type { Scope } from './scope.ts';
import type { Serving } from './serving.ts';
import type { StepRun } from './step-run.ts';
import type { Tunnel } from './tunnel.ts';

/** The client's connection, as its exchanges see it. */
export interface ExchangeOwner {
  readonly serving: Serving;
  /** IP address of the other end of the connection; never ''. */
  readonly peerAddress: string;
  /** Of the same; 0: not known. */
  readonly peerPort: number;
  /** Who the client proved to be; null: nobody. */
  readonly identity: ClientIdentity | null;
  /** What the client speaks. */
  readonly version: MessageConnection['version'];
  /** Whose requests get their share of endpoints together: those of the connection, or of all connections of one client. */
  readonly client: object;
  /** What it is charged with. */
  readonly memory: WindowAccount;
  /** The gateway ends the connection although requests are in progress. */
  readonly isCut: boolean;
  /** Where new requests of this connection are decided now. */
  scope(): Scope;
  /** Its client leaves so many calls unfinished that they must not share connections with others' (see `UpstreamRequest.isApart`). */
  readonly isRestless: boolean;
  exchangeStarted(): void;
  exchangeEnded(): void;
  /** The client took back a call that an endpoint may be busy with: it cancelled, or its own deadline passed. */
  leftUnfinished(): void;
  /** A request that asks for an upgrade needs a connection to an endpoint for itself: false when there is no room. `tunnelEnded` follows once, with the grant where the connection is shared after all. */
  takeTunnel(): boolean;
  tunnelEnded(): void;
  /** One direction of the tunnel is over. */
  tunnelHalfOver(): void;
  /** `exchange` holds this many bytes more (or, negative, fewer). May end the worst exchange of the connection or of the worker. */
  held(exchange: ExchangeState, change: number): void;
}

/** Before there is one. */
const NO_HEAD = new HeaderList([], []);

/** What one request is at a moment. The functions beside work on it; all fields are set here, so that all have one shape. */
export abstract class ExchangeState {
  readonly owner: ExchangeOwner;
  readonly stream: MessageStream;
  readonly request: RequestPipe;
  readonly response: BodyPipe;
  abstract readonly attempts: Attempts;
  abstract readonly deadlines: Deadlines;
  readonly outcome: Outcome = new Outcome();
  decision: Decision | null = null;
  backend: CompiledBackend | null = null;
  startedMs = 0;
  /** How long after that the last try began. Whole milliseconds, so that it is no heap number. */
  openedAfterMs = 0;
  /** The request's per-request fields, as received. */
  fields: VolatileFields = null;
  /** What an endpoint gets; the fields are those received until they are changed for it. */
  outgoing: HeaderList = NO_HEAD;
  outgoingFields: VolatileFields = null;
  /** A head went to the client. */
  responseStarted = false;
  /** What the request speaks, and what the response does. */
  face: Face = HTTP;
  responseFace: Face = HTTP;
  /** The request's books; null: none yet. */
  call: FaceCall | null = null;
  /** For the caps: its own cost with the request's head, and what it is charged with in all. */
  headBytes = 0;
  chargedBytes = 0;
  isFinished = false;
  /** null: nothing of it is there. */
  detours: Detours | null = null;

  constructor(owner: ExchangeOwner, stream: MessageStream) {
    this.owner = owner;
    this.stream = stream;
    this.request = new RequestPipe(stream, owner.serving.bodies);
    this.response = new BodyPipe(null, owner.serving.bodies);
  }

  /** See `MessageEvents`. */
  get windows(): WindowAccount {
    return this.owner.memory;
  }

  /** Makes room for what few requests have. */
  detour(): Detours {
    this.detours ??= new Detours();
    return this.detours;
  }

  get tunnel(): Tunnel | null {
    return this.detours === null ? null : this.detours.tunnel;
  }

  get steps(): StepRun | null {
    return this.detours === null ? null : this.detours.steps;
  }

  get session(): SessionToken | null {
    return this.detours === null ? null : this.detours.session;
  }

  get trace(): RequestTrace | null {
    return this.detours === null ? null : this.detours.trace;
  }

  get responseChange(): FieldChange | null {
    return this.detours === null ? null : this.detours.responseChange;
  }

  get responseFields(): readonly string[] | null {
    return this.detours === null ? null : this.detours.responseFields;
  }

  get held(): HeldHead | null {
    return this.detours === null ? null : this.detours.held;
  }

  get heldAnswer(): Answer | null {
    return this.detours === null ? null : this.detours.heldAnswer;
  }

  /** The peer's, or the one that a trusted proxy says. */
  get clientAddress(): string {
    return this.detours?.saidAddress ?? this.owner.peerAddress;
  }

  /**
   * The request's time is over, whether or not its timer, which is coarse, has said so: an endpoint that was told the deadline keeps it to the
   * millisecond, and may be first to end the stream.
   */
  get isOverdue(): boolean {
    const { requestMs } = this.deadlines;
    return (
      requestMs > 0 && this.tunnel?.state !== 'open' && this.owner.serving.loop.nowMs >= this.startedMs + requestMs
    );
  }

  /** Payload that waits for either side. */
  get waitingBytes(): number {
    return this.request.waitingBytes + this.response.waitingBytes;
  }

  /** Memory that it keeps alive, in bytes. */
  get heldBytes(): number {
    return this.headBytes + this.request.cost + this.response.cost;
  }

  abstract runSteps(steps: readonly FilterStep[], decision: Decision): void;
  /** Ends the request with an answer of ours: the whole response, or its end when it has begun. */
  abstract answer(answer: Answer): void;
  /** Once, when the response is out or given up: counts, logs, lets go of everything. */
  abstract finish(grpcStatus: number | null): void;
  /** This stream holds more of its connection's buffer than any other, and the buffer is full. */
  abstract overflow(): void;
}
