// SPDX-License-Identifier: Apache-2.0

import type { GrpcPath } from './grpc/grpc-path.ts';

/** The parts of a request that routing looks at. The proxy implements it over its header lists, `explain` over a record. */
export interface RequestView {
  /** `:method`. */
  readonly method: string;
  /** `:path` as it will be forwarded (normalised already), with its query. */
  readonly path: string;
  /** True when the content-type makes it a gRPC request (docs/decisions/0002). */
  readonly isGrpc: boolean;
  /** What it calls then; null: it is no gRPC request, or its path names no method. */
  readonly called: GrpcPath | null;
  /**
   * The value of a header; `name` is in lower case. Several fields of one name are joined (see `fieldSeparator`);
   * `-bin` metadata is compared as the base64 text on the wire. `host` is what the request is for: lower case, no port.
   * Undefined when absent, and for fields that are dropped at the edge.
   */
  header(name: string): string | undefined;
}

/** How several fields of one name become the one value that matches compare: cookies as RFC 9113 §8.2.3 says, all others as RFC 9110 §5.3. */
export function fieldSeparator(name: string): string {
  return name === 'cookie' ? '; ' : ', ';
}
