// SPDX-License-Identifier: Apache-2.0

/** Arbitrary ports that come and go, in cleartext and in TLS, with certificates that change: what a gateway is told one time after the other. */
import fc from 'fast-check';
import {
  type Binding,
  type Certificate,
  endpointSet,
  type HttpsListener,
  type RequestListener,
  type Snapshot,
  type TrustBundle,
} from '../snapshot/index.ts';
import { cluster, endpoint } from './http/gateway.test-support.ts';
import { aChange, anyListeners, COPY, JUDGE, PLAIN } from './http/random-routing.test-support.ts';

/** Ids of bindings; the last one speaks TLS. */
export const ENTRANCES = ['first', 'other', 'secure'] as const;
export type Entrance = (typeof ENTRANCES)[number];
/** Ids of certificates, for the same names. */
export const CERTIFICATES = ['c0', 'c1', 'c2'] as const;
/** The id of the bundle that clients must prove themselves by, who never do. */
const BUNDLE = 'authority';
const STEPS = 4;

/** What is served at one time. Entrances that are not there have no port. */
export interface World {
  readonly entrances: Readonly<Partial<Record<Entrance, readonly RequestListener[]>>>;
  /** One of its clusters has another endpoint. */
  readonly hasMoved: boolean;
}

/** Where everything is. `ports`: of entrances; 0: any. */
export interface Places {
  readonly ports: Readonly<Record<Entrance, number>>;
  readonly endpoints: Readonly<Record<'one' | 'two' | 'three' | typeof JUDGE | typeof COPY, number>>;
  readonly certificates: readonly Certificate[];
}

const aTermination: fc.Arbitrary<HttpsListener['tls']> = fc.record({
  certificates: fc.constantFrom(...CERTIFICATES).map(id => [id]),
  clients: fc.constantFrom(
    null,
    null,
    null,
    { bundle: BUNDLE, certificate: 'wanted' as const, isForwarded: true },
    {
      bundle: BUNDLE,
      certificate: 'required' as const,
      isForwarded: true,
    },
  ),
});

const someTerminations = fc.array(aTermination, { minLength: 2, maxLength: 2 });

interface EntranceStep {
  readonly isThere: boolean;
  readonly isChanged: boolean;
  readonly next: readonly RequestListener[];
  readonly change: (before: RequestListener, after: RequestListener) => RequestListener;
  readonly terminations: readonly HttpsListener['tls'][];
  readonly isReplaced: boolean;
}

const anEntranceStep: fc.Arbitrary<EntranceStep> = fc.record({
  isThere: fc.nat(4).map(number => number > 0),
  isChanged: fc.nat(2).map(number => number > 0),
  next: anyListeners,
  change: aChange,
  terminations: someTerminations,
  isReplaced: fc.boolean(),
});

const OPEN: readonly HttpsListener['tls'][] = PLAIN.map(() => ({ certificates: [CERTIFICATES[0]], clients: null }));

/** One entrance over time; null: it is not there. */
function entranceOverTime(isSecure: boolean): fc.Arbitrary<(readonly RequestListener[] | null)[]> {
  return fc.array(anEntranceStep, { minLength: STEPS, maxLength: STEPS }).map(list => {
    let listeners = PLAIN;
    let terminations = OPEN;
    const steps: (readonly RequestListener[] | null)[] = [isSecure ? secured(listeners, terminations) : listeners];
    for (const { isThere, isChanged, next, change, terminations: others, isReplaced } of list) {
      if (isChanged) listeners = listeners.map((before, at) => change(before, next[at] as RequestListener));
      if (isReplaced) terminations = others;
      const told = isSecure ? secured(listeners, terminations) : listeners;
      steps.push(isThere ? told : null);
    }
    return steps;
  });
}

function secured(listeners: readonly RequestListener[], tls: readonly HttpsListener['tls'][]): RequestListener[] {
  return listeners.map((one, at) => ({ ...one, kind: 'https', tls: tls[at] as HttpsListener['tls'] }));
}

/** With ids of its own, of the rules too: one id is one rule. */
function ownOf(listener: RequestListener, entrance: Entrance): RequestListener {
  const virtualHosts = listener.virtualHosts.map(({ hostname, entries }) => ({
    hostname,
    entries: entries.map(entry => ({ ...entry, rule: { ...entry.rule, id: `${entry.rule.id}-${entrance}` } })),
  }));
  return { ...listener, id: `${listener.id}-${entrance}`, virtualHosts };
}

/** All entrances over time. Cleartext and TLS have listeners of the same names, so of the same ids. */
export const anyWorlds: fc.Arbitrary<World[]> = fc
  .tuple(
    fc.tuple(...ENTRANCES.map(id => entranceOverTime(id === 'secure'))),
    fc.array(fc.boolean(), { minLength: STEPS + 1, maxLength: STEPS + 1 }),
  )
  .map(([overTime, moves]) =>
    moves.map((hasMoved, step) => {
      const there = ENTRANCES.flatMap((id, at) => {
        const listeners = overTime[at]?.[step] ?? null;
        return listeners === null ? [] : [[id, listeners.map(one => ownOf(one, id))] as const];
      });
      return { entrances: Object.fromEntries(there), hasMoved };
    }),
  );

/** The world as the data plane takes it. */
export function snapshotOf(version: number, world: World, { ports, endpoints, certificates }: Places): Snapshot {
  const bindings = ENTRANCES.flatMap((id): Binding[] => {
    const listeners = world.entrances[id];
    if (listeners === undefined) return [];
    const admission = id === 'secure' ? 'client-hello' : 'first-bytes';
    return [{ id, address: '127.0.0.1', port: ports[id], admission, frontend: null, proxyProtocolFrom: [], listeners }];
  });
  const { one, two, three, [JUDGE]: judge, [COPY]: copy } = endpoints;
  const portOf = { one: world.hasMoved ? three : one, two, [JUDGE]: judge, [COPY]: copy };
  const ids = Object.keys(portOf).sort() as (keyof typeof portOf)[];
  const trustBundles: TrustBundle[] = [{ id: BUNDLE, pem: [certificates[0]?.chain ?? ''] }];
  return {
    version,
    bindings,
    clusters: ids.map(id => cluster(id, { protocol: id === 'two' ? 'h2' : 'h1' })),
    endpoints: ids.map(id => endpointSet(id, [endpoint(portOf[id])])),
    certificates,
    trustBundles,
    clients: [],
  };
}
