// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.ts';

const folder = join(import.meta.dirname, 'pingora');
const program = join(folder, 'target/release/bench-pingora');

/** A proxy of a few lines on Pingora's crates; it has no TLS port. */
export const pingora: Peer = {
  name: 'Pingora',
  install: `cargo build --release --manifest-path bench/peers/pingora/Cargo.toml`,
  version: () => (existsSync(program) ? '0.9' : undefined),
  command: ({ port, backendPort, wiring }) => ({
    command: program,
    args: [`127.0.0.1:${port}`, `127.0.0.1:${backendPort}`, wiring.backend],
  }),
};
