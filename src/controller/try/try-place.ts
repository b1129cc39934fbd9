// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { type ExplainedPlace, explain, narrowBinding, type Question } from '../../match/index.ts';
import {
  type Binding,
  type HeaderMatch,
  type RequestListener,
  type RouteEntry,
  type Rule,
  requestListeners,
  type Snapshot,
  type VirtualHost,
} from '../../snapshot/index.ts';
import { ANY_HOST } from '../../values/index.ts';
import type { GatewaySummary } from '../shown/summary.ts';

/** Where something can be tried: what the command for it says of the connection and the head. */
export interface TryPlace {
  readonly address: string;
  readonly port: number;
  /** The host that the route wants; '' when any will do. */
  readonly authority: string;
  readonly isTls: boolean;
  /** The development CA vouches for the certificate. */
  readonly isTrusted: boolean;
  /** Fields that the route wants, `name: value`. */
  readonly headers: readonly string[];
}

/** What there is to try. */
export interface TrySource {
  readonly snapshot: Snapshot;
  readonly gateways: readonly GatewaySummary[];
  /** `address:port` of demo backends, which know their own services only. */
  readonly demoEndpoints: ReadonlySet<string>;
  /** The development CA as PEM; null: there is none. */
  readonly caPem: string | null;
}

/** An entry of a listener that is bound; no authorization server is asked about what it takes, and clients need no certificate. */
export interface TryEntry {
  readonly binding: Binding;
  readonly listener: RequestListener;
  readonly host: VirtualHost;
  readonly entry: RouteEntry;
}

/** All entries that may be tried, in the snapshot's order; those of a list that is many hosts' once in cleartext, and once in TLS. */
export function* boundEntries({ snapshot, gateways }: TrySource): Generator<TryEntry> {
  const bound = new Set(
    gateways.flatMap(({ listeners }) => listeners.filter(one => one.bound !== null).map(({ id }) => id)),
  );
  const seen = { http: new Set<unknown>(), https: new Set<unknown>() };
  for (const binding of snapshot.bindings) {
    for (const listener of requestListeners(binding.listeners)) {
      if (!bound.has(listener.id) || listener.filters.length > 0 || wantsCertificate(listener)) continue;
      const lists = seen[listener.kind];
      for (const host of listener.virtualHosts) {
        if (lists.has(host.entries)) continue;
        lists.add(host.entries);
        for (const entry of host.entries) if (!isGuarded(entry.rule)) yield { binding, listener, host, entry };
      }
    }
  }
}

/** Nobody here has the certificate of a client. */
function wantsCertificate(listener: RequestListener): boolean {
  return listener.kind === 'https' && listener.tls.clients?.certificate === 'required';
}

/** Whom its server lets pass nobody here can tell. */
function isGuarded(rule: Rule): boolean {
  return [rule, ...rule.backends].some(({ filters }) => filters.some(({ kind }) => kind === 'external-auth'));
}

/** How to reach an entry; undefined: the headers that it wants cannot be told, or name a host of their own. */
export function placeOf({ binding, listener, host, entry }: TryEntry): TryPlace | undefined {
  const { headers } = entry.match;
  if (headers.some(header => header.kind !== 'exact' || header.name === 'host')) return undefined;
  return {
    address: binding.address,
    port: binding.port,
    authority: authorityOf(host.hostname),
    isTls: listener.kind === 'https',
    isTrusted: false,
    headers: headers.map(({ name, value }: HeaderMatch) => `${name}: ${value}`),
  };
}

/** Where requests of a snapshot go. Each is asked once: an answer passes over all routes. */
export class Answers {
  readonly #snapshot: Snapshot;
  readonly #known = new Map<string, string[] | null>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The endpoints that a request goes to from an entry's listener; null when it fails there, or that is not known. */
  endpointsOf({ binding, listener }: TryEntry, place: TryPlace, asked: TryQuestion): string[] | null {
    const question = questionAt(place, asked);
    const key = JSON.stringify([binding.id, listener.id, question]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bindings = [narrowBinding(binding, asked.path)];
    const [found] = explain({ ...this.#snapshot, bindings }, question).places;
    const endpoints = found?.listener?.id === listener.id ? endpointsAt(found) : null;
    this.#known.set(key, endpoints);
    return endpoints;
  }
}

export type TryQuestion = Pick<Question, 'protocol' | 'method' | 'path'>;

function questionAt(place: TryPlace, asked: TryQuestion): Question {
  const fields = place.headers.map(header => {
    const colon = header.indexOf(': ');
    return [header.slice(0, colon), header.slice(colon + 2)];
  });
  const host = place.authority || place.address;
  return {
    ...asked,
    host,
    headers: Object.fromEntries(fields),
    client: null,
    clientNamespace: null,
    to: null,
    gateway: null,
    listener: null,
  };
}

/** The endpoints that calls go to from there; null when some of them would fail, or when it is not known where they go. */
function endpointsAt({ answer, backends }: ExplainedPlace): string[] | null {
  if (answer.kind !== 'forwarded') return null;
  const found: string[] = [];
  for (const { share, fault, endpoints } of backends) {
    if (share === 0) continue;
    if (fault !== '' || endpoints === 'dns' || endpoints.length === 0) return null;
    found.push(...endpoints.map(endpoint => endpoint.address));
  }
  return found.length === 0 ? null : found;
}

/** True when the development CA has issued every certificate that the listener may show, for the name that is called. */
export function isTrusted(place: TryPlace, listener: RequestListener, { snapshot, caPem }: TrySource): boolean {
  if (caPem === null || listener.kind !== 'https') return false;
  const ca = new X509Certificate(caPem);
  return listener.tls.certificates.every(id => {
    const chain = snapshot.certificates.find(certificate => certificate.id === id)?.chain;
    if (chain === undefined) return false;
    const leaf = new X509Certificate(chain);
    const isNamed = place.authority === '' ? leaf.checkIP(place.address) : leaf.checkHost(place.authority);
    return isNamed !== undefined && leaf.checkIssued(ca) && leaf.verify(ca.publicKey);
  });
}

/** A name that the pattern takes. */
function authorityOf(pattern: string): string {
  if (pattern === ANY_HOST) return '';
  return pattern.startsWith('*.') ? `demo${pattern.slice(1)}` : pattern;
}
