// SPDX-License-Identifier: Apache-2.0

/** permessage-deflate (RFC 7692) as one side does it: what it offers, and messages that lean on those before. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Z_SYNC_FLUSH. */
const SYNC = 2;
/** What ends each message that was flushed so, and is left out (§7.2.1). */
const TAIL = Buffer.from([0, 0, 255, 255]);
const LARGEST_WINDOW_BITS = 15;

/** What one direction agreed on. */
export interface Agreement {
  /** Of the window that is looked back into: 9 to 15. */
  readonly windowBits: number;
  /** Messages lean on those before. */
  readonly keepsContext: boolean;
}

/** One direction, at either end. */
export class Deflate {
  readonly #agreement: Agreement;
  #window: Buffer = Buffer.alloc(0);

  constructor(agreement: Agreement) {
    this.#agreement = agreement;
  }

  compress(content: Buffer): Buffer {
    const { windowBits } = this.#agreement;
    const compressed = deflateRawSync(content, { finishFlush: SYNC, windowBits, ...this.#context() });
    this.#keep(content);
    return compressed.subarray(0, -TAIL.length);
  }

  /** Throws when it is no such message. */
  expand(compressed: Buffer): Buffer {
    const content = inflateRawSync(Buffer.concat([compressed, TAIL]), { finishFlush: SYNC, ...this.#context() });
    this.#keep(content);
    return content;
  }

  #context(): { dictionary?: Buffer } {
    return this.#window.length === 0 ? {} : { dictionary: this.#window };
  }

  #keep(content: Buffer): void {
    const { windowBits, keepsContext } = this.#agreement;
    if (keepsContext) this.#window = Buffer.concat([this.#window, content]).subarray(-(2 ** windowBits));
  }
}

/** How an endpoint takes the first offer of it that a client makes; null: there is none. */
export interface Taken {
  readonly toServer: Agreement;
  readonly toClient: Agreement;
  /** Of the answer. */
  readonly extension: string;
}

export function takeOffer(offers: string): Taken | null {
  const offer = offers.split(',').find(one => one.split(';')[0]?.trim() === 'permessage-deflate');
  if (offer === undefined) return null;
  const asked = new Map(
    offer.split(';').map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=');
      return [name.trim(), value.trim()];
    }),
  );
  const toServer = agreementOf(asked, 'client');
  const toClient = agreementOf(asked, 'server');
  const words = [...asked].filter(([name, value]) => name !== 'client_max_window_bits' || value !== '');
  return {
    toServer,
    toClient,
    extension: words.map(([name, value]) => (value ? `${name}=${value}` : name)).join('; '),
  };
}

function agreementOf(asked: ReadonlyMap<string, string>, sender: 'client' | 'server'): Agreement {
  return {
    windowBits: Number(asked.get(`${sender}_max_window_bits`) || LARGEST_WINDOW_BITS),
    keepsContext: !asked.has(`${sender}_no_context_takeover`),
  };
}
