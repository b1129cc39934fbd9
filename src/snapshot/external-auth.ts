// SPDX-License-Identifier: Apache-2.0

/**
 * Asks a server whether a request may pass (HTTPExternalAuthFilter, GEP-1494). Without its yes nothing passes: no answer is a no.
 * Names of fields are in lower case.
 */
export type ExternalAuth = GrpcAuth | HttpAuth;

/** By `envoy.service.auth.v3.Authorization/Check`. */
export interface GrpcAuth extends AuthServer {
  readonly kind: 'grpc';
  /** What the call says as its host. */
  readonly authority: string;
  /** Fields of the request that the server is told; null: all. */
  readonly allowedHeaders: readonly string[] | null;
}

/** By a request of the same method, host and target, which is answered with 200. */
export interface HttpAuth extends AuthServer {
  readonly kind: 'http';
  /** Stands before the target. Begins with a slash and does not end with one; '': nothing. */
  readonly pathPrefix: string;
  /** Fields of the request that the server is told, `authorization` among them. */
  readonly allowedHeaders: readonly string[];
  /** Fields of its answer that the request goes on with, whatever it had of these names; null: all. */
  readonly allowedResponseHeaders: readonly string[] | null;
}

interface AuthServer {
  readonly cluster: string;
  /** The server is told the body, up to so many bytes: a larger one is refused. 0: it is not told. */
  readonly maxBodyBytes: number;
}
