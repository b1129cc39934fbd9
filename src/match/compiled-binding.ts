// SPDX-License-Identifier: Apache-2.0

import { admissionOf, type Binding, type Listener, requestListeners } from '../snapshot/index.ts';
import { UNKNOWN_CLIENTS } from './client-namespaces.ts';
import { type CompiledListener, compileListener, type SharedListeners } from './compiled-listener.ts';
import { HostIndex } from './host-index.ts';
import { PatternVerdicts } from './pattern-verdicts.ts';
import { SharedMatchers } from './shared-matchers.ts';
import { CompiledTlsListener } from './streams/compiled-tls-listener.ts';

export interface CompileOptions {
  /** Header names that differ on each call (`wire`'s VOLATILE_NAMES). Default: none. */
  readonly volatileNames?: ReadonlySet<string>;
  /** Remembers what patterns said; shared by all bindings of a worker. Default: one of its own. */
  readonly verdicts?: PatternVerdicts;
  /** Of compilations with the same verdicts. */
  readonly matchers?: SharedMatchers;
  /** Of compilations with the same `volatileNames` and `matchers`. */
  readonly listeners?: SharedListeners;
  /** What was compiled for this binding before: whatever did not change is taken over. Same `volatileNames` and `verdicts`. */
  readonly previous?: CompiledBinding | undefined;
}

/** Whose a host may be. */
export type HostOwner = CompiledListener | CompiledTlsListener;

/** One binding's listeners, ready to be asked. Immutable. */
export class CompiledBinding {
  readonly binding: Binding;
  /** Those that route requests, in the binding's order: most specific hostname first. */
  readonly listeners: readonly CompiledListener[];
  /** Those that pass streams on by server name, in the same order. */
  readonly tlsListeners: readonly CompiledTlsListener[];
  /** Of a binding whose clients are told apart: what those of a namespace meet, and as those of `UNKNOWN_CLIENTS` all others; else empty. */
  readonly tables: ReadonlyMap<string, CompiledBinding>;
  readonly #hosts: HostIndex<HostOwner>;
  /** Those that trust somebody. */
  readonly #asked: readonly CompiledListener[];

  constructor(binding: Binding, { requests, tls, tables = NO_TABLES }: CompiledParts) {
    this.tables = tables;
    this.binding = binding;
    this.listeners = requests;
    this.tlsListeners = tls;
    this.#asked = requests.filter(({ trustedProxies }) => trustedProxies !== null);
    const owners: readonly HostOwner[] = [...requests, ...tls];
    this.#hosts = HostIndex.of(owners.map(compiled => [compiled.listener.hostname, compiled]));
  }

  /** What a client of a namespace meets: one listener, where clients are told apart; else all of this. */
  forClientsOf(namespace: string): CompiledBinding {
    return this.tables.get(namespace) ?? this.tables.get(UNKNOWN_CLIENTS) ?? this;
  }

  /**
   * The listener that owns a host or server name (lower case, no port): the one with the most specific hostname. Only its
   * routes may serve the host (listener isolation, Gateway API `Gateway.spec.listeners`). Undefined: no listener takes it.
   */
  ownerOf(host: string): HostOwner | undefined {
    return this.#hosts.find(host);
  }

  /** The owner of a host, when that routes requests. */
  listenerFor(host: string): CompiledListener | undefined {
    const owner = this.#hosts.find(host);
    return owner instanceof CompiledTlsListener ? undefined : owner;
  }

  /** The ids of the listeners whose Gateways trust a peer, by its address. */
  trustedBy(address: string): ReadonlySet<string> {
    const trusting = this.#asked.filter(({ trustedProxies }) => trustedProxies?.has(address) === true);
    return trusting.length === 0 ? NONE : new Set(trusting.map(({ listener }) => listener.id));
  }

  /**
   * The listener whose health endpoint a request may be for: the one that its connection `entered`, or in cleartext (null) the `owner` of
   * its host. Where nobody owns the host it is the first that has an endpoint, because load balancers ask by address.
   */
  checkedListener(owner: CompiledListener | undefined, entered: CompiledListener | null): CompiledListener | undefined {
    return entered ?? owner ?? this.listeners.find(({ listener }) => listener.health !== null);
  }
}

/**
 * Compiles what decides which rule takes a request on a binding. Cost follows the change since `previous`: listeners,
 * virtual hosts and matches that are the same objects, and indexes whose matches are equal, are taken over.
 */
export function compileBinding(binding: Binding, options: CompileOptions = {}): CompiledBinding {
  const { previous, volatileNames = NONE, verdicts = new PatternVerdicts() } = options;
  const { matchers = new SharedMatchers(), listeners = new WeakMap() } = options;
  if (previous?.binding === binding) return previous;
  if (binding.admission === 'clients')
    return new CompiledBinding(binding, { requests: [], tls: [], tables: compileTables(binding, options) });
  const known = new Map(previous?.listeners.map(compiled => [compiled.listener.id, compiled]));
  const requests = requestListeners(binding.listeners).map(listener =>
    compileListener(listener, { volatileNames, verdicts, matchers, listeners }, known.get(listener.id)),
  );
  const streams = new Map(previous?.tlsListeners.map(compiled => [compiled.listener, compiled]));
  const tls = binding.listeners.flatMap(listener =>
    listener.kind === 'tls' ? [streams.get(listener) ?? new CompiledTlsListener(listener)] : [],
  );
  return new CompiledBinding(binding, { requests, tls });
}

/** Each listener as if it were alone. */
function compileTables(binding: Binding, options: CompileOptions): ReadonlyMap<string, CompiledBinding> {
  return new Map(
    binding.listeners.map(listener => {
      const namespace = listener.clients ?? UNKNOWN_CLIENTS;
      const known = options.previous?.tables.get(namespace);
      if (known?.binding.listeners[0] === listener) return [namespace, known];
      return [namespace, compileBinding(tableOf(binding, listener), { ...options, previous: known })];
    }),
  );
}

function tableOf(binding: Binding, listener: Listener): Binding {
  return { ...binding, admission: admissionOf(listener), listeners: [listener] };
}

interface CompiledParts {
  readonly requests: readonly CompiledListener[];
  readonly tls: readonly CompiledTlsListener[];
  readonly tables?: ReadonlyMap<string, CompiledBinding>;
}

const NO_TABLES: ReadonlyMap<string, CompiledBinding> = new Map();
const NONE: ReadonlySet<string> = new Set();
