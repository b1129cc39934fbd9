// SPDX-License-Identifier: Apache-2.0

import { ANY_HOST } from '../../values/index.ts';
import type { JudgedListener } from './listeners.ts';
import { type ServedProtocol, transportOf } from './protocols.ts';

/** Those of a port by family, then by hostname, each in the order in which they came. */
type Holders = Map<ServedProtocol['family'], Map<string, JudgedListener[]>>;

/**
 * Listeners that hold ports, by what could tell another one apart from them: a port may have thousands, whom nobody is to be
 * compared with one by one. Those whose protocol is not served hold nothing.
 */
export class HeldPorts {
  /** By transport and port number. */
  readonly #ports = new Map<string, Holders>();

  constructor(listeners: readonly JudgedListener[]) {
    for (const listener of listeners) this.add(listener);
  }

  add(listener: JudgedListener): void {
    const { protocol } = listener;
    if (protocol === undefined) return;
    const key = portKey(listener.spec.port, protocol);
    const port: Holders = this.#ports.get(key) ?? new Map();
    const family = port.get(protocol.family) ?? new Map<string, JudgedListener[]>();
    const hostname = tellingHostname(listener.hostname, protocol);
    const holders = family.get(hostname);
    if (holders === undefined) family.set(hostname, [listener]);
    else holders.push(listener);
    this.#ports.set(key, port.set(protocol.family, family));
  }

  /** A holder other than `listener` that cannot be told apart from it; another family of protocols is the stronger reason. */
  rivalOf({ spec, protocol, hostname, id }: JudgedListener): JudgedListener | undefined {
    if (protocol === undefined) return undefined;
    const port = this.#ports.get(portKey(spec.port, protocol));
    for (const [family, byHostname] of port ?? [])
      if (family !== protocol.family) for (const [first] of byHostname.values()) return first;
    const twins = port?.get(protocol.family)?.get(tellingHostname(hostname, protocol));
    return twins?.find(other => other.id !== id);
  }
}

function portKey(port: number, protocol: ServedProtocol): string {
  return `${transportOf(protocol)} ${port}`;
}

/** No hostname tells streams without names, or datagrams, apart. */
function tellingHostname(hostname: string, { family }: ServedProtocol): string {
  return family === 'tcp' || family === 'udp' ? ANY_HOST : hostname;
}
