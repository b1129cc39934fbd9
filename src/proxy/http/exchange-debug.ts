// SPDX-License-Identifier: Apache-2.0

/** What the debug log says of a request: how it was decided, each further try, and how it ended. Ask `debug.isOn` first. */
import { targetOf } from '../../wire/index.ts';
import type { RetryReason } from '../upstream/index.ts';
import type { Decision } from './decision.ts';
import type { ExchangeState } from './exchange-state.ts';

export function tellRequest({ owner, clientAddress, stream, fields }: ExchangeState, decision: Decision): void {
  const { head, listener, rule, answer } = decision;
  owner.serving.debug.say('request', {
    client: clientAddress,
    stream: stream.id,
    host: head.get(':authority') ?? head.get('host') ?? '',
    path: targetOf(head, fields),
    listener,
    ...(rule === null ? { answer: answer?.reason } : { route: rule.route, rule: rule.ruleName }),
  });
}

export function tellRetry({ owner, clientAddress, stream, attempts }: ExchangeState, reason: RetryReason): void {
  owner.serving.debug.say('request tried again', {
    client: clientAddress,
    stream: stream.id,
    endpoint: attempts.current?.endpoint?.key ?? null,
    reason,
    tries: attempts.count,
  });
}

export function tellEnd(exchange: ExchangeState): void {
  const { owner, stream, decision, fields, attempts, outcome } = exchange;
  const { debug, loop } = owner.serving;
  debug.say('request ended', {
    client: exchange.clientAddress,
    stream: stream.id,
    path: decision === null ? '' : targetOf(decision.head, fields),
    endpoint: attempts.current?.endpoint?.key ?? null,
    status: decision?.face.statusName(outcome) ?? outcome.http,
    ms: Math.round(loop.nowMs - exchange.startedMs),
    ...(outcome.reason === '' ? {} : { reason: outcome.reason }),
  });
}
