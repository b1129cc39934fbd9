// SPDX-License-Identifier: Apache-2.0
import type { Bed, Running } from '../bed.ts';

/** A case that every peer can run: CPU µs of the proxy process for each call. */
export interface LoadCase {
  readonly name: string;
  readonly calls: number;
  run(bed: Bed, running: Running, calls: number): Promise<void>;
}
