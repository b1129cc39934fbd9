// SPDX-License-Identifier: Apache-2.0

/** How old what a store has may be. Times are wall time. */
export type Freshness =
  | { readonly state: 'followed' }
  /** The server fails since then; everything is as it was. */
  | { readonly state: 'cut-off'; readonly sinceMs: number }
  /** This process has not read everything yet: it has what was kept then. */
  | { readonly state: 'kept'; readonly sinceMs: number }
  /** Some kinds cannot be read since this process started: of those it has what was kept then. The others are as they are now. */
  | { readonly state: 'partly-kept'; readonly sinceMs: number; readonly unread: readonly string[] };
