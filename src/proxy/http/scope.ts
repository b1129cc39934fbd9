// SPDX-License-Identifier: Apache-2.0

/**
 * Where a request is decided: one binding of one snapshot, seen from a connection whose server name belongs to one
 * listener (or from a cleartext connection). A new snapshot that changes the binding makes new scopes; requests that
 * began keep their decision.
 *
 * Per request: one comparison when the header list was seen before in this scope. Else the match is made, once. Where the target
 * is not in the list, because it differs on each request, what the list alone decides is kept with it (`TargetDecisions`), and the match is made for each.
 */
import { type CompiledBinding, type CompiledListener, isHealthCheck, TOO_MUCH_WORK } from '../../match/index.ts';
import { ownerName, type RouteEntry } from '../../snapshot/index.ts';
import { forwardedProto } from '../../values/index.ts';
import { type HeaderList, pathIn, targetOf, type VolatileFields } from '../../wire/index.ts';
import { type Answer, type Face, faceOfRequest, type RequestSeries } from '../faces/index.ts';
import { GatewayMetrics, type MethodBudget } from '../metrics/index.ts';
import { healthy, leaving, misdirected, noHost, noListener, noRoute, refused, tooMuchWork } from './answers.ts';
import { DOUBTED, type PeerTrust, UNASKED } from './client-claims.ts';
import type { RuleCompiler } from './compiled-rule.ts';
import { type DecidedIn, Decision, NO_PORTS } from './decision.ts';
import { type Gates, NO_GATE } from './gates.ts';
import { HeadView, hostOf } from './head-view.ts';
import type { Serving } from './serving.ts';
import { type RequestHead, TargetDecisions } from './target-decisions.ts';

/** What the scopes of one worker share. */
export interface ScopeEnvironment {
  readonly serving: Serving;
  readonly rules: RuleCompiler;
  readonly gates: Gates;
  /** Keyed by `namespace/gateway`. */
  readonly gateways: Map<string, GatewayMetrics>;
  readonly methods: MethodBudget;
}

/** A decision that is kept with a list: itself, the outgoing heads' book, and an answer that quotes the path. */
const DECISION_BYTES = 800;

/** Scopes that one header list remembers decisions of. */
const MAX_MEMOS = 4;

/** A request's target: `sent` as it came, `read` as rules and endpoints see it ('': refused). */
interface Target {
  readonly sent: string;
  readonly read: string;
}

/** A request without an entry. */
interface NotTaken {
  readonly answer: Answer;
  /** Rules were asked, and none takes it. */
  readonly areRulesAsked: boolean;
}

/** How the connections came that a scope is for. */
export interface Entrance {
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: CompiledListener | null;
  /** Ids of the listeners whose Gateways trust the peer. */
  readonly trusting: ReadonlySet<string>;
  /** The binding is being drained. */
  readonly isLeaving: boolean;
  /** Of clients of a frontend, '' where it is not known; null: the binding is of Gateways. */
  readonly clientNamespace: string | null;
}

export class Scope {
  readonly binding: CompiledBinding;
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: CompiledListener | null;
  /** In place of this in decisions. */
  readonly mark: DecidedIn;
  readonly #trusting: ReadonlySet<string>;
  readonly #isLeaving: boolean;
  readonly #environment: ScopeEnvironment;

  constructor(
    binding: CompiledBinding,
    { entered, trusting, isLeaving, clientNamespace }: Entrance,
    environment: ScopeEnvironment,
  ) {
    this.binding = binding;
    this.entered = entered;
    this.#trusting = trusting;
    this.#isLeaving = isLeaving;
    this.mark = { proto: entered === null ? 'http' : 'https', clientNamespace };
    this.#environment = environment;
  }

  decide(head: HeaderList, fields: VolatileFields): Decision {
    const ownPath = pathIn(fields);
    if (ownPath !== null) return this.#decideTarget(head, ownPath, fields);
    const first = head.memo instanceof Decision ? head.memo : null;
    let memo = first;
    while (memo !== null) {
      if (memo.scope === this.mark) return memo;
      memo = memo.next;
    }
    const request = this.#headOf(head);
    const sent = targetOf(head, fields);
    const target = { sent, read: request.face.readTarget(sent) };
    const entry = this.#entryOf(request, target.read, fields);
    if (entry === TOO_MUCH_WORK) return this.#refusal(request, target);
    const decision = this.#decisionOn(request, target, entry ?? this.#answerTo(request, target, fields));
    const usesVolatile = request.listener?.usesVolatile === true || request.checked?.usesVolatile === true;
    return usesVolatile ? decision : this.#remember(first, decision);
  }

  /** The list without its target was seen before in nearly every case. */
  #decideTarget(head: HeaderList, sent: string, fields: VolatileFields): Decision {
    let memo = head.memo instanceof TargetDecisions ? head.memo : null;
    if (memo === null || memo.request.scope !== this.mark) {
      memo = new TargetDecisions(this.#headOf(head));
      head.memo = memo;
      this.#environment.serving.lists.charge(DECISION_BYTES);
    }
    const { request } = memo;
    const { face } = request;
    const read = face.readTarget(sent);
    const entry = this.#entryOf(request, read, fields);
    if (entry === TOO_MUCH_WORK) return this.#refusal(request, { sent, read });
    if (entry === undefined) {
      const target = { sent, read };
      return this.#decisionOn(request, target, this.#answerTo(request, target, fields));
    }
    let decision = memo.decisionOf(entry);
    let series = decision?.series;
    if (decision === undefined) {
      decision = this.#decisionOn(request, { sent: read, read }, entry);
      if (memo.put(entry, decision)) this.#environment.serving.lists.charge(DECISION_BYTES);
    } else if (face.countsByTarget) {
      series = face.seriesOf(request, read, entry);
    }
    return decision.forTarget(read === sent ? null : read, series ?? decision.series);
  }

