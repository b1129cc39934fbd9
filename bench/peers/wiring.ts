// SPDX-License-Identifier: Apache-2.0

/** Which protocols meet in a proxy: what clients speak at its cleartext port, and what it speaks to the backend there. */
export interface Wiring {
  readonly name: string;
  /** gRPC calls, or requests of plain HTTP. */
  readonly kind: 'grpc' | 'http';
  readonly client: 'h1' | 'h2';
  readonly backend: 'h1' | 'h2';
}

export const GRPC: Wiring = { name: 'gRPC', kind: 'grpc', client: 'h2', backend: 'h2' };
export const H1_TO_H1: Wiring = { name: 'h1 → h1', kind: 'http', client: 'h1', backend: 'h1' };
export const H2_TO_H1: Wiring = { name: 'h2 → h1', kind: 'http', client: 'h2', backend: 'h1' };
export const H2_TO_H2: Wiring = { name: 'h2 → h2', kind: 'http', client: 'h2', backend: 'h2' };
export const H1_TO_H2: Wiring = { name: 'h1 → h2', kind: 'http', client: 'h1', backend: 'h2' };
