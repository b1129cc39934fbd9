// SPDX-License-Identifier: Apache-2.0

import { type Annotation, parseRanges } from './annotation.ts';

/** Whose word about clients a Gateway believes. Empty: nobody's. Sorted, each once. */
export const TRUSTED_PROXIES: Annotation<readonly string[]> = {
  name: 'daemun.dev/trusted-proxies',
  kinds: ['Gateway'],
  syntax: 'addresses and CIDR ranges: 10.0.0.0/8, 2001:db8::/32, 192.0.2.7',
  fallback: [],
  parse: parseRanges,
};
