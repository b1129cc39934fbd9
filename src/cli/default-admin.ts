// SPDX-License-Identifier: Apache-2.0

/** Where `run` answers the other commands unless told otherwise. */
export const DEFAULT_ADMIN = '127.0.0.1:9900';
