// SPDX-License-Identifier: Apache-2.0
import { socketAddress } from '../values/index.ts';

/** Connections to one TCP port of a virtual address, and where they are to end instead. */
export interface Redirection {
  /** An IP address as `normalAddress` gives it: a ClusterIP, say. */
  readonly address: string;
  readonly port: number;
  /** An address of this machine, of the same family, and a port that somebody listens on. */
  readonly to: { readonly address: string; readonly port: number };
}

/** Whether what is redirected alike ends at the same place. */
export function sameTarget(a: Redirection, b: Redirection | undefined): boolean {
  return b !== undefined && a.to.address === b.to.address && a.to.port === b.to.port;
}

/** What tells redirections apart: `address:port`, of which a set has one at most. */
export function redirectionKey({ address, port }: Pick<Redirection, 'address' | 'port'>): string {
  return socketAddress(address, port);
}
