// SPDX-License-Identifier: Apache-2.0

import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../../time/index.ts';
import { isMachineLocal } from '../../values/index.ts';

/** Node's words for an answer that says that there is none: nobody failed. */
const SAID_NONE: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND']);

/** What a name stands for. */
export interface Resolution {
  /** IP addresses, in any order. Never empty. */
  readonly addresses: readonly string[];
  /** How long it is good for; null when the source does not say. */
  readonly ttlMs: number | null;
  /** The version of IP that nobody could say anything of; the other one is known. Default: none. */
  readonly unanswered?: 4 | 6;
}

/** What is used of Node's resolver. */
export type NameServers = Pick<dns.Resolver, 'resolve4' | 'resolve6'>;

/** Turns a host name into addresses. Rejects when it has none or nobody answers. */
export type HostResolver = (host: string) => Promise<Resolution>;

const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;
/** Who the name servers are is read this often: networks change under a process, and the old ones may still answer, with what is so elsewhere. */
const NAME_SERVERS_MS = 30_000;

/**
 * All A and AAAA records with their TTL. Names that DNS does not know are looked up as the system does it (`/etc/hosts`,
 * `localhost`, search domains), without TTL.
 */
export function systemResolver(
  clock: Pick<Clock, 'nowMs'>,
  readServers: () => NameServers = () => new dns.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES }),
): HostResolver {
  let servers = readServers();
  let readMs = clock.nowMs();
  return async host => {
    if (isIP(host) !== 0) return { addresses: [host], ttlMs: Number.POSITIVE_INFINITY };
    if (isLocal(host)) return lookUp(host);
    if (clock.nowMs() - readMs >= NAME_SERVERS_MS) [servers, readMs] = [readServers(), clock.nowMs()];
    const asked = [servers.resolve4(host, { ttl: true }), servers.resolve6(host, { ttl: true })] as const;
    const answers = await Promise.allSettled(asked);
    const records = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
    if (records.length === 0) return lookUp(host);
    const unanswered = hasFailed(answers[0]) ? 4 : hasFailed(answers[1]) ? 6 : undefined;
    return {
      addresses: records.map(record => record.address),
      ttlMs: Math.min(...records.map(record => record.ttl)) * 1_000,
      ...(unanswered !== undefined && { unanswered }),
    };
  };
}

function hasFailed(answer: PromiseSettledResult<unknown>): boolean {
  return answer.status === 'rejected' && !SAID_NONE.has(answer.reason?.code);
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
    const found = await resolve(host);
    const { addresses } = found;
    const others = addresses.filter(address => !isMachineLocal(address));
    if (others.length === 0)
      throw new Error(`it leads to ${addresses[0]}, which is on whatever machine the gateway runs on`);
    return { ...found, addresses: others };
  };
}
