// SPDX-License-Identifier: Apache-2.0

/** What the debug log says of a request: how it was decided, each further try, and how it ended. Ask `debug.isOn` first. */
import { grpcStatusName, targetOf } from '../../wire/index.ts';
import type { Decision } from './decision.ts';
import type { ExchangeState } from './exchange-state.ts';

export function tellRequest({ owner, stream, fields }: ExchangeState, decision: Decision): void {
  const { head, listener, rule, answer } = decision;
  owner.serving.debug.say('request', {
    client: owner.clientAddress,
    stream: stream.id,
    host: head.get(':authority') ?? head.get('host') ?? '',
    path: targetOf(head, fields),
    listener,
    ...(rule === null ? { answer: answer?.reason } : { route: rule.route, rule: rule.ruleName }),
  });
}

export function tellRetry({ owner, stream, attempt, retries }: ExchangeState): void {
  const { clientAddress, serving } = owner;
  serving.debug.say('request refused by its endpoint, tried again', {
    client: clientAddress,
    stream: stream.id,
    endpoint: attempt?.endpoint?.key ?? null,
    retry: retries,
  });
}

export function tellEnd(exchange: ExchangeState): void {
  const { owner, stream, decision, fields, attempt, reason } = exchange;
  const { debug, loop } = owner.serving;
  debug.say('request ended', {
    client: owner.clientAddress,
    stream: stream.id,
    path: decision === null ? '' : targetOf(decision.head, fields),
    endpoint: attempt?.endpoint?.key ?? null,
    status: decision?.isGrpc === true ? grpcStatusName(exchange.grpcStatus) : exchange.httpStatus,
    ms: Math.round(loop.nowMs - exchange.startedMs),
    ...(reason === '' ? {} : { reason }),
  });
}
