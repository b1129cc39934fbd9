// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from '../../../snapshot/index.ts';
import { type Annotation, parseRanges } from './annotation.ts';

/** What a Service's backends want to be told of each connection before it begins; null: nothing. */
export const PROXY_PROTOCOL: Annotation<Cluster['proxyProtocol']> = {
  name: 'daemun.dev/proxy-protocol',
  kinds: ['Service', 'XBackend'],
  syntax: 'v1 or v2',
  fallback: null,
  parse: text => {
    const version = text.toLowerCase();
    if (version === 'v1' || version === 'v2') return { value: version };
    return { problem: `"${text}" is not a version of the PROXY protocol` };
  },
};

/** Load balancers that tell a Gateway whose each connection is. Empty: none. Sorted, each once. */
export const PROXY_PROTOCOL_FROM: Annotation<readonly string[]> = {
  name: 'daemun.dev/proxy-protocol-from',
  kinds: ['Gateway'],
  syntax: 'addresses and CIDR ranges: 10.0.0.0/8, 2001:db8::/32, 192.0.2.7',
  fallback: [],
  parse: parseRanges,
};
