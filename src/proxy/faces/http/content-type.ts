// SPDX-License-Identifier: Apache-2.0

/** Of the text that we answer with. What content-type a message has that others sent is nothing to plain HTTP. */
export const TEXT = 'text/plain; charset=utf-8';
