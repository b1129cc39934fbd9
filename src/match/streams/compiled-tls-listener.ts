// SPDX-License-Identifier: Apache-2.0

import type { ServerNameRoute, TlsListener } from '../../snapshot/index.ts';
import { HostIndex } from '../host-index.ts';

/** A listener that passes streams on, ready to be asked. */
export class CompiledTlsListener {
  readonly listener: TlsListener;
  readonly #names: HostIndex<ServerNameRoute>;

  constructor(listener: TlsListener) {
    this.listener = listener;
    this.#names = HostIndex.of(listener.serverNames.map(route => [route.hostname, route]));
  }

  /** The route of the most specific pattern that takes a server name (lower case; '': the client sent none). Undefined: there is none. */
  routeFor(serverName: string): ServerNameRoute | undefined {
    return this.#names.find(serverName);
  }
}
