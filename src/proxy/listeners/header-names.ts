// SPDX-License-Identifier: Apache-2.0

import { CORS_RESPONSE_FIELDS } from '../../match/index.ts';
import {
  type Binding,
  type Filter,
  type RouteEntry,
  requestListeners,
  type SessionPersistence,
} from '../../snapshot/index.ts';

/** All header names that the rules of some entries look at or change: their fields stay in header lists (`SteadyNames`). */
export function headerNamesOf(entries: readonly RouteEntry[]): Set<string> {
  const names = new Set<string>();
  for (const entry of entries) addNames(entry, names);
  return names;
}

/** The same of the health endpoints of all listeners. */
export function* healthNamesOf(bindings: readonly Binding[]): Generator<string> {
  for (const { listeners } of bindings)
    for (const { health } of requestListeners(listeners)) for (const { name } of health?.headers ?? []) yield name;
}

function addNames({ match, rule }: RouteEntry, names: Set<string>): void {
  for (const { name } of match.headers) names.add(name);
  addChanged(rule.filters, names);
  for (const { filters, session } of rule.backends) {
    addChanged(filters, names);
    if (session !== null) addSession(session.policy, names);
  }
  if (rule.sessionPersistence !== null) addSession(rule.sessionPersistence, names);
}

function addSession(policy: SessionPersistence, names: Set<string>): void {
  names.add(policy.kind === 'cookie' ? 'cookie' : policy.sessionName);
}

function addChanged(filters: readonly Filter[], names: Set<string>): void {
  for (const filter of filters) {
    if (filter.kind === 'cors') for (const name of CORS_RESPONSE_FIELDS) names.add(name);
    if (filter.kind !== 'request-headers' && filter.kind !== 'response-headers') continue;
    const { set, add, remove } = filter.change;
    for (const { name } of set) names.add(name);
    for (const { name } of add) names.add(name);
    for (const name of remove) names.add(name);
  }
}
