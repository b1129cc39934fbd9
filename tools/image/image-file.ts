// SPDX-License-Identifier: Apache-2.0

/** A file of an image; folders above it need not be named. */
export interface ImageFile {
  /** Absolute, as it is in a container. */
  readonly path: string;
  /** null: a folder. */
  readonly data: Uint8Array | string | null;
  /** Octal. Default 644, of folders 755. */
  readonly mode?: string;
  /** Of user and group. Default 0. */
  readonly owner?: number;
}
