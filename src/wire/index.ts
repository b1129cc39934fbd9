// SPDX-License-Identifier: Apache-2.0

/** Bytes to messages and back. No sockets, no policy, no clocks. */
export { HeaderList, VOLATILE_NAMES, type VolatileFields } from './header-list.ts';
