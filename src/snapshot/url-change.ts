// SPDX-License-Identifier: Apache-2.0

/** Answers every request: it is elsewhere (Gateway API HTTPRequestRedirectFilter). null: as the request has it. */
export interface Redirect {
  readonly status: 301 | 302 | 303 | 307 | 308;
  readonly scheme: 'http' | 'https' | null;
  /** Lower case. */
  readonly hostname: string | null;
  /** null: that of `scheme` if it is set, else the listener's (see `ReachedPorts`). */
  readonly port: number | null;
  readonly path: PathChange | null;
}

/** What the backend is asked instead (Gateway API HTTPURLRewriteFilter). null: as the request has it. */
export interface UrlRewrite {
  /** Takes the place of the whole `:authority`, port and all. Lower case. */
  readonly hostname: string | null;
  readonly path: PathChange | null;
}

/** What takes the place of a path; its query stays. Values are paths as RFC 3986 has them, ready to be sent. */
export type PathChange =
  /** Begins with a slash. */
  | { readonly kind: 'full'; readonly value: string }
  /** Neither ends with a slash: `''` stands for `/`. `prefix`: that of the rule's one match. */
  | { readonly kind: 'prefix'; readonly prefix: string; readonly value: string };
