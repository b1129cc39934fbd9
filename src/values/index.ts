// SPDX-License-Identifier: Apache-2.0

/** Small value types with their parsers. In: text. Out: values that cannot be wrong. Never: I/O, clocks, logging. */
export * from './address-ranges.ts';
export * from './admin-mark.ts';
export * from './alternative-names.ts';
export * from './apart.ts';
export * from './authority.ts';
export * from './connection-names.ts';
export * from './controller-name.ts';
export * from './duration.ts';
export * from './edge-fields.ts';
export * from './forwarded-for.ts';
export * from './grpc-status.ts';
export * from './hostname.ts';
export * from './kept.ts';
export * from './label-selector.ts';
export * from './namespaced-name.ts';
export * from './nearby-objects.ts';
export * from './normal-target.ts';
export * from './one-copy.ts';
export * from './printable.ts';
export * from './replaced-map.ts';
export * from './share.ts';
export * from './similar-name.ts';
export * from './socket-address.ts';
export * from './state-directory.ts';
export * from './trace-context.ts';
export { upgradeProtocol } from './upgrade-protocol.ts';
