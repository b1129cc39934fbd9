// SPDX-License-Identifier: Apache-2.0

import { compareStrings, parseRange } from '../../../values/index.ts';
import type { Annotation } from './annotation.ts';

/** Whose word about clients a Gateway believes. Empty: nobody's. Sorted, each once. */
export const TRUSTED_PROXIES: Annotation<readonly string[]> = {
  name: 'daemun.dev/trusted-proxies',
  kinds: ['Gateway'],
  syntax: 'addresses and CIDR ranges: 10.0.0.0/8, 2001:db8::/32, 192.0.2.7',
  fallback: [],
  parse: text => {
    const ranges = new Set<string>();
    for (const part of text.split(/[,\s]+/).filter(range => range !== '')) {
      const range = parseRange(part);
      if (range === undefined) return { problem: `"${part}" is not an address or a CIDR range` };
      ranges.add(range);
    }
    return ranges.size === 0 ? { problem: 'it names nobody' } : { value: [...ranges].sort(compareStrings) };
  },
};
