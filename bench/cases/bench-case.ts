// SPDX-License-Identifier: Apache-2.0
import { type Bed, cpuPerCall, type Running, type SetupOptions, type Stand, withPeer } from '../bed.ts';

/** One figure of a case. Less is better. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** Something that is measured of one peer. */
export interface BenchCase {
  /** What `--only` looks at. */
  readonly name: string;
  /** Rejects, in one line, when the peer cannot do it; nothing when it has no such thing as the case is about. */
  measure(stand: Stand): Promise<Measured[]>;
}

/** A case of calls: CPU µs of the proxy process for each. */
export interface LoadCase {
  readonly name: string;
  readonly calls: number;
  /** What is counted: `call` where nothing else is said. */
  readonly each?: string;
  /** How many of these one call is; 1 where nothing is said. */
  readonly inACall?: number;
  readonly setup?: SetupOptions;
  /** Where another certificate is needed. */
  bedOf?(bed: Bed): Bed;
  run(bed: Bed, running: Running, calls: number): Promise<void>;
}

export function costCase(load: LoadCase): BenchCase {
  return {
    name: load.name,
    async measure(stand) {
      // Not scaled: code that is still being compiled would cost more in a short run.
      const warm = Math.ceil(load.calls / 10);
      const measured = Math.ceil(load.calls * stand.scale);
      const bed = load.bedOf?.(stand.bed) ?? stand.bed;
      const value = await withPeer({ ...stand, bed }, load.setup ?? {}, running =>
        cpuPerCall(running, { warm, measured }, n => load.run(bed, running, n)),
      );
      return [{ name: load.name, unit: `CPU µs per ${load.each ?? 'call'}`, value: value / (load.inACall ?? 1) }];
    },
  };
}
