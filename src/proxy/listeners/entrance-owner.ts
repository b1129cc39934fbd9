// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { CompiledBinding } from '../../match/index.ts';
import type { Binding, StreamRule } from '../../snapshot/index.ts';
import type { Serving } from '../http/index.ts';
import type { StreamStart } from '../l4/index.ts';
import type { EnteredListener } from './client-rules.ts';
import type { Spoken } from './codec.ts';

/** What became of a connection's first bytes. */
export interface Admitted {
  readonly spoken: Spoken;
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: EnteredListener | null;
  /** Input that is not handled yet; null: none. */
  readonly first: Buffer | null;
}

/** A connection that carries a stream of bytes. */
export interface AdmittedStream {
  readonly start: StreamStart;
  readonly rule: StreamRule | null;
}

/** The binding whose entrance it is. */
export interface EntranceOwner {
  readonly serving: Serving;
  /** As it is now. */
  readonly binding: Binding;
  /** What of it the client of a socket meets. */
  metBy(socket: Socket): CompiledBinding;
  /** `raw`: what was accepted, below `socket` or the same. */
  onAdmitted(raw: Socket, socket: Socket, admitted: Admitted): void;
  /** A connection whose bytes are passed on; it is paused. `rule` null: no route takes it. `raw`: as above. */
  onStream(raw: Socket, socket: Socket, stream: AdmittedStream): void;
}
