// SPDX-License-Identifier: Apache-2.0

import type { Filter } from '../../../snapshot/index.ts';
import type { Annotation } from './annotation.ts';

/** In which gRPC says the length of a message. */
const LENGTH_BITS = 32;

/** The longest message that clients of a GRPCRoute may send; null when absent: any. */
export const MAX_MESSAGE_BYTES: Annotation<Filter | null> = {
  name: 'daemun.dev/max-message-bytes',
  kinds: ['GRPCRoute'],
  syntax: 'a number of bytes, such as 4194304',
  fallback: null,
  parse: text => {
    const maxBytes = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
    if (maxBytes < 1 || maxBytes >= 2 ** LENGTH_BITS)
      return { problem: `"${text}" is not a number of bytes that fits in ${LENGTH_BITS} bits` };
    return { value: { kind: 'message-limit', maxBytes } };
  },
};
