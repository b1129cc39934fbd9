// SPDX-License-Identifier: Apache-2.0

import type { Answer } from '../../faces/index.ts';
import type { WholeAnswer, WholeRequest } from '../../upstream/index.ts';
import type { ChangedHead, FieldChange } from '../field-change.ts';

/** How an authorization server is asked and understood: one for all requests of a filter. */
export interface AuthProtocol {
  readonly kind: 'grpc' | 'http';
  ask(subject: AuthSubject): WholeRequest;
  judge(reply: WholeAnswer): AuthVerdict;
}

/** The request that the server is asked about. */
export interface AuthSubject extends ChangedHead {
  readonly clientAddress: string;
  /** Wall clock. */
  readonly nowMs: number;
  /** All of it; null: the server is not told. */
  readonly body: Buffer | null;
}

export type AuthVerdict =
  /** null: nothing is changed. */
  | { readonly kind: 'allowed'; readonly request: FieldChange | null; readonly response: FieldChange | null }
  | { readonly kind: 'denied'; readonly answer: Answer }
  /** The answer is none; `detail` completes "the authorization server …". */
  | { readonly kind: 'failed'; readonly detail: string };

/** No word but yes. */
export const ALLOWED: AuthVerdict = { kind: 'allowed', request: null, response: null };