  #headOf(head: HeaderList): RequestHead {
    const host = hostOf(head);
    const listener = host === '' ? undefined : this.binding.listenerFor(host);
    const hosts = listener?.virtualHostsOf(host) ?? [];
    const gateway = listener === undefined ? '' : ownerName(listener.listener);
    const metrics = this.#gateway(gateway);
    const checked = this.binding.checkedListener(listener, this.entered);
    const upgrade = head.get(':protocol') ?? null;
    const trust = this.#trustOf(listener);
    const proto = forwardedProto(head.get('x-forwarded-proto'), trust.proxies !== null, this.mark.proto);
    const found = { host, listener, hosts, gateway, metrics, trust, proto, checked };
    return { scope: this.mark, head, face: faceOfRequest(head), upgrade, ...found };
  }

  #trustOf(listener: CompiledListener | undefined): PeerTrust {
    if (listener === undefined || listener.trustedProxies === null) return UNASKED;
    if (!this.#trusting.has(listener.listener.id)) return DOUBTED;
    return { proxies: listener.trustedProxies, keepsRequestId: true };
  }

  /** The entry that takes the request; undefined: it is refused, nothing takes it, or it asks for the listener's health. */
  #entryOf(request: RequestHead, target: string, fields: VolatileFields): ReturnType<CompiledListener['entryOf']> {
    const { hosts, listener } = request;
    if (listener === undefined || this.#isMisdirected(listener)) return undefined;
    if (target === '') return undefined;
    const view = new HeadView(request, fields, target);
    return asksForHealth(request, view) ? undefined : listener.entryOf(hosts, view);
  }

  /** Of a request whose patterns came to no end. It is not remembered: the next one like it may come further. */
  #refusal(request: RequestHead, target: Target): Decision {
    const { head, face, host } = request;
    const answer = tooMuchWork(face.asked(head, target.read), host);
    return this.#decisionOn(request, target, { answer, areRulesAsked: false });
  }

  #isMisdirected(listener: CompiledListener): boolean {
    return this.entered !== null && listener.listener.id !== this.entered.listener.id;
  }

  /** `result`: what `#entryOf` says, or else `#answerTo`. */
  #decisionOn(request: RequestHead, target: Target, result: RouteEntry | NotTaken): Decision {
    const { head, face, upgrade, listener, gateway, trust, proto } = request;
    const entry = 'rule' in result ? result : undefined;
    const isRouted = 'rule' in result || result.areRulesAsked;
    const { serving } = this.#environment;
    return new Decision(this.mark, head, {
      face,
      upgrade,
      listener: listener?.listener.id ?? '',
      ports: listener?.listener.ports ?? NO_PORTS,
      gateway,
      trust,
      proto,
      target: target.read === target.sent ? null : target.read,
      series: face.seriesOf(request, target.read, entry),
      gate: isRouted && listener !== undefined ? this.#environment.gates.stepsOf(listener.listener) : NO_GATE,
      tracer: isRouted && listener !== undefined ? serving.tracers.tracerOf(listener.listener.tracing) : null,
      match: entry?.match ?? null,
      rule: entry === undefined ? null : this.#environment.rules.compile(entry.rule),
      answer: 'rule' in result ? null : result.answer,
    });
  }

  /** Why no entry took the request. */
  #answerTo(request: RequestHead, { sent, read }: Target, fields: VolatileFields): NotTaken {
    const { head, face, host, listener } = request;
    const unasked = (answer: Answer): NotTaken => ({ answer, areRulesAsked: false });
    if (asksForHealth(request, new HeadView(request, fields, read)))
      return unasked(this.#isLeaving ? leaving() : healthy());
    if (host === '') return unasked(noHost());
    const target = read || sent;
    const what = face.asked(head, target);
    // In TLS a host of a listener that passes streams on has an owner, too: it is asked for on the wrong connection.
    if (listener === undefined && this.entered !== null && this.binding.ownerOf(host) !== undefined)
      return unasked(misdirected(host));
    if (listener === undefined) return unasked(noListener(what, host));
    if (this.#isMisdirected(listener)) return unasked(misdirected(host));
    const refusal = face.refusalOf(head, target);
    return refusal === null
      ? { answer: noRoute(what, host, listener), areRulesAsked: true }
      : unasked(refused(refusal));
  }

  /** Where a request is counted that was refused before it could be decided. */
  refused(head: HeaderList, face: Face): RequestSeries {
    const request = { head, metrics: this.#gateway(''), scope: this.mark };
    return face.seriesOf(request, head.get(':path') ?? '', undefined);
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

  #gateway(name: string): GatewayMetrics {
    const { gateways, serving } = this.#environment;
    const known = gateways.get(name);
    if (known !== undefined) return known;
    const metrics = new GatewayMetrics(serving.metrics, name, this.#environment.methods);
    gateways.set(name, metrics);
    return metrics;
  }
}

function asksForHealth({ checked }: RequestHead, view: HeadView): boolean {
  const health = checked?.listener.health ?? null;
  return health !== null && isHealthCheck(health, view);
}
