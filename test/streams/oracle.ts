// SPDX-License-Identifier: Apache-2.0

/** What becomes of streams and what statuses say, worked out from the text of the Gateway API alone, without a thought for speed. */
import type {
  Namespace,
  World,
  WrittenBackend,
  WrittenListener,
  WrittenOwner,
  WrittenParent,
  WrittenRoute,
} from './world.ts';

export interface Site {
  readonly gateway: WrittenOwner;
  readonly owner: WrittenOwner;
  readonly listener: WrittenListener;
}

const ANY = '';
const DEFAULT_KINDS: Readonly<Record<WrittenListener['speaks'], readonly string[]>> = {
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
  Passthrough: ['TLSRoute'],
  Terminate: ['TLSRoute', 'TCPRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
};

function byAge(a: { created: string; namespace: string; name: string }, b: typeof a): number {
  const [x, y] = [a, b].map(one => `${one.created} ${one.namespace}/${one.name}`) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}

function takes(from: string, own: Namespace, other: Namespace): boolean {
  return from === 'All' || (from === 'Same' && own === other) || (from === 'Selector' && other === 'a');
}

function isSame(a: { namespace: string; name: string }, b: { namespace: string; name: string }): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

/** All listeners of Gateways, by precedence; the sets that are not taken are left out. */
export function sitesOf({ owners }: World): Site[] {
  return owners
    .filter(({ parent }) => parent === null)
    .flatMap(gateway => {
      const sets = owners
        .filter(
          ({ parent, namespace }) =>
            parent !== null && isSame(parent, gateway) && takes(gateway.takes, gateway.namespace, namespace),
        )
        .sort(byAge);
      return [gateway, ...sets].flatMap(owner => owner.listeners.map(listener => ({ gateway, owner, listener })));
    });
}

function speaksTls({ speaks }: WrittenListener): boolean {
  return speaks !== 'TCP' && speaks !== 'UDP';
}

function clash(a: WrittenListener, b: WrittenListener): '' | 'HostnameConflict' | 'ProtocolConflict' {
  if (a.port !== b.port) return '';
  const isUdp = (one: WrittenListener): boolean => one.speaks === 'UDP';
  if (isUdp(a) !== isUdp(b)) return '';
  if (!speaksTls(a) || !speaksTls(b)) return 'ProtocolConflict';
  return a.hostname === b.hostname ? 'HostnameConflict' : '';
}

/** Which conflicts a listener loses: against those of owners before its own, else within its own, where all lose. Who lost to an earlier owner keeps nobody out. */
export function conflictOf(site: Site, sites: readonly Site[]): string[] {
  const lost = conflictsWith(site, seniorsOf(site, sites));
  if (lost.length > 0) return lost;
  const own = sites.filter(other => other !== site && other.owner === site.owner);
  return conflictsWith(
    site,
    own.filter(other => conflictsWith(other, seniorsOf(other, sites)).length === 0),
  );
}

function seniorsOf(site: Site, sites: readonly Site[]): Site[] {
  const before = sites.slice(0, sites.indexOf(site));
  return before
    .filter(({ gateway, owner }) => gateway === site.gateway && owner !== site.owner)
    .filter(other => conflictsWith(other, seniorsOf(other, sites)).length === 0);
}

function conflictsWith({ listener }: Site, others: readonly Site[]): string[] {
  return [...new Set(others.map(other => clash(listener, other.listener)).filter(reason => reason !== ''))];
}

export function kindsOf({ speaks, kinds }: WrittenListener): readonly string[] {
  const known = DEFAULT_KINDS[speaks];
  return kinds.length === 0 ? known : kinds.filter(kind => known.includes(kind));
}

export function hasInvalidKinds({ speaks, kinds }: WrittenListener): boolean {
  return kinds.some(kind => !DEFAULT_KINDS[speaks].includes(kind));
}

/** A pattern is for a name. '' is the name of who says none, and the pattern of who wants none. */
export function matches(pattern: string, name: string): boolean {
  if (pattern === ANY) return true;
  if (!pattern.startsWith('*.')) return pattern === name;
  return name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1;
}

function meets(a: string, b: string): boolean {
  if (a === ANY || b === ANY) return true;
  if (!a.startsWith('*.')) return matches(b, a);
  if (!b.startsWith('*.')) return matches(a, b);
  return a.endsWith(b.slice(1)) || b.endsWith(a.slice(1));
}

function isMoreSpecific(a: string, b: string): boolean {
  const rank = (one: string): number => (one === ANY ? 0 : one.startsWith('*.') ? one.length : 1000 + one.length);
  return rank(a) > rank(b);
}

/** The listeners that a parentRef of a route attaches it to, or why there are none. */
export function attachment(route: WrittenRoute, ref: WrittenParent, sites: readonly Site[]): Site[] | string {
  const own = sites.filter(({ owner }) => isSame(owner, ref) && (owner.parent === null) === (ref.kind === 'Gateway'));
  const asked = own.filter(
    ({ listener }) =>
      (ref.sectionName === undefined || ref.sectionName === listener.name) &&
      (ref.port === undefined || ref.port === listener.port),
  );
  if (asked.length === 0) return 'NoMatchingParent';
  const allowing = asked.filter(
    ({ listener, owner }) =>
      takes(listener.from, owner.namespace, route.namespace) && kindsOf(listener).includes(route.kind),
  );
  if (allowing.length === 0) return 'NotAllowedByListeners';
  const meeting = allowing.filter(
    ({ listener }) => route.kind !== 'TLSRoute' || route.hostnames.some(hostname => meets(hostname, listener.hostname)),
  );
  return meeting.length === 0 ? 'NoMatchingListenerHostname' : meeting;
}

/** Why a reference is bad; '' it is not. */
export function refProblem({ kind, namespace }: WrittenRoute, to: WrittenBackend, { grants }: World): string {
  const isGranted =
    to.namespace === namespace ||
    grants.some(
      grant =>
        grant.namespace === to.namespace &&
        grant.from === kind &&
        grant.fromNamespace === namespace &&
        (grant.to === '' || grant.to === to.name),
    );
  if (!isGranted) return 'RefNotPermitted';
  return to.name === 'gone' || to.port !== 1 ? 'BackendNotFound' : '';
}

export function attachedTo(site: Site, world: World, sites: readonly Site[]): WrittenRoute[] {
  return world.routes.filter(route =>
    route.parents.some(ref => {
      const to = attachment(route, ref, sites);
      return typeof to !== 'string' && to.includes(site);
    }),
  );
}

/** What may become of a stream of a Gateway: the names of Services that may get it, `reset` for the share that is refused; null: nobody listens. */
export interface Fate {
  readonly mode: 'plain' | 'tls' | 'https';
  readonly ways: ReadonlySet<string>;
}

const REFUSED: ReadonlySet<string> = new Set(['reset']);

export function fateOf(
  world: World,
  gateway: WrittenOwner,
  asked: { readonly port: number; readonly transport: 'tcp' | 'udp' | 'tls'; readonly name: string },
): Fate | null {
  const sites = sitesOf(world);
  const there = sites.filter(
    site =>
      site.gateway === gateway &&
      site.listener.port === asked.port &&
      (site.listener.speaks === 'UDP') === (asked.transport === 'udp') &&
      conflictOf(site, sites).length === 0,
  );
  if (there.length === 0) return null;
  const [site] = there
    .filter(({ listener }) => matches(listener.hostname, asked.name))
    .sort((a, b) => (isMoreSpecific(a.listener.hostname, b.listener.hostname) ? -1 : 1));
  if (site === undefined) return { mode: 'tls', ways: REFUSED };
  if (site.listener.speaks === 'HTTPS') return { mode: 'https', ways: new Set(['http 404']) };
  const mode = site.listener.speaks === 'Passthrough' ? 'tls' : 'plain';
  const route = winner(attachedTo(site, world, sites), asked.name);
  return { mode, ways: route === undefined ? REFUSED : waysOf(route, world) };
}

function winner(routes: readonly WrittenRoute[], name: string): WrittenRoute | undefined {
  const best = (route: WrittenRoute): string =>
    route.hostnames.filter(hostname => matches(hostname, name)).sort((a, b) => (isMoreSpecific(a, b) ? -1 : 1))[0] ??
    ANY;
  return routes
    .filter(({ kind, hostnames }) => kind !== 'TLSRoute' || hostnames.some(hostname => matches(hostname, name)))
    .sort((a, b) => (isMoreSpecific(best(a), best(b)) ? -1 : isMoreSpecific(best(b), best(a)) ? 1 : byAge(a, b)))[0];
}

function waysOf(route: WrittenRoute, world: World): ReadonlySet<string> {
  const used = route.backends.filter(({ weight }) => weight > 0);
  if (used.length === 0) return REFUSED;
  return new Set(
    used.map(to =>
      refProblem(route, to, world) !== '' || to.name === 'empty' ? 'reset' : `${to.namespace}/${to.name}`,
    ),
  );
}
