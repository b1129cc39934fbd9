// SPDX-License-Identifier: Apache-2.0

import { cutOut } from '../values/index.ts';

export interface Endpoint {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  /** `ready`: takes new streams. `draining`: terminating but serving; used only when none is ready. */
  readonly state: 'ready' | 'draining';
  /** For people: the Pod's name, '' when unknown. */
  readonly name: string;
  /**
   * How far it is from this process, where that matters: new streams go to the nearest that can take them. 1: in its zone, 2: elsewhere.
   * Default 0: on its node, or as near as all others.
   */
  readonly distance?: 1 | 2;
}

/**
 * The endpoints of a cluster, as one text: there are tens of thousands, in each thread, of which few are ever looked at. Read by
 * `endpointsOf`, made by `endpointSet`. Sets with the same endpoints have the same text.
 */
export interface EndpointSet {
  readonly cluster: string;
  /** A line for each, sorted by address, then port; no duplicates: `10.0.0.1 8080 r0 pod-name`, or `d` for `draining`, and the distance. */
  readonly packed: string;
}

/** `endpoints`: sorted by address, then port; no duplicates. */
export function endpointSet(cluster: string, endpoints: readonly Endpoint[]): EndpointSet {
  return { cluster, packed: endpoints.map(packLine).join('\n') };
}

/** Made anew by each call. Their texts hold nothing of the set's, of which there would be one for each endpoint that stays. */
export function endpointsOf({ packed }: EndpointSet): readonly Endpoint[] {
  return packed === '' ? [] : packed.split('\n').map(readLine);
}

/** How many there are in each state. Nothing is made of them. */
export function endpointStates({ packed }: EndpointSet): Readonly<Record<Endpoint['state'], number>> {
  const counts = { ready: 0, draining: 0 };
  for (let line = 0; line >= 0 && packed !== ''; ) {
    const state = packed.indexOf(' ', packed.indexOf(' ', line) + 1) + 1;
    counts[packed[state] === 'r' ? 'ready' : 'draining'] += 1;
    const end = packed.indexOf('\n', state);
    line = end < 0 ? end : end + 1;
  }
  return counts;
}

const STATES = { r: 'ready', d: 'draining' } as const;

function packLine({ address, port, state, name, distance }: Endpoint): string {
  const shownName = QUOTED.test(name) ? JSON.stringify(name) : name;
  return `${address} ${port} ${state === 'ready' ? 'r' : 'd'}${distance ?? 0} ${shownName}`;
}

/** Names of Pods have no line breaks; files can say anything. */
const QUOTED = /\n|^"/;

function readLine(line: string): Endpoint {
  const port = line.indexOf(' ');
  const state = line.indexOf(' ', port + 1);
  const name = line.slice(state + 4);
  const distance = Number(line[state + 2]) as 0 | 1 | 2;
  const endpoint: Endpoint = {
    address: cutOut(line.slice(0, port)),
    port: Number(line.slice(port + 1, state)),
    state: STATES[line[state + 1] as 'r' | 'd'],
    name: name.startsWith('"') ? (JSON.parse(name) as string) : cutOut(name),
  };
  return distance === 0 ? endpoint : { ...endpoint, distance };
}
