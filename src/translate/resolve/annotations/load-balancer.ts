// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy } from '../../../snapshot/index.ts';
import type { Annotation, Parsed } from './annotation.ts';

const SYNTAX = 'round-robin, least-request, random, ring-hash, maglev, ring-hash:header=NAME or maglev:header=NAME';
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

/**
 * `round-robin` (the default), `least-request`, `random`, `ring-hash`,
 * `maglev`; the last two hash the client's address, or a request header: `maglev:header=x-user`.
 */
export const LOAD_BALANCER: Annotation<BalancerPolicy> = {
  name: 'daemun.dev/load-balancer',
  kind: 'Service',
  syntax: SYNTAX,
  fallback: { kind: 'round-robin' },
  parse: parseLoadBalancer,
};

function parseLoadBalancer(text: string): Parsed<BalancerPolicy> {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const key = colon < 0 ? undefined : text.slice(colon + 1);
  switch (kind) {
    case 'round-robin':
    case 'least-request':
    case 'random':
      return key === undefined ? { value: { kind } } : { problem: `${kind} takes no key` };
    case 'ring-hash':
    case 'maglev':
      return parseKey(kind, key);
    default:
      return { problem: `"${kind}" is not a load balancer` };
  }
}

function parseKey(kind: 'ring-hash' | 'maglev', key: string | undefined): Parsed<BalancerPolicy> {
  if (key === undefined || key === 'source-ip') return { value: { kind, key: { kind: 'source-ip' } } };
  const name = key.startsWith('header=') ? key.slice('header='.length) : '';
  if (!HEADER_NAME.test(name)) return { problem: `"${key}" is not a key` };
  return { value: { kind, key: { kind: 'header', name: name.toLowerCase() } } };
}
