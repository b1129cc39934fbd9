// SPDX-License-Identifier: Apache-2.0

import { CONNECTION_NAMES } from '../../values/index.ts';
import type { HeaderList } from '../head/header-list.ts';
import type { HeaderListPool } from '../head/header-list-pool.ts';
import { ownCopy } from '../output/own-copy.ts';
import { ACCEPT_FIELD, acceptOf, KEY_FIELD, WEBSOCKET } from '../websocket/handshake.ts';
import { parseLength } from './framing.ts';
import { HeadBlock, type Unspeakable } from './head-block.ts';
import { reasonPhrase } from './reason-phrase.ts';
import type { Upgrade } from './request-head.ts';

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
const EXPECTS_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
/** Ours alone to say. `host` is made of `:authority`. */
const OWN_FIELDS: ReadonlySet<string> = new Set([...CONNECTION_NAMES, 'host']);
const TARGET = /^[!-"$-~]+$/;
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** What no value may hold: anything but visible ASCII, space, tab and bytes from 0x80 on. */
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/;

/** The block of `list`, kept with it; `lists` is charged with it. */
export function headBlock(list: HeaderList, lists: HeaderListPool): HeadBlock | Unspeakable {
  const known = list.written;
  if (known instanceof HeadBlock) return known;
  const made = makeBlock(list);
  if (made === 'unspeakable') return made;
  const block = new HeadBlock({ ...made, bytes: ownCopy(made.bytes) });
  list.written = block;
  lists.charge(block.bytes.length);
  return block;
}

/** The block of a request whose target is not in its list; not kept: it differs on each. */
export function headBlockTo(list: HeaderList, path: string): HeadBlock | Unspeakable {
  return makeBlock(list, path);
}

/** The head of the response that grants an upgrade. */
export function upgradeBlock(list: HeaderList, { protocol, key }: Upgrade): Buffer {
  const accept = key === null ? '' : `${ACCEPT_FIELD}: ${acceptOf(key)}\r\n`;
  return Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\n${fieldText(list, true)}${accept}connection: upgrade\r\nupgrade: ${protocol}\r\n`,
    'latin1',
  );
}

/** What a value becomes on the wire: other readers might end the line where we do not (RFC 9110 §5.5). */
export function fitValue(value: string): string {
  return UNFIT.test(value) ? value.replaceAll(new RegExp(UNFIT, 'g'), ' ') : value;
}

function makeBlock(list: HeaderList, path: string = list.get(':path') ?? ''): HeadBlock | Unspeakable {
  const status = Number(list.get(':status') ?? 0);
  const method = list.get(':method') ?? '';
  const start =
    status > 0
      ? `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`
      : method === ''
        ? ''
        : requestLine(list, method, path);
  if (start === null) return 'unspeakable';
  const isUnsized = (status > 0 && status < 200) || status === 204;
  return new HeadBlock({
    bytes: Buffer.from(start + fieldText(list, isUnsized) + optionText(list), 'latin1'),
    status,
    isHead: method === 'HEAD',
    isIdempotent: IDEMPOTENT.has(method),
    expectsBody: EXPECTS_BODY.has(method),
    contentLength: isUnsized ? -1 : (parseLength(list.get('content-length') ?? '') ?? -1),
    upgrade: list.get(':protocol') ?? null,
  });
}

function requestLine(list: HeaderList, method: string, path: string): string | null {
  const authority = list.get(':authority') ?? '';
  if (!TARGET.test(path) || !METHOD.test(method) || UNFIT.test(authority)) return null;
  return `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n`;
}

function fieldText(list: HeaderList, isUnsized: boolean): string {
  const { names, values } = list;
  const isWebSocket = list.get(':protocol') === WEBSOCKET;
  let text = '';
  let cookie = '';
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    if (!NAME.test(name) || OWN_FIELDS.has(name) || (isUnsized && name === 'content-length')) continue;
    // Each connection asks with a key of its own.
    if (isWebSocket && name === KEY_FIELD) continue;
    const value = fitValue(values[at] as string);
    // HTTP/2 may send one cookie in several fields; here there is but one (RFC 9113 §8.2.3).
    if (name === 'cookie') cookie = cookie === '' ? value : `${cookie}; ${value}`;
    else text += `${name}: ${value}\r\n`;
  }
  return cookie === '' ? text : `${text}cookie: ${cookie}\r\n`;
}

/** What a request says of this connection: RFC 9110 §7.8, §10.1.4. */
function optionText(list: HeaderList): string {
  const protocol = list.get(':protocol');
  if (protocol !== undefined) return `connection: upgrade\r\nupgrade: ${fitValue(protocol)}\r\n`;
  return list.get('te') === undefined ? '' : 'connection: te\r\n';
}
