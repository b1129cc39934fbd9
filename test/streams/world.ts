// SPDX-License-Identifier: Apache-2.0

/** Arbitrary Gateways, ListenerSets and routes of streams in a small world: few names, ports and hostnames, so that they meet. */
import fc from 'fast-check';

export type Namespace = 'a' | 'b';
export type StreamKind = 'TCPRoute' | 'TLSRoute' | 'UDPRoute';
type From = 'All' | 'Same' | 'Selector' | 'None';

export interface WrittenListener {
  readonly name: string;
  readonly port: number;
  readonly speaks: 'TCP' | 'UDP' | 'Passthrough' | 'Terminate' | 'HTTPS';
  /** '': none. */
  readonly hostname: string;
  /** `Selector` takes namespace `a`. */
  readonly from: Exclude<From, 'None'>;
  /** Empty: as the protocol says. */
  readonly kinds: readonly (StreamKind | 'HTTPRoute')[];
}

/** A Gateway, or with a parent a ListenerSet. */
export interface WrittenOwner {
  readonly namespace: Namespace;
  readonly name: string;
  readonly created: string;
  readonly listeners: readonly WrittenListener[];
  /** Whose ListenerSets it takes. */
  readonly takes: From;
  /** null: it is a Gateway. */
  readonly parent: { readonly namespace: Namespace; readonly name: string } | null;
}

export interface WrittenParent {
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly namespace: Namespace;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

export interface WrittenBackend {
  readonly namespace: Namespace;
  /** `full` has an endpoint, `other` too, `empty` none, `gone` is not there. */
  readonly name: 'full' | 'other' | 'empty' | 'gone';
  /** 1, or 2, which no Service has. */
  readonly port: number;
  readonly weight: number;
}

export interface WrittenRoute {
  readonly kind: StreamKind;
  readonly namespace: Namespace;
  readonly name: string;
  readonly created: string;
  readonly parents: readonly WrittenParent[];
  readonly hostnames: readonly string[];
  readonly backends: readonly WrittenBackend[];
}

export interface WrittenGrant {
  readonly namespace: Namespace;
  readonly from: StreamKind;
  readonly fromNamespace: Namespace;
  /** '': any Service. */
  readonly to: '' | WrittenBackend['name'];
}

export interface World {
  readonly owners: readonly WrittenOwner[];
  readonly routes: readonly WrittenRoute[];
  readonly grants: readonly WrittenGrant[];
}

export const PORTS = [1001, 1002] as const;
const HOSTNAMES = ['x.org', '*.org', 'y.x.org', '*.x.org', 'z.net'];
export const SERVER_NAMES = ['x.org', 'y.x.org', 'w.y.x.org', 'z.net', 'v.net', ''];
const aNamespace: fc.Arbitrary<Namespace> = fc.constantFrom('a', 'b');
const created = fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z');

const listener: fc.Arbitrary<Omit<WrittenListener, 'name'>> = fc
  .record({
    port: fc.constantFrom(...PORTS),
    speaks: fc.constantFrom('TCP', 'UDP', 'Passthrough', 'Passthrough', 'Terminate', 'Terminate', 'HTTPS'),
    hostname: fc.constantFrom('', ...HOSTNAMES),
    from: fc.constantFrom('All', 'All', 'Same', 'Selector'),
    kinds: fc.constantFrom([], [], [], [], ['TCPRoute'], ['TLSRoute'], ['TLSRoute', 'HTTPRoute']),
  })
  .map(
    one =>
      ({ ...one, hostname: one.speaks === 'TCP' || one.speaks === 'UDP' ? '' : one.hostname }) as Omit<
        WrittenListener,
        'name'
      >,
  );
const listeners: fc.Arbitrary<WrittenListener[]> = fc
  .array(listener, { minLength: 1, maxLength: 4 })
  // What an API server refuses: two of one port, protocol and hostname.
  .map(list => [...new Map(list.map(one => [`${one.port} ${protocolOf(one)} ${one.hostname}`, one])).values()])
  .map(list => list.map((one, at) => ({ ...one, name: `l${at}` })));

export function protocolOf({ speaks }: Pick<WrittenListener, 'speaks'>): string {
  return speaks === 'Passthrough' || speaks === 'Terminate' ? 'TLS' : speaks;
}

const gateway: fc.Arbitrary<WrittenOwner> = fc.record({
  namespace: aNamespace,
  name: fc.constantFrom('g0'),
  created,
  listeners,
  takes: fc.constantFrom('All', 'All', 'Same', 'Selector', 'None'),
  parent: fc.constant(null),
});
const set: fc.Arbitrary<WrittenOwner> = fc.record({
  namespace: aNamespace,
  name: fc.constantFrom('s0', 's1'),
  created,
  listeners,
  takes: fc.constant('None' as const),
  parent: fc.record({ namespace: aNamespace, name: fc.constantFrom('g0') }),
});

const keyOf = ({ namespace, name, ...rest }: { namespace: string; name: string; kind?: string }): string =>
  `${rest.kind ?? ''}/${namespace}/${name}`;

const parent: fc.Arbitrary<WrittenParent> = fc
  .record({
    ref: fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('Gateway' as const), name: fc.constant('g0') }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('ListenerSet' as const), name: fc.constantFrom('s0', 's1') }),
      },
    ),
    namespace: aNamespace,
    part: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constantFrom('l0', 'l1', 'none').map(sectionName => ({ sectionName })) },
      { weight: 1, arbitrary: fc.constantFrom(...PORTS, 99).map(port => ({ port })) },
    ),
  })
  .map(({ ref, namespace, part }) => ({ ...ref, namespace, ...part }));

const backend: fc.Arbitrary<WrittenBackend> = fc.record({
  namespace: aNamespace,
  name: fc.constantFrom('full', 'full', 'other', 'empty', 'gone'),
  port: fc.constantFrom(1, 1, 1, 2),
  weight: fc.constantFrom(0, 1, 1, 2),
});

const route: fc.Arbitrary<WrittenRoute> = fc
  .record({
    kind: fc.constantFrom('TCPRoute', 'TLSRoute', 'TLSRoute', 'UDPRoute'),
    namespace: aNamespace,
    name: fc.constantFrom('r0', 'r1', 'r2'),
    created,
    parents: fc.uniqueArray(parent, { minLength: 1, maxLength: 2, selector: keyOf }),
    hostnames: fc.uniqueArray(fc.constantFrom(...HOSTNAMES), { minLength: 1, maxLength: 2 }),
    backends: fc.array(backend, { minLength: 1, maxLength: 3 }),
  })
  .map(one => ({ ...one, hostnames: one.kind === 'TLSRoute' ? one.hostnames : [] }) as WrittenRoute);

const grant: fc.Arbitrary<WrittenGrant> = fc.record({
  namespace: aNamespace,
  from: fc.constantFrom('TCPRoute', 'TLSRoute', 'UDPRoute'),
  fromNamespace: aNamespace,
  to: fc.constantFrom('', 'full', 'gone'),
});

export const anyStreamWorld: fc.Arbitrary<World> = fc.record({
  owners: fc
    .tuple(
      fc.uniqueArray(gateway, { minLength: 1, maxLength: 2, selector: keyOf }),
      fc.uniqueArray(set, { maxLength: 3, selector: keyOf }),
    )
    .map(([gateways, sets]) => [...gateways, ...sets]),
  routes: fc.uniqueArray(route, { minLength: 1, maxLength: 6, selector: keyOf }),
  grants: fc.array(grant, { maxLength: 3 }),
});
