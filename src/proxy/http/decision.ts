// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, HeaderListPool } from '../../wire/index.ts';
import { type Answer, type Face, GRPC, HTTP } from '../faces/index.ts';
import type { GrpcMethodMetrics, HttpRequestMetrics } from '../metrics/index.ts';
import type { CompiledBackend, CompiledRule } from './compiled-rule.ts';
import { OutgoingHead } from './outgoing-head.ts';

/** The scope that a decision belongs to: it is compared by identity. */
export interface DecidedIn {
  readonly proto: 'http' | 'https';
}

/** What a decision is made of. */
export interface DecisionParts {
  readonly isGrpc: boolean;
  /** The protocol that the request asks to go on with; null: none. */
  readonly upgrade: string | null;
  /** `namespace/gateway/listener`; '' when no listener takes the request. */
  readonly listener: string;
  readonly gateway: string;
  /** What the target was normalised to; null: it is as it came. */
  readonly target: string | null;
  /** null for requests that are not gRPC. */
  readonly method: GrpcMethodMetrics | null;
  /** null for gRPC requests. */
  readonly http: HttpRequestMetrics | null;
  readonly rule: CompiledRule | null;
  /** Set when `rule` is null. */
  readonly answer: Answer | null;
}

/** All that follows from a request's header list in one scope. Kept with the list; immutable but for its caches. */
export class Decision {
  readonly scope: DecidedIn;
  readonly head: HeaderList;
  /** Decisions of other scopes about the same list. */
  next: Decision | null = null;
  readonly isGrpc: boolean;
  readonly upgrade: string | null;
  readonly face: Face;
  readonly listener: string;
  readonly gateway: string;
  readonly target: string | null;
  readonly method: GrpcMethodMetrics | null;
  readonly http: HttpRequestMetrics | null;
  readonly rule: CompiledRule | null;
  readonly answer: Answer | null;
  readonly #outgoing: (OutgoingHead | undefined)[];

  constructor(scope: DecidedIn, head: HeaderList, parts: DecisionParts, outgoing: (OutgoingHead | undefined)[] = []) {
    this.#outgoing = outgoing;
    this.scope = scope;
    this.head = head;
    this.isGrpc = parts.isGrpc;
    this.upgrade = parts.upgrade;
    this.face = parts.isGrpc ? GRPC : HTTP;
    this.listener = parts.listener;
    this.gateway = parts.gateway;
    this.target = parts.target;
    this.method = parts.method;
    this.http = parts.http;
    this.rule = parts.rule;
    this.answer = parts.answer;
  }

  /** The same for a request to another method, whose target is not in the list. */
  forMethod(method: GrpcMethodMetrics | null): Decision {
    if (method === this.method) return this;
    const { isGrpc, upgrade, listener, gateway, target, http, rule, answer } = this;
    const parts = { isGrpc, upgrade, listener, gateway, target, method, http, rule, answer };
    return new Decision(this.scope, this.head, parts, this.#outgoing);
  }

  /** The same for a request whose target is not in the list, and had to be normalised. */
  forTarget(target: string): Decision {
    const { isGrpc, upgrade, listener, gateway, method, http, rule, answer } = this;
    const parts = { isGrpc, upgrade, listener, gateway, target, method, http, rule, answer };
    return new Decision(this.scope, this.head, parts, this.#outgoing);
  }

  /** What the endpoint of a backend gets. */
  outgoing(backend: CompiledBackend, lists: HeaderListPool): OutgoingHead {
    let head = this.#outgoing[backend.index];
    if (head === undefined) {
      head = new OutgoingHead(this.head, backend.filters.requestHead, {
        proto: this.scope.proto,
        target: this.target,
        lists,
      });
      this.#outgoing[backend.index] = head;
    }
    return head;
  }
}
