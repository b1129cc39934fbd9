// SPDX-License-Identifier: Apache-2.0

/** The parts of a request that routing looks at. The proxy implements it over its header lists, `explain` over a record. */
export interface RequestView {
  /** `:path` as it will be forwarded (normalised already). */
  readonly path: string;
  /** True when the content-type makes it a gRPC request (design §6). */
  readonly isGrpc: boolean;
  /**
   * The value of a header; `name` is in lower case. Several fields of one name are joined with `, ` (RFC 9110 §5.3);
   * `-bin` metadata is compared as the base64 text on the wire. Undefined when absent.
   */
  header(name: string): string | undefined;
}

/** How several fields of one name become the one value that matches compare. */
export const FIELD_SEPARATOR = ', ';
