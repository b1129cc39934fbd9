// SPDX-License-Identifier: Apache-2.0
import { explainStream } from '../match/index.ts';
import type { TrySource } from './try-place.ts';

/** A datagram that somebody answers, for the start-up table. */
export interface TryDatagram {
  readonly address: string;
  readonly port: number;
}

/** The first UDP listener whose datagrams all go to demo backends, which answer any: of others nobody knows what they say. */
export function findTryDatagram({ snapshot, gateways, demoEndpoints }: TrySource): TryDatagram | undefined {
  const bound = new Set(
    gateways.flatMap(({ listeners }) => listeners.filter(one => one.bound !== null).map(({ id }) => id)),
  );
  const found = snapshot.bindings.find(({ admission, listeners, port }) => {
    const [listener] = listeners;
    if (admission !== 'datagrams' || listener === undefined || !bound.has(listener.id)) return false;
    const asked = { transport: 'udp', port, gateway: null, listener: listener.id } as const;
    const [place] = explainStream(snapshot, asked).places;
    const answered = place?.backends.every(
      ({ endpoints, fault }) =>
        fault === '' && endpoints !== 'dns' && endpoints.every(one => demoEndpoints.has(one.address)),
    );
    return answered === true && place?.answer.kind === 'forwarded';
  });
  return found === undefined ? undefined : { address: found.address, port: found.port };
}
