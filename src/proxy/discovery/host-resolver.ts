// SPDX-License-Identifier: Apache-2.0

import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { isMachineLocal } from '../../values/index.ts';

/** What a name stands for. */
export interface Resolution {
  /** IP addresses, in any order. Never empty. */
  readonly addresses: readonly string[];
  /** How long it is good for; null when the source does not say. */
  readonly ttlMs: number | null;
}

/** Turns a host name into addresses. Rejects when it has none or nobody answers. */
export type HostResolver = (host: string) => Promise<Resolution>;

const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;

/**
 * All A and AAAA records with their TTL. Names that DNS does not know are looked up as the system does it (`/etc/hosts`,
 * `localhost`, search domains), without TTL.
 */
export function systemResolver(): HostResolver {
  const resolver = new dns.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  return async host => {
    if (isIP(host) !== 0) return { addresses: [host], ttlMs: Number.POSITIVE_INFINITY };
    const answers = isLocal(host)
      ? []
      : await Promise.allSettled([resolver.resolve4(host, { ttl: true }), resolver.resolve6(host, { ttl: true })]);
    const records = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
    if (records.length === 0) return lookUp(host);
    return {
      addresses: records.map(record => record.address),
      ttlMs: Math.min(...records.map(record => record.ttl)) * 1_000,
    };
  };
}

/** Never asked of DNS (RFC 6761 §6.3). */
function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

async function lookUp(host: string): Promise<Resolution> {
  const found = await dns.lookup(host, { all: true });
  return { addresses: found.map(entry => entry.address), ttlMs: null };
}

/** As `resolve`, for names of strangers: one that leads to this machine, where they have no business, has no other address. */
export function elsewhere(resolve: HostResolver): HostResolver {
  return async host => {
    const { addresses, ttlMs } = await resolve(host);
    const others = addresses.filter(address => !isMachineLocal(address));
    if (others.length === 0)
      throw new Error(`it leads to ${addresses[0]}, which is on whatever machine the gateway runs on`);
    return { addresses: others, ttlMs };
  };
}
