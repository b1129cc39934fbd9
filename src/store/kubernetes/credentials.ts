// SPDX-License-Identifier: Apache-2.0

/** What proves who we are, as a connection and its requests need it. */
export interface Proof {
  /** Value of `authorization`; null: none is sent. */
  readonly authorization: string | null;
  /** PEM of the client certificate and its key; null: none is shown. The same value for as long as they are the same. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

/** Where an API server is and how it is spoken to. */
export interface KubeAccess {
  /** `https://host:port`, with a path where the server has one; no slash at the end. */
  readonly server: string;
  /** PEM; null: the system's authorities. Asked before each request; remembers what it may. */
  ca(): string | null;
  readonly verify: boolean;
  /** The name on the server's certificate, where it is not the one in `server`. */
  readonly serverName: string | null;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Asked before each request; remembers what it may. `isRefused`: the server did not take the last one (401). Rejects when there is none. */
  prove(isRefused: boolean): Promise<Proof>;
}
