// SPDX-License-Identifier: Apache-2.0

import type { KubeRequest } from './kube-client.ts';

/** A write whose turn it is. */
export interface Write {
  readonly request: Omit<KubeRequest, 'signal'>;
  /** It was taken; the answer's body. */
  done(json: unknown): void;
  /** It will not be written: what it is about is gone, or the server does not take it as it is. Absent: nobody need know. */
  dropped?(): void;
  /** 409: finds out what is there now. The object is due again when this resolves. */
  conflicted(signal: AbortSignal): Promise<void>;
}
