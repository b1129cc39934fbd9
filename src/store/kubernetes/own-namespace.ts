// SPDX-License-Identifier: Apache-2.0

/** Where daemun keeps what is its own, where that exists. */
export const OWN_NAMESPACE = 'daemun-system';
