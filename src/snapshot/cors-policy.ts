// SPDX-License-Identifier: Apache-2.0

/** Which pages of other origins may call, and what of the answers they see (Gateway API HTTPCORSFilter). `any`: written as `*`. */
export interface CorsPolicy {
  readonly origins: 'any' | readonly OriginPattern[];
  /** Cookies and the like may come with calls. */
  readonly credentials: boolean;
  /** Empty: what needs no leave (GET, HEAD, POST). */
  readonly methods: 'any' | readonly string[];
  /** In lower case. Empty: what needs no leave. */
  readonly headers: 'any' | readonly string[];
  /** Of answers. In lower case. Empty: what needs no leave. */
  readonly exposed: 'any' | readonly string[];
  /** For how long clients remember what a preflight said. */
  readonly maxAgeSeconds: number;
}

export interface OriginPattern {
  readonly scheme: 'http' | 'https';
  /** A hostname pattern (`values/hostname.ts`), in lower case; `*`: any. */
  readonly host: string;
  readonly port: number;
}
