// SPDX-License-Identifier: Apache-2.0

/**
 * Where a request is decided: one binding of one snapshot, seen from a connection whose server name belongs to one
 * listener (or from a cleartext connection). A new snapshot that changes the binding makes new scopes; requests that
 * began keep their decision.
 *
 * Per request: one comparison when the header list was seen before in this scope. Else the match is made, once. Where the target
 * is not in the list, because it differs on each request, what the list alone decides is kept with it (`TargetDecisions`), and the match is made for each.
 */
import { type CompiledBinding, type CompiledListener, grpcPathFault, isGrpcPath } from '../../match/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import { hostOfAuthority, normalTarget, targetFault } from '../../values/index.ts';
import { type HeaderList, MemoSlot, pathIn, targetOf, type VolatileFields } from '../../wire/index.ts';
import { type Answer, isGrpcRequest } from '../faces/index.ts';
import { GatewayMetrics, type GrpcMethodMetrics, type MethodBudget } from '../metrics/index.ts';
import { grpcWeb, invalidPath, invalidTarget, misdirected, noHost, noListener, noRoute } from './answers.ts';
import type { RuleCompiler } from './compiled-rule.ts';
import { Decision, type DecisionParts } from './decision.ts';
import { HeadView } from './head-view.ts';
import type { Serving } from './serving.ts';
import { TargetDecisions } from './target-decisions.ts';

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

/** What is kept with a list that has its target, and with one that has not. */
const DECISIONS: MemoSlot<Decision> = new MemoSlot('decision');
const TARGET_DECISIONS: MemoSlot<TargetDecisions<RequestHead>> = new MemoSlot('targets');

/** Scopes that one header list remembers decisions of. */
const MAX_MEMOS = 4;

/** What a list says without its target. */
interface RequestHead {
  readonly scope: Scope;
  readonly head: HeaderList;
  readonly isGrpc: boolean;
  /** The protocol that it asks to go on with; null: none. */
  readonly upgrade: string | null;
  /** '': none. */
  readonly host: string;
  readonly listener: CompiledListener | undefined;
  /** `namespace/name`, with its counters; '': no listener takes the request. */
  readonly gateway: string;
  readonly metrics: GatewayMetrics;
}

