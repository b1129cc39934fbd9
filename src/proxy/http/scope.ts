// SPDX-License-Identifier: Apache-2.0

/**
 * Where a request is decided: one binding of one snapshot, seen from a connection whose server name belongs to one
 * listener (or from a cleartext connection). A new snapshot that changes the binding makes new scopes; requests that
 * began keep their decision.
 *
 * Per request: one comparison when the header list was seen before in this scope. Else the match is made, once.
 */
import { type CompiledBinding, type CompiledListener, grpcPathFault, splitGrpcPath } from '../../match/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import { hostOfAuthority } from '../../values/index.ts';
import { type HeaderList, isGrpcMessage, type VolatileFields } from '../../wire/index.ts';
import { GatewayMetrics, type MethodBudget } from '../metrics/index.ts';
import { type Answer, grpcWeb, invalidPath, misdirected, noHost, noListener, noRoute } from './answers.ts';
import type { RuleCompiler } from './compiled-rule.ts';
import { Decision, type DecisionParts } from './decision.ts';
import { HeadView } from './head-view.ts';
import type { Serving } from './serving.ts';

/** What the scopes of one worker share. */
export interface ScopeEnvironment {
  readonly serving: Serving;
  readonly rules: RuleCompiler;
  /** Keyed by `namespace/gateway`. */
  readonly gateways: Map<string, GatewayMetrics>;
  readonly methods: MethodBudget;
}

/** A decision that is kept with a list: itself, the outgoing heads' book, and an answer that quotes the path. */
const DECISION_BYTES = 800;

/** Scopes that one header list remembers decisions of. */
const MAX_MEMOS = 4;

export class Scope {
  readonly binding: CompiledBinding;
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: CompiledListener | null;
  readonly proto: 'http' | 'https';
  readonly #environment: ScopeEnvironment;

  constructor(binding: CompiledBinding, entered: CompiledListener | null, environment: ScopeEnvironment) {
    this.binding = binding;
    this.entered = entered;
    this.proto = entered === null ? 'http' : 'https';
    this.#environment = environment;
  }

  decide(head: HeaderList, fields: VolatileFields): Decision {
    const first = head.memo as Decision | undefined;
    let memo = first ?? null;
    while (memo !== null) {
      if (memo.scope === this) return memo;
      memo = memo.next;
    }
    return this.#decide(head, fields, first ?? null);
  }

  #decide(head: HeaderList, fields: VolatileFields, others: Decision | null): Decision {
    const isGrpc = isGrpcRequest(head);
    const path = head.get(':path') ?? '';
    const host = hostOfAuthority(head.get(':authority') ?? head.get('host') ?? '');
    if (host === '') return this.#remember(others, this.#rejected(head, noHost()));
    const listener = this.binding.listenerFor(host);
    if (listener === undefined) return this.#remember(others, this.#rejected(head, noListener(isGrpc, path, host)));
    if (this.entered !== null && listener.listener.id !== this.entered.listener.id) {
      return this.#remember(others, this.#rejected(head, misdirected(host), listener));
    }
    const fault = isGrpc ? grpcPathFault(path) : undefined;
    if (fault !== undefined) return this.#remember(others, this.#rejected(head, invalidPath(path, fault), listener));
    const entry = listener.match(host, new HeadView(head, fields, path, isGrpc));
    const gateway = gatewayOf(listener);
    const id = listener.listener.id;
    const decision =
      entry === undefined
        ? this.#rejected(head, unmatched(head, host, listener), listener)
        : new Decision(this, head, {
            isGrpc,
            listener: id,
            gateway,
            ...this.#metricsOf(gateway, head, isGrpc, entry),
            rule: this.#environment.rules.compile(entry.rule),
            answer: null,
          });
    return listener.usesVolatile ? decision : this.#remember(others, decision);
  }

  /** What a request is counted as that was refused before it could be decided. */
  refused(head: HeaderList): Pick<DecisionParts, 'method' | 'http'> {
    return this.#metricsOf('', head, isGrpcRequest(head));
  }

  #rejected(head: HeaderList, answer: Answer, listener?: CompiledListener): Decision {
    const isGrpc = isGrpcRequest(head);
    const gateway = listener === undefined ? '' : gatewayOf(listener);
    return new Decision(this, head, {
      isGrpc,
      listener: listener?.listener.id ?? '',
      gateway,
      ...this.#metricsOf(gateway, head, isGrpc),
      rule: null,
      answer,
    });
  }

  #remember(others: Decision | null, decision: Decision): Decision {
    decision.next = others;
    let last: Decision = decision;
    for (let length = 1; length < MAX_MEMOS && last.next !== null; length++) last = last.next;
    last.next = null;
    decision.head.memo = decision;
    this.#environment.serving.lists.charge(DECISION_BYTES + (decision.answer?.message.length ?? 0));
    return decision;
  }

  /** `entry`: what took the request; undefined: nothing did. */
  #metricsOf(
    gateway: string,
    head: HeaderList,
    isGrpc: boolean,
    entry?: RouteEntry,
  ): Pick<DecisionParts, 'method' | 'http'> {
    const metrics = this.#gateway(gateway);
    const path = head.get(':path') ?? '';
    // Counted as `other`: it names no method.
    const name = splitGrpcPath(path) === undefined ? '' : path;
    return isGrpc
      ? { method: metrics.method(name, entry?.match.method), http: null }
      : { method: null, http: metrics.http(head.get(':method') ?? '', this.proto) };
  }

  #gateway(name: string): GatewayMetrics {
    const { gateways, serving } = this.#environment;
    const known = gateways.get(name);
    if (known !== undefined) return known;
    const metrics = new GatewayMetrics(serving.metrics, name, this.#environment.methods);
    gateways.set(name, metrics);
    return metrics;
  }
}

/** gRPC is POST (PROTOCOL-HTTP2); anything else is plain HTTP, whatever its content-type. */
function isGrpcRequest(head: HeaderList): boolean {
  return isGrpcMessage(head) && head.get(':method') === 'POST';
}

/** The answer to a request that no rule takes. */
function unmatched(head: HeaderList, host: string, listener: CompiledListener): Answer {
  const path = head.get(':path') ?? '';
  const what = isGrpcRequest(head) ? path : `${head.get(':method') ?? ''} ${path}`;
  return grpcWeb(head.get('content-type')) ?? noRoute(what, host, listener);
}

function gatewayOf({ listener }: CompiledListener): string {
  return `${listener.gateway.namespace}/${listener.gateway.name}`;
}
