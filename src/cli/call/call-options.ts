// SPDX-License-Identifier: Apache-2.0

import { type Clock, systemClock } from '../../time/index.ts';
import type { TargetOptions } from './call-target.ts';

/** The flags of `daemun call` as they were given. */
export interface CallFlags {
  readonly header?: readonly string[];
  readonly data?: string;
  readonly plaintext?: boolean;
  readonly insecure?: boolean;
  readonly cacert?: string;
  readonly authority?: string;
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
  /** Seconds. */
  readonly maxTime?: number;
  readonly verbose?: boolean;
  readonly list?: boolean;
  readonly describe?: boolean;
}

/** The flags with their defaults. */
export interface CallOptions extends TargetOptions {
  readonly header: readonly string[];
  readonly proto: readonly string[];
  readonly importPath: readonly string[];
  /** When the call must have ended; undefined: never. */
  readonly deadline: Date | undefined;
  /** By which a connection is waited for. */
  readonly clock: Clock;
  readonly verbose: boolean;
  readonly list: boolean;
  readonly describe: boolean;
}

/** Fills in the defaults; a deadline begins to run now. */
export function readCallFlags(flags: CallFlags): CallOptions {
  return {
    header: flags.header ?? [],
    plaintext: flags.plaintext ?? false,
    insecure: flags.insecure ?? false,
    cacert: flags.cacert,
    authority: flags.authority,
    proto: flags.proto ?? [],
    importPath: flags.importPath ?? [],
    deadline: flags.maxTime === undefined ? undefined : new Date(systemClock.wallMs() + flags.maxTime * 1000),
    clock: systemClock,
    verbose: flags.verbose ?? false,
    list: flags.list ?? false,
    describe: flags.describe ?? false,
  };
}
