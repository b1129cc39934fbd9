// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../../../wire/index.ts';
import type { Answer } from '../../faces/index.ts';
import type { ChangedHead, FieldChange } from '../field-change.ts';

/** How an authorization server is asked and understood: one for all requests of a filter. */
export interface AuthProtocol {
  ask(subject: AuthSubject): AuthQuestion;
  judge(reply: AuthReply): AuthVerdict;
}

/** The request that the server is asked about. */
export interface AuthSubject extends ChangedHead {
  readonly clientAddress: string;
  /** Wall clock. */
  readonly nowMs: number;
  /** All of it; null: the server is not told. */
  readonly body: Buffer | null;
}

/** What is sent. */
export interface AuthQuestion {
  readonly head: HeaderList;
  readonly fields: VolatileFields;
  /** Empty: the head is all. */
  readonly body: Buffer;
}

/** What came back, whole. */
export interface AuthReply {
  readonly head: HeaderList;
  readonly fields: VolatileFields;
  readonly body: Buffer;
  /** null: there are none. */
  readonly trailers: HeaderList | null;
}

export type AuthVerdict =
  /** null: nothing is changed. */
  | { readonly kind: 'allowed'; readonly request: FieldChange | null; readonly response: FieldChange | null }
  | { readonly kind: 'denied'; readonly answer: Answer }
  /** The answer is none; `detail` completes "the authorization server …". */
  | { readonly kind: 'failed'; readonly detail: string };

/** No word but yes. */
export const ALLOWED: AuthVerdict = { kind: 'allowed', request: null, response: null };
