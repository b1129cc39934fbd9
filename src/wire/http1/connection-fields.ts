// SPDX-License-Identifier: Apache-2.0

import { CONNECTION_NAMES, upgradeProtocol } from '../../values/index.ts';
import type { FieldSection } from './field-section.ts';
import { parseLength } from './framing.ts';

/** `Connection` may not name them: to take one away is to change where the message goes or where it ends. */
const NEVER_NAMED: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding']);
/** In all `Connection` fields of a head. Each is compared with each field: 28,000 in 56 KB took 1.5 ms. Nobody has more than a few. */
const MAX_CONNECTION_OPTIONS = 64;
const NO_NAMES: readonly string[] = [];

/** What the fields of a head say of its connection and its body, beside what they say to others. */
export interface ConnectionFacts {
  /** `Connection: close`. */
  readonly closes: boolean;
  /** What `Upgrade` offers, when `Connection` names it; null: nothing, or not one thing. */
  readonly upgrade: string | null;
  /** -1: not said. */
  readonly contentLength: number;
  readonly isChunked: boolean;
  /** `Keep-Alive: timeout`: how long a server keeps an idle connection; null: not said. */
  readonly keepAliveMs: number | null;
  /** Each one is one that may not go on: it is about this connection, or `Connection` names it. */
  isDropped(name: string, value: string): boolean;
}

/**
 * Reads them. A string: why the head is refused. What two readers might read in two ways is refused (RFC 9112 §6.1, §6.3): a
 * length beside a transfer coding, two lengths whether or not they are equal, any coding but `chunked`.
 */
export function connectionFacts(section: FieldSection, isHttp10: boolean): ConnectionFacts | string {
  const { names, values } = section;
  let options = NO_NAMES;
  let upgrade: string | null = null;
  let contentLength = -1;
  let isChunked = false;
  let keepAliveMs: number | null = null;
  for (let at = 0; at < names.length; at++) {
    const value = values[at] as string;
    switch (names[at]) {
      case 'connection':
        options = options.concat(optionsOf(value));
        if (options.length > MAX_CONNECTION_OPTIONS) return 'connection has too many options';
        break;
      case 'content-length': {
        const length = contentLength < 0 ? parseLength(value) : null;
        if (length === null) return 'content-length is not one number';
        contentLength = length;
        break;
      }
      case 'transfer-encoding':
        if (isHttp10) return 'HTTP/1.0 has no transfer-encoding';
        if (isChunked || value.toLowerCase() !== 'chunked') return 'transfer-encoding is not "chunked"';
        isChunked = true;
        break;
      case 'keep-alive':
        keepAliveMs = timeoutOf(value) ?? keepAliveMs;
        break;
      case 'upgrade':
        upgrade = upgrade === null ? (upgradeProtocol(value) ?? '') : '';
        break;
      default:
    }
  }
  if (isChunked && contentLength >= 0) return 'both transfer-encoding and content-length';
  if (options.some(option => NEVER_NAMED.has(option))) return 'connection names a field that no connection owns';
  return new Facts(options, isHttp10 ? null : upgrade, { contentLength, isChunked, keepAliveMs });
}

class Facts implements ConnectionFacts {
  readonly closes: boolean;
  readonly upgrade: string | null;
  readonly contentLength: number;
  readonly isChunked: boolean;
  readonly keepAliveMs: number | null;
  readonly #options: readonly string[];

  constructor(
    options: readonly string[],
    upgrade: string | null,
    { contentLength, isChunked, keepAliveMs }: Pick<ConnectionFacts, 'contentLength' | 'isChunked' | 'keepAliveMs'>,
  ) {
    this.#options = options;
    this.closes = options.includes('close');
    const isOffered = upgrade !== null && upgrade !== '' && options.includes('upgrade');
    this.upgrade = isOffered ? upgrade : null;
    this.contentLength = contentLength;
    this.isChunked = isChunked;
    this.keepAliveMs = keepAliveMs;
  }

  isDropped(name: string, value: string): boolean {
    // The one thing that TE may say to the next hop is that trailers are welcome; as in HTTP/2.
    if (name === 'te') return value.toLowerCase() !== 'trailers';
    return CONNECTION_NAMES.has(name) || (this.#options.length > 0 && this.#options.includes(name));
  }
}

/** One more than may be is enough to know. */
function optionsOf(value: string): string[] {
  return value
    .toLowerCase()
    .split(',', MAX_CONNECTION_OPTIONS + 1)
    .map(trimmed);
}

function trimmed(text: string): string {
  return text.trim();
}

/** The seconds of `timeout=5, max=100`, in milliseconds. */
function timeoutOf(value: string): number | null {
  const seconds = /(?:^|,)\s*timeout=(\d{1,6})\s*(?:,|$)/i.exec(value)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}
