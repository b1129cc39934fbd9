// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../header-list.ts';

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

/** Fields of one connection, not of a message (RFC 9113 §8.2.2). */
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** What a list is (RFC 9113 §8.2, §8.3). Computed once per list, whatever number of messages carry it. */
export function traitsOf(list: HeaderList): number {
  if (list.traits === 0) list.traits = CHECKED | examine(list);
  return list.traits;
}

interface Pseudo {
  method: string | undefined;
  scheme: string | undefined;
  authority: string | undefined;
  path: string | undefined;
  status: string | undefined;
}

function examine(list: HeaderList): number {
  const pseudo: Pseudo = {
    method: undefined,
    scheme: undefined,
    authority: undefined,
    path: undefined,
    status: undefined,
  };
  const count = readPseudo(list, pseudo);
  if (count < 0 || !areRegular(list, count)) return 0;
  if (count === 0) return TRAILERS;
  if (pseudo.status !== undefined) return count === 1 ? examineStatus(pseudo.status) : 0;
  return isRequest(pseudo, list) ? REQUEST | (pseudo.method === 'HEAD' ? BODILESS : 0) : 0;
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
    if (name.charCodeAt(0) === 0x3a || CONNECTION_SPECIFIC.has(name)) return false;
    if (name === 'te' && list.values[i] !== 'trailers') return false;
  }
  return true;
}

function examineStatus(status: string): number {
  if (!/^[1-9]\d\d$/.test(status) || status === '101') return 0;
  if (status.startsWith('1')) return RESPONSE | INTERIM;
  return RESPONSE | (status === '204' || status === '304' ? BODILESS : 0);
}

function isRequest(pseudo: Pseudo, list: HeaderList): boolean {
  const { method, scheme, authority, path } = pseudo;
  if (method === undefined || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) return false;
  const host = list.get('host');
  if (authority !== undefined && host !== undefined && host.toLowerCase() !== authority.toLowerCase()) return false;
  if (method === 'CONNECT')
    return authority !== undefined && authority !== '' && scheme === undefined && path === undefined;
  if (scheme === undefined || scheme === '' || path === undefined) return false;
  return path.startsWith('/') || (path === '*' && method === 'OPTIONS');
}
