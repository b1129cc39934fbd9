// SPDX-License-Identifier: Apache-2.0

import type { MessageStream } from '../../wire/index.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { ConnectionTarget } from './connection-environment.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { WaitingLine, WaitingRequest } from './waiting-line.ts';

/** A lane, as its endpoint sees it: it has two, and tells them apart. */
export interface OwnedLane {
  /** A connection is open. */
  readonly isConnected: boolean;
}

/** The endpoint, as its lanes see it. */
export interface LaneOwner extends ConnectionTarget {
  /** `address:port`. */
  readonly key: string;
  /** Streams were asked for lately: connections are kept up in the background, so that no request waits for one. */
  readonly isInUse: boolean;
  /** `lane` has a connection with room, or has it no longer. */
  onReachable(lane: OwnedLane, reachable: boolean): void;
  /** What was connected speaks its protocol, after a failure or for the first time. */
  onProven(lane: OwnedLane): void;
  /** A connection came or went. */
  onConnectionsChanged(): void;
  /** It carries one stream from now on, and nothing else: it is no lane's. */
  onDedicated(connection: UpstreamConnection): void;
  /** `waiting` left the line and has its stream. */
  onServed(waiting: WaitingRequest, stream: MessageStream): void;
  /** Connecting takes long: true when others are there for what waits. Sees to one when none is. */
  onSlow(lane: OwnedLane): boolean;
  /** Those in `line` wait for a slow connect: who can be served elsewhere leaves it, the others wait on. */
  onHeldUp(line: WaitingLine): void;
  /** They left the line: another endpoint must be tried. */
  onUnserved(waiting: readonly WaitingRequest[], failure: ConnectFailure): void;
  onConnectFailed(lane: OwnedLane, failure: ConnectFailure): void;
}
