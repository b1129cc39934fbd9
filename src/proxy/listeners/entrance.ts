// SPDX-License-Identifier: Apache-2.0

/**
 * From an accepted socket to a connection that speaks: cleartext ports are told apart by the first bytes, TLS ports by the ClientHello and what
 * ALPN agreed on; a stream is passed on whatever it says. Anything else ends here. What a binding's connections may be is `Binding.admission`.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { CompiledBinding } from '../../match/index.ts';
import type { Binding } from '../../snapshot/index.ts';
import { AddressRanges, plainAddress } from '../../values/index.ts';
import { ownCopy } from '../../wire/index.ts';
import type { Serving } from '../http/index.ts';
import { shareReads } from '../io/index.ts';
import type { EnteredListener } from './client-rules.ts';
import type { Spoken } from './codec.ts';
import type { AdmittedStream, EntranceOwner } from './entrance-owner.ts';
import { ProtocolReader } from './protocol-reader.ts';
import { ProxyHeaderReader } from './proxy-header-reader.ts';
import { TlsEntrance, type TlsEnvironment, type TlsOwner } from './tls-entrance.ts';

export class Entrance implements TlsOwner {
  readonly serving: Serving;
  readonly #owner: EntranceOwner;
  readonly #tls: TlsEntrance;
  #sayers: { readonly ranges: readonly string[]; readonly addresses: AddressRanges } | null = null;

  constructor(owner: EntranceOwner, environment: TlsEnvironment) {
    this.serving = owner.serving;
    this.#owner = owner;
    this.#tls = new TlsEntrance(this, environment);
  }

  metBy(socket: Socket): CompiledBinding {
    return this.#owner.metBy(socket);
  }

  accept(socket: Socket): void {
    if (this.isSayer(plainAddress(socket.remoteAddress ?? '')))
      new ProxyHeaderReader(socket, this.serving, rest => this.#admit(socket, rest));
    else this.#admit(socket, null);
  }

  /** `first`: what was read already; null: nothing. */
  #admit(socket: Socket, first: Buffer | null): void {
    const { binding } = this.metBy(socket);
    shareReads(socket, this.serving.loop.readBuffer);
    switch (binding.admission) {
      case 'first-bytes':
        new ProtocolReader(this.#owner, socket, socket, null).begin(first);
        break;
      case 'client-hello':
        this.#tls.accept(socket, first);
        break;
      case 'stream':
        this.#acceptStream(socket, first, binding);
        break;
      case 'clients':
        throw new Error('a client meets one listener of a frontend');
      case 'datagrams':
        throw new Error('datagrams do not come in connections');
    }
  }

  onPassed(socket: Socket, stream: AdmittedStream): void {
    socket.pause();
    this.#owner.onStream(socket, socket, stream);
  }

  onSecureStream(raw: Socket, socket: TLSSocket, stream: AdmittedStream): void {
    this.#owner.onStream(raw, socket, stream);
  }

  onSecure(raw: Socket, socket: TLSSocket, entered: EnteredListener, spoken: Spoken | null): void {
    if (spoken !== null) this.#owner.onAdmitted(raw, socket, { spoken, entered, first: null });
    else new ProtocolReader(this.#owner, raw, socket, entered);
  }

  /** Whether a peer is one of those who say whose their connections are. */
  isSayer(address: string): boolean {
    const ranges = this.#owner.binding.proxyProtocolFrom;
    if (ranges.length === 0) return false;
    if (this.#sayers?.ranges !== ranges) this.#sayers = { ranges, addresses: new AddressRanges(ranges) };
    return this.#sayers.addresses.has(address);
  }

  #acceptStream(socket: Socket, read: Buffer | null, { listeners }: Binding): void {
    const [listener] = listeners;
    if (listener?.kind !== 'tcp') throw new Error('a binding of streams has one listener of TCP');
    const first = read === null ? null : ownCopy(read);
    this.onPassed(socket, { start: { listener, serverName: null, first, alpn: null }, rule: listener.rule });
  }
}
