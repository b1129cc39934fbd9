// SPDX-License-Identifier: Apache-2.0

import type { NamespacedName } from '../../values/index.ts';
import type { TranslateEnvironment, WantedClusterIp } from '../environment.ts';
import { nextExpiryMs } from '../expiry.ts';

/** A question to an environment, to be asked of another one. */
type Question = (environment: TranslateEnvironment) => unknown;

/** An environment that remembers what it was asked, so that it can be told whether another one would answer the same. */
export interface AskedEnvironment extends TranslateEnvironment {
  /** Something said depends on how far this end is (wall time). */
  noteEnd(endMs: number): void;
  /** Whether all that was asked has the same answer there. */
  isAnsweredBy(environment: TranslateEnvironment): boolean;
}

export function askedEnvironment(environment: TranslateEnvironment): AskedEnvironment {
  const asked: { readonly question: Question; readonly answer: unknown }[] = [];
  const ask = <Answer>(question: (of: TranslateEnvironment) => Answer): Answer => {
    const answer = question(environment);
    asked.push({ question, answer });
    return answer;
  };
  const { nowMs } = environment;
  let turnMs = Number.POSITIVE_INFINITY;
  return {
    ...environment,
    addressOf: (gateway, place) => ask(of => of.addressOf(gateway, place)),
    addressRefusal: address => ask(of => of.addressRefusal?.(address) ?? null),
    clusterAddress: (gateway: NamespacedName, wanted: WantedClusterIp) =>
      ask(of => of.clusterAddress?.(gateway, wanted) ?? { state: 'no-cluster' as const }),
    serviceOf: gateway => ask(of => of.serviceOf?.(gateway) ?? null),
    noteEnd: endMs => {
      turnMs = Math.min(turnMs, nextExpiryMs(endMs, nowMs) ?? turnMs);
    },
    isAnsweredBy: now =>
      now.nowMs >= nowMs &&
      now.nowMs < turnMs &&
      areSameSettings(environment, now) &&
      asked.every(({ question, answer }) => isSame(answer, question(now))),
  };
}

/** All that is no question, but for the time. */
function areSameSettings(before: TranslateEnvironment, now: TranslateEnvironment): boolean {
  const [known, other] = [settingsOf(before), settingsOf(now)];
  return known.length === other.length && known.every(([name, value]) => isSame(value, now[name]));
}

type Settings = readonly (readonly [keyof TranslateEnvironment, unknown])[];

function settingsOf(environment: TranslateEnvironment): Settings {
  const all = Object.entries(environment) as [keyof TranslateEnvironment, unknown][];
  return all.filter(([name, value]) => name !== 'nowMs' && typeof value !== 'function');
}

/** Of plain values, lists, sets and maps. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [known, other] = [partsOf(a), partsOf(b)];
  return known.length === other.length && known.every((part, at) => isSame(part, other[at]));
}

function partsOf(value: object): readonly unknown[] {
  return Symbol.iterator in value ? Array.from(value as Iterable<unknown>) : Object.entries(value).flat();
}
