// SPDX-License-Identifier: Apache-2.0

/** Endpoints tried for one request, or one stream of bytes, when connecting fails. */
export const MAX_TRIES = 3;
