// SPDX-License-Identifier: Apache-2.0

import type { BalancerPolicy } from '../../../snapshot/index.ts';
import type { Annotation, Parsed } from './annotation.ts';

type Keyed = Extract<BalancerPolicy, { readonly key: unknown }>['kind'];
type Keyless = Exclude<BalancerPolicy['kind'], Keyed>;
/** `key`: what stands behind the name and a colon; undefined: nothing. */
type Reader = (key: string | undefined) => Parsed<BalancerPolicy>;

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

/** Every balancer that can be asked for. */
const BALANCERS: Readonly<Record<BalancerPolicy['kind'], Reader>> = {
  'round-robin': keyless('round-robin'),
  'least-request': keyless('least-request'),
  random: keyless('random'),
  'ring-hash': keyed('ring-hash'),
  maglev: keyed('maglev'),
};

/** The name of one of `BALANCERS`. Some hash the client's address, or a request header: `maglev:header=x-user`. */
export const LOAD_BALANCER: Annotation<BalancerPolicy> = {
  name: 'daemun.dev/load-balancer',
  kinds: ['Service', 'XBackend'],
  syntax: syntax(),
  fallback: { kind: 'round-robin' },
  parse: parseLoadBalancer,
};

function parseLoadBalancer(text: string): Parsed<BalancerPolicy> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const key = colon < 0 ? undefined : text.slice(colon + 1);
  return isBalancer(name) ? BALANCERS[name](key) : { problem: `"${name}" is not a load balancer` };
}

function isBalancer(name: string): name is BalancerPolicy['kind'] {
  return Object.hasOwn(BALANCERS, name);
}

function keyless(kind: Keyless): Reader {
  return key => (key === undefined ? { value: { kind } } : { problem: `${kind} takes no key` });
}

function keyed(kind: Keyed): Reader {
  return key => {
    if (key === undefined || key === 'source-ip') return { value: { kind, key: { kind: 'source-ip' } } };
    const name = key.startsWith('header=') ? key.slice('header='.length) : '';
    if (!HEADER_NAME.test(name)) return { problem: `"${key}" is not a key` };
    return { value: { kind, key: { kind: 'header', name: name.toLowerCase() } } };
  };
}

function syntax(): string {
  const withKey = Object.entries(BALANCERS).filter(([, read]) => 'value' in read('header=NAME'));
  const all = [...Object.keys(BALANCERS), ...withKey.map(([name]) => `${name}:header=NAME`)];
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}
