// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** Where a proxy under test listens and what it forwards to: everything, to one h2c backend. */
export interface Setup {
  readonly port: number;
  readonly tlsPort: number;
  readonly backendPort: number;
  /** PEM files of the TLS listener. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** A folder of its own, for configuration. */
  readonly folder: string;
}

/** A proxy that takes part: one worker or thread, access log off, otherwise as it comes. */
export interface Peer {
  readonly name: string;
  /** Undefined when it is not installed. */
  version(): string | undefined;
  /** Writes what it needs into `setup.folder` and says how to start it. */
  command(setup: Setup): { readonly command: string; readonly args: readonly string[] };
}

/** The first line that a program prints, undefined when it cannot be started. */
export function firstLine(command: string, args: readonly string[]): string | undefined {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return text
      .trim()
      .split('\n')
      .find(line => line !== '');
  } catch {
    return undefined;
  }
}
