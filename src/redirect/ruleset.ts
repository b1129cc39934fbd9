// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { type Redirection, sameTarget } from './redirection.ts';

/**
 * The text of our nftables table and of changes to it. Made of addresses, numbers and names of ours only, all checked here, so nothing
 * that others wrote reaches nft.
 *
 * The table belongs to the netlink socket of the process that made it (`flags owner`, Linux 5.12): nobody else may change it, and the
 * kernel removes it when that process ends, however it ends.
 */

/**
 * Before the chains of kube-proxy, which are at -100 (`dstnat`) in its nftables mode as in its iptables mode: the first chain that
 * translates a connection's address decides, and those that we leave alone go on to the others.
 */
const BEFORE_OTHERS = 'priority -110';
/** Elements in one statement: 2,000 of them took nft 70 ms, and a line of it should stay far below a megabyte. */
const MAX_BATCH_ELEMENTS = 1_000;

/** Names of tables are ours: a prefix by which people know them, and what makes one unlike that of another process. */
const TABLE_NAME = /^daemun_[0-9a-z]{1,32}$/;
/** Without a zone, which is no part of an address that connections are sent to. */
const PLAIN_ADDRESS = /^[0-9a-f:.]+$/;

const FAMILIES = [
  { ip: 'ip', type: 'ipv4_addr', routed: 'routed4', local: 'local4' },
  { ip: 'ip6', type: 'ipv6_addr', routed: 'routed6', local: 'local6' },
] as const;

type Family = (typeof FAMILIES)[number];

/** The maps whose elements count connections. */
export const ROUTED_MAPS: readonly string[] = FAMILIES.map(({ routed }) => routed);

/**
 * One statement that makes the table, empty. `exemptGroup`: connections of processes with this group id are left alone, so that what
 * stands behind the redirections never meets them itself; null: of nobody.
 *
 * What is redirected keeps the client's address. Ports that redirections lead to refuse connections that came another way: they are no
 * doors into the cluster for whoever reaches this machine.
 */
export function createTable(table: string, exemptGroup: number | null): string {
  const name = tableName(table);
  const chain = (hook: string): string => `add chain inet ${name} ${hook} { type nat hook ${hook} ${BEFORE_OTHERS}; }`;
  const rule = (text: string): string => `add rule inet ${name} ${text}`;
  return [
    `create table inet ${name} { flags owner; }`,
    ...FAMILIES.flatMap(({ type, routed, local }) => [
      `add map inet ${name} ${routed} { type ${type} . inet_service : ${type} . inet_service; counter; }`,
      `add set inet ${name} ${local} { type ${type} . inet_service; }`,
    ]),
    chain('prerouting'),
    chain('output'),
    `add chain inet ${name} guard { type filter hook input priority -10; }`,
    ...(exemptGroup === null ? [] : [rule(`output meta skgid ${whole(exemptGroup)} return`)]),
    ...FAMILIES.flatMap(({ ip, routed, local }) => [
      rule(`prerouting dnat ${ip} to ${ip} daddr . tcp dport map @${routed}`),
      rule(`output dnat ${ip} to ${ip} daddr . tcp dport map @${routed}`),
      rule(`guard ${ip} daddr . tcp dport @${local} ct state new ct status & dnat == 0 reject with tcp reset`),
    ]),
  ].join('; ');
}

/** Statements that make a table of `from` one of `to`, in order; [] when nothing differs. Each is one transaction. */
export function changeTable(
  table: string,
  from: ReadonlyMap<string, Redirection>,
  to: ReadonlyMap<string, Redirection>,
): string[] {
  const name = tableName(table);
  const gone = [...from].filter(([key, one]) => !sameTarget(one, to.get(key))).map(([, one]) => one);
  const come = [...to].filter(([key, one]) => !sameTarget(one, from.get(key))).map(([, one]) => one);
  const [before, after] = [placesOf(from), placesOf(to)];
  const closed = placesOf(keyed(gone), place => !after.has(place));
  const opened = placesOf(keyed(come), place => !before.has(place));
  const elements = FAMILIES.flatMap(family => [
    ...part('delete', family.routed, gone.filter(within(family)).map(key)),
    ...part('add', family.local, [...opened.values()].filter(within(family)).map(place)),
    ...part(
      'add',
      family.routed,
      come.filter(within(family)).map(one => `${key(one)} : ${place(one)}`),
    ),
    ...part('delete', family.local, [...closed.values()].filter(within(family)).map(place)),
  ]);
  return inBatches(elements).map(batch =>
    batch.map(({ verb, set, texts }) => `${verb} element inet ${name} ${set} { ${texts.join(', ')} }`).join('; '),
  );
}

interface Part {
  readonly verb: 'add' | 'delete';
  readonly set: string;
  readonly texts: readonly string[];
}

function part(verb: Part['verb'], set: string, texts: readonly string[]): Part[] {
  return texts.length === 0 ? [] : [{ verb, set, texts }];
}

/** A small change stays one transaction, so that nothing is seen half done; a large one is cut. */
function inBatches(parts: readonly Part[]): Part[][] {
  const size = parts.reduce((sum, { texts }) => sum + texts.length, 0);
  if (size === 0) return [];
  if (size <= MAX_BATCH_ELEMENTS) return [[...parts]];
  return parts.flatMap(({ verb, set, texts }) => {
    const cuts = Array.from(
      { length: Math.ceil(texts.length / MAX_BATCH_ELEMENTS) },
      (_, cut) => cut * MAX_BATCH_ELEMENTS,
    );
    return cuts.map(cut => [{ verb, set, texts: texts.slice(cut, cut + MAX_BATCH_ELEMENTS) }]);
  });
}

/** By the place where they lead to, one redirection each. */
function placesOf(
  redirections: ReadonlyMap<string, Redirection>,
  isWanted: (place: string) => boolean = () => true,
): Map<string, Redirection> {
  const places = [...redirections.values()].map(one => [place(one), one] as const);
  return new Map(places.filter(([text]) => isWanted(text)));
}

function keyed(redirections: readonly Redirection[]): Map<string, Redirection> {
  return new Map(redirections.map(one => [key(one), one]));
}

function within(family: Family): (one: Redirection) => boolean {
  return ({ address }) => isIPv4(address) === (family.ip === 'ip');
}

function key({ address, port }: Redirection): string {
  return endOf(address, port);
}

function place({ to }: Redirection): string {
  return endOf(to.address, to.port);
}

function endOf(address: string, port: number): string {
  const isPlain = PLAIN_ADDRESS.test(address) && (isIPv4(address) || isIPv6(address));
  if (!isPlain) throw new TypeError(`not an IP address: ${JSON.stringify(address)}`);
  return `${address} . ${whole(port)}`;
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`not a whole number: ${value}`);
  return String(value);
}

function tableName(name: string): string {
  if (!TABLE_NAME.test(name)) throw new TypeError(`not a name of our tables: ${JSON.stringify(name)}`);
  return name;
}
