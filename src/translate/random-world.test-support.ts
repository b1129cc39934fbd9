// SPDX-License-Identifier: Apache-2.0

/** The names of a small world, so that random objects often meet. */
import fc from 'fast-check';

/** An object as a user writes it. */
export type WrittenObject = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

export const API = 'gateway.networking.k8s.io/v1';
export const namespace = fc.constantFrom('a', 'b');
export const service = fc.constantFrom('s0', 's1', 's2');
export const hostname = fc.constantFrom('x.org', '*.org', 'y.x.org', '*.x.org', 'z.net');
const created = fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z');
export const metadata = (name: fc.Arbitrary<string>) => fc.record({ name, namespace, creationTimestamp: created });
export const X_GROUP = 'gateway.networking.x-k8s.io';
export const xBackendName = fc.constantFrom('x0', 'x1');
