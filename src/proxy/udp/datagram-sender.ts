// SPDX-License-Identifier: Apache-2.0

import type { DatagramHandle, DatagramHandles, SendRequest } from './datagram-handle.ts';

/** What a datagram that waits costs beside its bytes: request, buffer and their entries in libuv. */
const WAITING_BYTES = 512;
/** Datagrams of a worker that the kernel does not take at once wait up to this; more are dropped, as on any full link. */
const MAX_WAITING_BYTES = 8_388_608;

/** Not sent: too many wait. Outside the range of the system's errors. */
export const FULL = -1_000_000;

/** Of all senders of a worker: what waits now, with its cost. */
export interface WaitingDatagrams {
  bytes: number;
}

/**
 * Sends the datagrams of one binding. Nothing is allocated for one that the kernel takes at once, which is nearly each.
 * All answers: 0 when it is sent or waits, `FULL`, or an error of the system, negated.
 */
export class DatagramSender {
  readonly #handles: Pick<DatagramHandles, 'newRequest'>;
  readonly #waiting: WaitingDatagrams;
  #request: SendRequest;
  #list: [Buffer];

  constructor(handles: Pick<DatagramHandles, 'newRequest'>, waiting: WaitingDatagrams) {
    this.#handles = handles;
    this.#waiting = waiting;
    this.#request = handles.newRequest();
    this.#list = [NOTHING];
  }

  /** Over a connected handle. */
  send(handle: DatagramHandle, datagram: Buffer): number {
    if (this.#waiting.bytes > MAX_WAITING_BYTES) return FULL;
    this.#list[0] = datagram;
    return this.#settle(handle.send(this.#request, this.#list, 1, true));
  }

  /** Over a bound one, which is of the family of `address`. */
  sendTo(handle: DatagramHandle, datagram: Buffer, to: { readonly address: string; readonly port: number }): number {
    if (this.#waiting.bytes > MAX_WAITING_BYTES) return FULL;
    const { address, port } = to;
    this.#list[0] = datagram;
    const code = address.includes(':')
      ? handle.send6(this.#request, this.#list, 1, port, address, true)
      : handle.send(this.#request, this.#list, 1, port, address, true);
    return this.#settle(code);
  }

  #settle(code: number): number {
    if (code === 0) this.#leaveWaiting();
    this.#list[0] = NOTHING;
    return Math.min(code, 0);
  }

  /** The request is the kernel's until it took the datagram. */
  #leaveWaiting(): void {
    const request = this.#request;
    const waiting = this.#waiting;
    const cost = this.#list[0].length + WAITING_BYTES;
    waiting.bytes += cost;
    request.list = this.#list;
    request.oncomplete = () => {
      waiting.bytes -= cost;
    };
    this.#request = this.#handles.newRequest();
    this.#list = [NOTHING];
  }
}

const NOTHING = Buffer.alloc(0);
