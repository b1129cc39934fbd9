// SPDX-License-Identifier: Apache-2.0

import type { RequestView } from './request-view.ts';

/** No place of an entry: a limit that leaves all of them. */
export const NOWHERE: number = Number.MAX_SAFE_INTEGER;

/** Finds, among the entries of one virtual host whose matches are of one kind, the first that takes a request. */
export interface EntryIndex {
  /** The first place below `limit` whose entry takes the request; `limit` when there is none. */
  first(request: RequestView, limit: number): number;
}

/** Of a kind that the virtual host has no entry of. */
export const EMPTY_INDEX: EntryIndex = { first: (_request, limit) => limit };
