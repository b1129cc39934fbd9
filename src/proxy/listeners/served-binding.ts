// SPDX-License-Identifier: Apache-2.0

import type { BindFailure, Binding } from '../../snapshot/index.ts';

/** A binding of the snapshot as it is served, whatever its transport is. */
export interface ServedBinding {
  readonly binding: Binding;
  readonly isListening: boolean;
  /** The port that is listened on (differs from the binding's when that is 0). */
  readonly port: number;
  /** Open connections, or clients whose datagrams have an endpoint; and requests in progress. */
  readonly load: { readonly connections: number; readonly requests: number };
  /** Answers the reason when the port cannot be had; null: it listens. */
  listen(): Promise<BindFailure | null>;
  /** What is under way goes on as far as the new binding allows. */
  update(binding: Binding): void;
  /** Clients may be of other namespaces than before (`Snapshot.clients`). */
  clientsMoved(): void;
  /** From now on checks are told so; all else goes on. */
  announceLeaving(): void;
  /** Takes no more connections. Resolves when that is so. */
  stopListening(): Promise<void>;
  /** Takes nothing more; what is under way goes on. `onEnd`: it is over. */
  drain(onEnd: () => void): void;
  /** Ends everything at once. */
  destroy(): void;
  /** The binding is gone, and so is what is counted for it. */
  releaseMetrics(): void;
}
