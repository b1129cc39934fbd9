// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { nftEnvironment } from './nft-environment.ts';
import { redirectionKey } from './redirection.ts';
import { ROUTED_MAPS } from './ruleset.ts';

/** Some 130 bytes an element: far more than a machine redirects. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;
/** As long as for a statement: it reads as much at most. */
const LISTING_TIMEOUT_MS = 10_000;

/**
 * How many connections each redirection of a table took since it was made, by `redirectionKey`. Asks nft, some 100 ms for thousands: for
 * people, not for each scrape. Rejects when there is no such table, or no right to see it.
 */
export async function countRedirected(table: string): Promise<Map<string, number>> {
  const listings = await Promise.all(ROUTED_MAPS.map(map => list(table, map)));
  return new Map(listings.flatMap(readListing));
}

function list(table: string, map: string): Promise<unknown> {
  const args = ['--json', 'list', 'map', 'inet', table, map];
  const options = { env: nftEnvironment(), maxBuffer: MAX_LISTING_BYTES, timeout: LISTING_TIMEOUT_MS };
  return new Promise((resolve, reject) => {
    execFile('nft', args, options, (error, text) => {
      if (error === null) resolve(JSON.parse(text));
      else reject(error);
    });
  });
}

/** `{nftables: [{map: {elem: [[{elem: {val: {concat: [address, port]}, counter: {packets}}}, target], …]}}]}`. */
function readListing(listing: unknown): [string, number][] {
  const elements = listOf(fieldOf(listing, 'nftables')).flatMap(part => listOf(fieldOf(fieldOf(part, 'map'), 'elem')));
  return elements.flatMap(element => {
    const from = fieldOf(listOf(element)[0], 'elem');
    const [address, port] = listOf(fieldOf(fieldOf(from, 'val'), 'concat'));
    const packets = fieldOf(fieldOf(from, 'counter'), 'packets');
    const isWhole = typeof address === 'string' && typeof port === 'number' && typeof packets === 'number';
    return isWhole ? [[redirectionKey({ address, port }), packets]] : [];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
