// SPDX-License-Identifier: Apache-2.0
import type { ClusterAddress } from '../../translate/index.ts';
import type { AddressBook } from './address-book.ts';

/** Of a process that serves no Gateways. */
export const NO_ADDRESSES: AddressBook = {
  assign: () => undefined,
  addressOf: () => null,
  refusal: () => 'this process serves no Gateways',
  clusterAddress: (): ClusterAddress => ({ state: 'refused', why: 'this process serves no Gateways' }),
};
