// SPDX-License-Identifier: Apache-2.0

import type { ReachedPorts, RequestMatch } from '../../snapshot/index.ts';
import type { HeaderList, HeaderListPool } from '../../wire/index.ts';
import type { Answer, Face, RequestSeries } from '../faces/index.ts';
import { type FilterStep, HeaderRewriter } from '../filters/index.ts';
import type { Tracer } from '../tracing/index.ts';
import type { PeerTrust } from './client-claims.ts';
import type { CompiledBackend, CompiledRule } from './compiled-rule.ts';
import { type HeadFilters, OutgoingHead } from './outgoing-head.ts';

/** Made as they are asked for. */
interface OutgoingHeads {
  readonly ofBackend: (OutgoingHead | undefined)[];
  unchanged: OutgoingHead | null;
}

const NO_CHANGE: HeadFilters = { requestHead: new HeaderRewriter([]), rewrite: null };

/** The scope that a decision belongs to: it is compared by identity. It holds no rules, for decisions are kept longer than those. */
export interface DecidedIn {
  readonly proto: 'http' | 'https';
  /** Of the client of a frontend, '' where it is not known; null: it came to a Gateway. */
  readonly clientNamespace: string | null;
}

/** Of what no listener takes. */
export const NO_PORTS: ReachedPorts = { own: 0, http: 80, https: 443 };

/** What a decision is made of. */
export interface DecisionParts {
  readonly face: Face;
  /** The protocol that the request asks to go on with; null: none. */
  readonly upgrade: string | null;
  /** `namespace/gateway/listener`; '' when no listener takes the request. */
  readonly listener: string;
  readonly ports: ReachedPorts;
  readonly gateway: string;
  readonly trust: PeerTrust;
  /** As a trusted peer says, else the connection's. */
  readonly proto: 'http' | 'https';
  /** What the target was normalised to; null: it is as it came. */
  readonly target: string | null;
  readonly series: RequestSeries;
  /** What stands before the rules; see `passGate`. */
  readonly gate: readonly FilterStep[];
  /** null: the request is not traced. */
  readonly tracer: Tracer | null;
  /** What took the request; null: nothing did. */
  readonly match: RequestMatch | null;
  readonly rule: CompiledRule | null;
  /** Set when `rule` is null, but for a request that still stands before the rules. */
  readonly answer: Answer | null;
}

/** All that follows from a request's header list in one scope. Kept with the list; immutable but for its caches. */
export class Decision {
  readonly scope: DecidedIn;
  readonly head: HeaderList;
  /** Decisions of other scopes about the same list. */
  next: Decision | null = null;
  readonly face: Face;
  readonly upgrade: string | null;
  readonly listener: string;
  readonly ports: ReachedPorts;
  readonly gateway: string;
  readonly trust: PeerTrust;
  readonly proto: 'http' | 'https';
  readonly target: string | null;
  /** Where the request is counted. */
  readonly series: RequestSeries;
  readonly gate: readonly FilterStep[];
  readonly tracer: Tracer | null;
  readonly match: RequestMatch | null;
  readonly rule: CompiledRule | null;
  readonly answer: Answer | null;
  readonly #outgoing: OutgoingHeads;
  /** What `forTarget` made last: most targets are counted together. */
  #forLast: Decision | null = null;

  constructor(
    scope: DecidedIn,
    head: HeaderList,
    parts: DecisionParts,
    outgoing: OutgoingHeads = { ofBackend: [], unchanged: null },
  ) {
    this.#outgoing = outgoing;
    this.scope = scope;
    this.head = head;
    this.face = parts.face;
    this.upgrade = parts.upgrade;
    this.listener = parts.listener;
    this.ports = parts.ports;
    this.gateway = parts.gateway;
    this.trust = parts.trust;
    this.proto = parts.proto;
    this.target = parts.target;
    this.series = parts.series;
    this.gate = parts.gate;
    this.tracer = parts.tracer;
    this.match = parts.match;
    this.rule = parts.rule;
    this.answer = parts.answer;
  }

  /** The same for a request with another target that is not in the list. `target`: what it had to be normalised to. */
  forTarget(target: string | null, series: RequestSeries): Decision {
    if (target === this.target && series === this.series) return this;
    const last = this.#forLast;
    if (last !== null && target === last.target && series === last.series) return last;
    this.#forLast = new Decision(this.scope, this.head, { ...this.#parts(), target, series }, this.#outgoing);
    return this.#forLast;
  }

  /** What is known while no rule is asked yet, of a request whose head became `head` meanwhile. */
  unrouted(head: HeaderList): Decision {
    const parts = { ...this.#parts(), match: null, rule: null, answer: null };
    return new Decision(this.scope, head, parts, head === this.head ? this.#outgoing : undefined);
  }

  /** What the endpoint of a backend gets. */
  outgoing(backend: CompiledBackend, lists: HeaderListPool): OutgoingHead {
    const { ofBackend } = this.#outgoing;
    let head = ofBackend[backend.index];
    if (head === undefined) {
      head = this.#outgoingHead(backend.filters, lists);
      ofBackend[backend.index] = head;
    }
    return head;
  }

  /** What an endpoint would get if no filter changed it. */
  unchanged(lists: HeaderListPool): OutgoingHead {
    this.#outgoing.unchanged ??= this.#outgoingHead(NO_CHANGE, lists);
    return this.#outgoing.unchanged;
  }

  #parts(): DecisionParts {
    const { face, upgrade, listener, ports, gateway, trust, proto, target, series } = this;
    const { gate, tracer, match, rule, answer } = this;
    return { face, upgrade, listener, ports, gateway, trust, proto, target, series, gate, tracer, match, rule, answer };
  }

  #outgoingHead(filters: HeadFilters, lists: HeaderListPool): OutgoingHead {
    return new OutgoingHead(this.head, filters, {
      proto: this.proto,
      isTrusted: this.trust.proxies !== null,
      setsHost: this.face.name === 'http',
      target: this.target,
      takesTrailers: this.face.takesTrailers,
      lists,
    });
  }
}