/** A request's target: `sent` as it came, `read` as rules and endpoints see it ('': refused). */
interface Target {
  readonly sent: string;
  readonly read: string;
}

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
    const ownPath = pathIn(fields);
    if (ownPath !== null) return this.#decideTarget(head, ownPath, fields);
    const first = DECISIONS.of(head);
    let memo = first ?? null;
    while (memo !== null) {
      if (memo.scope === this) return memo;
      memo = memo.next;
    }
    const request = this.#headOf(head);
    const target = readTarget(request, targetOf(head, fields));
    const decision = this.#decisionOn(request, target, this.#entryOf(request, target.read, fields));
    return request.listener?.usesVolatile === true ? decision : this.#remember(first ?? null, decision);
  }

  /** The list without its target was seen before in nearly every case. */
  #decideTarget(head: HeaderList, sent: string, fields: VolatileFields): Decision {
    let memo = TARGET_DECISIONS.of(head);
    if (memo === undefined || memo.request.scope !== this) {
      memo = new TargetDecisions(this.#headOf(head));
      TARGET_DECISIONS.put(head, memo);
      this.#environment.serving.lists.charge(DECISION_BYTES);
    }
    const { request } = memo;
    const path = request.isGrpc ? sent : normalTarget(sent);
    const entry = this.#entryOf(request, path, fields);
    if (entry === undefined) return this.#decisionOn(request, { sent, read: path }, undefined);
    let decision = memo.decisionOf(entry);
    if (decision === undefined) {
      decision = this.#decisionOn(request, { sent: path, read: path }, entry);
      if (memo.put(entry, decision)) this.#environment.serving.lists.charge(DECISION_BYTES);
    } else if (request.isGrpc) {
      return decision.forMethod(methodOf(request.metrics, path, entry));
    }
    return path === sent ? decision : decision.forTarget(path);
  }

  #headOf(head: HeaderList): RequestHead {
    const host = hostOfAuthority(head.get(':authority') ?? head.get('host') ?? '');
    const listener = host === '' ? undefined : this.binding.listenerFor(host);
    const gateway = listener === undefined ? '' : gatewayOf(listener);
    const metrics = this.#gateway(gateway);
    const upgrade = head.get(':protocol') ?? null;
    return { scope: this, head, isGrpc: isGrpcRequest(head), upgrade, host, listener, gateway, metrics };
  }

  /** The entry that takes the request; undefined: it is refused, or nothing takes it. */
  #entryOf(
    { head, isGrpc, host, listener }: RequestHead,
    path: string,
    fields: VolatileFields,
  ): RouteEntry | undefined {
    if (listener === undefined || this.#isMisdirected(listener)) return undefined;
    if (isGrpc && !isGrpcPath(path)) return undefined;
    return listener.match(host, new HeadView(head, fields, path, isGrpc));
  }

  #isMisdirected(listener: CompiledListener): boolean {
    return this.entered !== null && listener.listener.id !== this.entered.listener.id;
  }

  /** `entry`: what `#entryOf` says. */
  #decisionOn(request: RequestHead, target: Target, entry: RouteEntry | undefined): Decision {
    const { head, isGrpc, upgrade, listener, gateway } = request;
    return new Decision(this, head, {
      isGrpc,
      upgrade,
      listener: listener?.listener.id ?? '',
      gateway,
      target: target.read === target.sent ? null : target.read,
      ...this.#metricsOf(request, target.read, entry),
      rule: entry === undefined ? null : this.#environment.rules.compile(entry.rule),
      answer: entry === undefined ? this.#answerTo(request, target) : null,
    });
  }

  /** Why no entry took the request. */
  #answerTo({ head, isGrpc, host, listener }: RequestHead, { sent, read }: Target): Answer {
    if (host === '') return noHost();
    const path = read || sent;
    const what = isGrpc ? path : `${head.get(':method') ?? ''} ${path}`;
    if (listener === undefined) return noListener(what, host);
    if (this.#isMisdirected(listener)) return misdirected(host);
    const fault = isGrpc ? grpcPathFault(path) : targetFault(path);
    if (fault !== undefined) return isGrpc ? invalidPath(path, fault) : invalidTarget(path, fault);
    return grpcWeb(head.get('content-type')) ?? noRoute(what, host, listener);
  }

  /** What a request is counted as that was refused before it could be decided. */
  refused(head: HeaderList): Pick<DecisionParts, 'method' | 'http'> {
    const request = { head, isGrpc: isGrpcRequest(head), metrics: this.#gateway('') };
    return this.#metricsOf(request, head.get(':path') ?? '');
  }

  #remember(others: Decision | null, decision: Decision): Decision {
    decision.next = others;
    let last: Decision = decision;
    for (let length = 1; length < MAX_MEMOS && last.next !== null; length++) last = last.next;
    last.next = null;
    DECISIONS.put(decision.head, decision);
    this.#environment.serving.lists.charge(DECISION_BYTES + (decision.answer?.message.length ?? 0));
    return decision;
  }

  /** `entry`: what took the request; undefined: nothing did. */
  #metricsOf(
    { head, isGrpc, metrics }: Pick<RequestHead, 'head' | 'isGrpc' | 'metrics'>,
    path: string,
    entry?: RouteEntry,
  ): Pick<DecisionParts, 'method' | 'http'> {
    if (!isGrpc) return { method: null, http: metrics.http(head.get(':method') ?? '', this.proto) };
    return { method: methodOf(metrics, path, entry), http: null };
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

/** What nothing took is counted as `other`, whatever it names; what an entry for gRPC took names a method. */
function methodOf(metrics: GatewayMetrics, path: string, entry: RouteEntry | undefined): GrpcMethodMetrics {
  return metrics.method(path, entry?.match.kind === 'grpc' ? entry.match.method : undefined);
}

function readTarget({ isGrpc }: RequestHead, sent: string): Target {
  return { sent, read: isGrpc ? sent : normalTarget(sent) };
}

function gatewayOf({ listener }: CompiledListener): string {
  return `${listener.gateway.namespace}/${listener.gateway.name}`;
}
