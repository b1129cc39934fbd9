// SPDX-License-Identifier: Apache-2.0

import { CONNECTION_NAMES, FRAMING_NAMES, isAuthority, isSameAuthority, upgradeProtocol } from '../../values/index.ts';
import type { HeaderList } from '../head/header-list.ts';

/** `HeaderList.traits`: set once a list was looked at. */
const CHECKED = 1;
/** The list is a valid request head. */
export const REQUEST = 2;
/** The list is a valid response head, final or interim. */
export const RESPONSE = 4;
/** The list is a valid trailer section. */
export const TRAILERS = 8;
/** The response is interim (1xx). */
export const INTERIM = 16;
/** The request's method is HEAD, or the response's status forbids a body (204, 304): no body whatever `content-length` says. */
export const BODILESS = 32;
/** Valid trailers that do not speak of the message's length, place or connection: only such ones are taken from a client. */
export const REQUEST_TRAILERS = 64;
/** The list is a valid request head but for its `:path`, which is not in it. */
const PATHLESS_REQUEST = 128;
/** Together with `BODILESS` and others: the method is OPTIONS, which may ask `*`. */
const OPTIONS = 256;
/** Together with `REQUEST` or `PATHLESS_REQUEST`: extended CONNECT, as it comes over the wire (RFC 8441 §4). */
const EXTENDED_CONNECT = 512;
/** A request that asks for an upgrade in the words of `MessageStream`: it leaves as extended CONNECT. */
export const UPGRADE = 1024;

/** What a list is (RFC 9113 §8.2, §8.3). Computed once per list, whatever number of messages carry it. */
export function traitsOf(list: HeaderList): number {
  if (list.traits === 0) list.traits = CHECKED | examine(list);
  return list.traits;
}

/** Whether a list is a valid request head together with `path`; null: the list has its own. */
export function isRequestHead(list: HeaderList, path: string | null): boolean {
  const traits = traitsOf(list);
  if (path === null) return (traits & REQUEST) !== 0;
  if ((traits & PATHLESS_REQUEST) === 0) return false;
  return path.startsWith('/') || (path === '*' && (traits & OPTIONS) !== 0);
}

/** Whether a list that is a valid request head is extended CONNECT. */
export function isExtendedConnect(list: HeaderList): boolean {
  return (list.traits & EXTENDED_CONNECT) !== 0;
}

interface Pseudo {
  method: string | undefined;
  scheme: string | undefined;
  authority: string | undefined;
  path: string | undefined;
  status: string | undefined;
  protocol: string | undefined;
}

function examine(list: HeaderList): number {
  const pseudo: Pseudo = {
    method: undefined,
    scheme: undefined,
    authority: undefined,
    path: undefined,
    status: undefined,
    protocol: undefined,
  };
  const count = readPseudo(list, pseudo);
  if (count < 0 || !areRegular(list, count)) return 0;
  if (count === 0) return list.names.some(name => FRAMING_NAMES.has(name)) ? TRAILERS : TRAILERS | REQUEST_TRAILERS;
  if (pseudo.status !== undefined) return count === 1 ? examineStatus(pseudo.status) : 0;
  if (pseudo.protocol !== undefined) return examineUpgrade(pseudo, pseudo.protocol, list);
  const bodiless = pseudo.method === 'HEAD' ? BODILESS : 0;
  if (isRequest(pseudo, list)) return REQUEST | bodiless;
  if (pseudo.path !== undefined || !isRequest({ ...pseudo, path: '/' }, list)) return 0;
  return PATHLESS_REQUEST | bodiless | (pseudo.method === 'OPTIONS' ? OPTIONS : 0);
}

/** Everything of a request but its method is as without `:protocol`. */
function examineUpgrade(pseudo: Pseudo, protocol: string, list: HeaderList): number {
  if (pseudo.method !== 'CONNECT') return UPGRADE;
  if (upgradeProtocol(protocol) === null || pseudo.authority === undefined) return 0;
  const plain = { ...pseudo, method: 'GET' };
  if (isRequest(plain, list)) return REQUEST | EXTENDED_CONNECT;
  return pseudo.path === undefined && isRequest({ ...plain, path: '/' }, list)
    ? PATHLESS_REQUEST | EXTENDED_CONNECT
    : 0;
}

/** Fills `pseudo`; returns how many there are, -1 when one is unknown or doubled. */
function readPseudo(list: HeaderList, pseudo: Pseudo): number {
  for (let i = 0; i < list.names.length; i++) {
    const name = list.names[i] ?? '';
    if (name.charCodeAt(0) !== 0x3a) return i;
    const key = name.slice(1);
    if (!isPseudo(key, pseudo) || pseudo[key] !== undefined) return -1;
    pseudo[key] = list.values[i] ?? '';
  }
  return list.names.length;
}

function isPseudo(key: string, pseudo: Pseudo): key is keyof Pseudo {
  return Object.hasOwn(pseudo, key);
}

function areRegular(list: HeaderList, from: number): boolean {
  for (let i = from; i < list.names.length; i++) {
    const name = list.names[i] ?? '';
    if (name.charCodeAt(0) === 0x3a || CONNECTION_NAMES.has(name)) return false;
    if (name === 'te' && list.values[i] !== 'trailers') return false;
  }
  return true;
}

/** RFC 9110 §15: the classes 1 to 5. HTTP/2 has no 101 (RFC 9113 §8.6). */
function examineStatus(status: string): number {
  if (!/^[1-5]\d\d$/.test(status) || status === '101') return 0;
  if (status.startsWith('1')) return RESPONSE | INTERIM;
  return RESPONSE | (status === '204' || status === '304' ? BODILESS : 0);
}

function isRequest(pseudo: Pseudo, list: HeaderList): boolean {
  const { method, scheme, authority, path } = pseudo;
  if (method === undefined || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) return false;
  if (!isAddressed(list, authority, scheme)) return false;
  if (method === 'CONNECT') return authority !== undefined && scheme === undefined && path === undefined;
  if ((scheme !== 'http' && scheme !== 'https') || path === undefined) return false;
  return path.startsWith('/') || (path === '*' && method === 'OPTIONS');
}

/** The authority is one, there is at most one `host`, and both name the same (RFC 9113 §8.3.1, RFC 9110 §7.2). Either may be missing. */
function isAddressed(list: HeaderList, authority: string | undefined, scheme: string | undefined): boolean {
  if (authority !== undefined && !isAuthority(authority)) return false;
  const at = list.names.indexOf('host');
  if (at < 0) return true;
  const host = list.values[at] ?? '';
  if (!isAuthority(host) || list.names.indexOf('host', at + 1) >= 0) return false;
  return authority === undefined || isSameAuthority(host, authority, scheme);
}
