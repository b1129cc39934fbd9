// SPDX-License-Identifier: Apache-2.0

import {
  type ClientNamespaces,
  type CompiledBinding,
  type CompileOptions,
  compileBinding,
  type PatternVerdicts,
  type SharedListeners,
  type SharedMatchers,
} from '../../match/index.ts';
import type { Binding, Listener } from '../../snapshot/index.ts';
import { VOLATILE_NAMES } from '../../wire/index.ts';
import { Scope, type ScopeEnvironment } from '../http/index.ts';
import { type EnteredListener, enteredBy, type Standing, standingOf } from './client-rules.ts';

export interface BindingScopesEnvironment extends ScopeEnvironment {
  /** Of the clients of frontends. */
  readonly clients: ClientNamespaces;
  readonly verdicts: PatternVerdicts;
  readonly matchers: SharedMatchers;
  readonly compiled: SharedListeners;
}

/**
 * What clients of one binding meet, by whence they come and by the listener they came in through: its rules as they are now, the scopes in
 * which their requests are decided, and whether they may stay.
 */
export class BindingScopes {
  /** Grows when the answers may be others: scopes of an older generation are stale. */
  generation = 1;
  binding: Binding;
  /** null: nobody has asked yet. Of thousands of Services a node has clients for a few, and each takes some 4 KiB. */
  #compiled: CompiledBinding | null = null;
  /** By id; null: nobody has asked yet. */
  #listeners: ReadonlyMap<string, Listener> | null = null;
  #isLeaving = false;
  readonly #environment: BindingScopesEnvironment;
  /** Scopes of this generation by entered listener ('' for cleartext) and the listeners that trust the peer; null: there are none. */
  #scopes: Map<string, Scope> | null = null;

  constructor(binding: Binding, environment: BindingScopesEnvironment) {
    this.#environment = environment;
    this.binding = binding;
    if (binding.frontend === null) this.#compile(binding, undefined);
  }

  /** The rules of a frontend are compiled for its first client, those of Gateways before a port is opened. */
  get compiled(): CompiledBinding {
    return this.#compiled ?? this.#compile(this.binding, undefined);
  }

  update(binding: Binding): void {
    if (this.#compiled !== null) this.#compile(binding, this.#compiled);
    this.binding = binding;
    this.#listeners = null;
    this.#renew();
  }

  /** From now on checks are told so. False: it was known. */
  leave(): boolean {
    if (this.#isLeaving) return false;
    this.#isLeaving = true;
    this.#renew();
    return true;
  }

  /** Clients may be of other namespaces than before. What was decided for others is kept. */
  clientsMoved(): void {
    this.generation++;
  }

  /** Of the client of a frontend; null: the binding is of Gateways. */
  namespaceOf(peerAddress: string): string | null {
    return this.binding.frontend === null ? null : this.#environment.clients.namespaceOf(peerAddress);
  }

  metFrom(peerAddress: string): CompiledBinding {
    return this.#metBy(this.namespaceOf(peerAddress));
  }

  /** Of what entered by a listener; null: by first bytes. */
  standingOf(entered: EnteredListener | null, peerAddress: string): Standing {
    if (entered !== null) return standingOf(entered, this.#listenersById().get(entered.id));
    const { admission } = this.metFrom(peerAddress).binding;
    return admission === 'first-bytes' ? 'stays' : admission === 'client-hello' ? 'unproven' : 'leaves';
  }

  /** Whether a stream that came in through the listener, as it was then, may go on. */
  takes(entered: Listener): boolean {
    return standingOf(enteredBy(entered), this.#listenersById().get(entered.id)) === 'stays';
  }

  /** See `DownstreamServer`. */
  scopeOf(entered: EnteredListener | null, peerAddress: string, current: Scope | null): Scope {
    const namespace = this.namespaceOf(peerAddress);
    const met = this.#metBy(namespace);
    if (current !== null && met.listeners.length === 0) return current;
    const id = entered?.id ?? namespace ?? '';
    const trusting = met.trustedBy(peerAddress);
    const key = trusting.size === 0 ? id : [id, ...trusting].join(' ');
    this.#scopes ??= new Map();
    let scope = this.#scopes.get(key);
    if (scope === undefined) {
      const now = met.listeners.find(compiled => compiled.listener.id === id) ?? current?.entered ?? null;
      const entrance = { entered: now, trusting, isLeaving: this.#isLeaving, clientNamespace: namespace };
      scope = new Scope(met, entrance, this.#environment);
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  #metBy(namespace: string | null): CompiledBinding {
    return namespace === null ? this.compiled : this.compiled.forClientsOf(namespace);
  }

  #renew(): void {
    this.generation++;
    this.#scopes = null;
  }

  #compile(binding: Binding, previous: CompiledBinding | undefined): CompiledBinding {
    this.#compiled = compileBinding(binding, { ...compileOptions(this.#environment), previous });
    return this.#compiled;
  }

  #listenersById(): ReadonlyMap<string, Listener> {
    this.#listeners ??= new Map(this.binding.listeners.map(listener => [listener.id, listener]));
    return this.#listeners;
  }
}

function compileOptions({ verdicts, matchers, compiled }: BindingScopesEnvironment): CompileOptions {
  return { volatileNames: VOLATILE_NAMES, verdicts, matchers, listeners: compiled };
}
